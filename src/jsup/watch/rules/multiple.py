"""Several agencies came to the same enterprise within the set days, without a joint number (多头查).

Of two on one day, the one whose code comes later is found. A triggered visit stands apart; a campaign is a burden like any visit.
"""

from jsup.errors import N_
from jsup.watch.rules import SAME, Rule

RULE = Rule(
    key="multiple",
    clause="一",
    quote="着力解决涉企检查“重复查、多头查、随意查”等问题",
    category="multiple",
    title="多头查",
    sentence=N_("visited on {visited_on}, and on {earlier} by {other}: within {multiple_days} days, without a joint number"),
    fact="{visited_on}入企检查，而{other}于{earlier}已经检查，相隔不超过{multiple_days}日，未开展联合检查",
    sql=f"""
        SELECT v.agency_code, v.enterprise_code, v.day, v.visited_on, v.record AS own, u.record, u.visited_on AS earlier,
               COALESCE((SELECT a.name FROM agency a WHERE a.code = u.agency_code), u.agency, u.agency_code) AS other
        FROM visits v
        JOIN inspection u ON u.enterprise_code = v.enterprise_code AND u.day BETWEEN v.day - :multiple_days AND v.day
                         AND u.day BETWEEN :first - :multiple_days AND :last
        WHERE NOT {SAME.format(u="u", v="v")} AND NOT {SAME.format(u="v", v="u")}
          AND u.latest = 1 AND u.offsite = 0 AND u.triggered = 0 AND v.triggered = 0
          AND (u.day < v.day OR u.agency_code < v.agency_code)
          AND (COALESCE(v.joint, '') = '' OR COALESCE(u.joint, '') <> v.joint)
    """,
    parts=("agency_code", "enterprise_code", "day"),
    settings=("multiple_days",),
)
