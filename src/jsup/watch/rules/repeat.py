"""The same agency came to the same enterprise again within the set days (重复查).

Records of one day are one visit; campaigns that a superior body ordered, and triggered visits, stand apart.
"""

from jsup.errors import N_
from jsup.watch.rules import ORDINARY, SAME, Rule

RULE = Rule(
    key="repeat",
    clause="一",
    quote="着力解决涉企检查“重复查、多头查、随意查”等问题",
    category="repeat",
    title="重复查",
    sentence=N_("visited on {visited_on}, and on {earlier} already: within {repeat_days} days"),
    fact="{visited_on}入企检查，而{earlier}已经检查，相隔不超过{repeat_days}日",
    sql=f"""
        SELECT v.agency_code, v.enterprise_code, v.day, v.visited_on, v.record AS own, u.record, u.visited_on AS earlier
        FROM visits v
        JOIN inspection u ON u.enterprise_code = v.enterprise_code AND u.day BETWEEN v.day - :repeat_days AND v.day - 1
                         AND u.day BETWEEN :first - :repeat_days AND :last
        WHERE {SAME.format(u="u", v="v")} AND u.latest = 1 AND u.offsite = 0
          AND {ORDINARY.format(v="v")} AND {ORDINARY.format(v="u")}
    """,
    parts=("agency_code", "enterprise_code", "day"),
    settings=("repeat_days",),
)
