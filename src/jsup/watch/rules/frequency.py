"""An agency came to an enterprise more often in a year than the cap for the enterprise's risk class allows.

Several records of one day are one visit. Visits of campaigns that a superior body ordered, and triggered ones, are counted apart.
"""

from jsup.errors import N_
from jsup.watch.rules import ORDINARY, SAME, Rule

_SAME = "u.enterprise_code = v.enterprise_code AND u.day BETWEEN :year AND v.day AND u.day <= :last"
_COUNTED = f"{SAME.format(u='u', v='v')} AND u.latest = 1 AND u.offsite = 0 AND {ORDINARY.format(v='u')}"

RULE = Rule(
    key="frequency",
    clause="二（三）4",
    quote="对明显超过合理检查频次的，及时跟踪监督并要求整改",
    category="frequency",
    title="明显超过合理检查频次",
    sentence=N_("visit number {visits} of the year on {visited_on}, the cap is {most}"),
    fact="{visited_on}为本年度第{visits}次入企，频次上限为{most}次",
    sql=f"""
        WITH counted AS (
            SELECT v.agency_code, v.enterprise_code, v.day, v.visited_on, v.record,
                   (SELECT COUNT(DISTINCT u.day) FROM inspection u WHERE {_SAME} AND {_COUNTED}) AS visits,
                   (SELECT c.most FROM cap c
                    WHERE c.agency IN (v.agency_code, '*')
                      AND c.risk IN (REPLACE(REPLACE(COALESCE(v.risk, ''), '级', ''), '类', ''), '*')
                    ORDER BY c.agency = '*', c.risk = '*' LIMIT 1) AS most
            FROM visits v WHERE {ORDINARY.format(v="v")})
        SELECT v.agency_code, v.enterprise_code, v.day, v.visited_on, v.record AS own, v.visits, v.most, u.record
        FROM counted v JOIN inspection u ON {_SAME} AND {_COUNTED} WHERE v.visits > v.most
    """,
    parts=("agency_code", "enterprise_code", "day"),
)
