"""A visit by a plan that was filed, or, of a district agency, published only afterwards."""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="early",
    clause="二（三）2",
    quote="区级执法单位的涉企行政检查计划应当报市级行政执法单位备案通过后，报区司法局备案；街镇的行政检查计划应当报区司法局备案",
    category="plan",
    title="检查计划备案、公告之前入企检查",
    sentence=N_("before the plan {plan_code} was {problem}"),
    fact="在检查计划{plan_code}{problem}之前",
    sql="""
        SELECT v.record, v.agency_code, v.enterprise_code, v.plan_code,
               CASE WHEN p.filed_on > v.visited_on THEN 'filed' ELSE 'published' END AS problem
        FROM visits v JOIN plan p ON p.code = v.plan_code JOIN agency a ON a.code = p.agency_code
        WHERE v.triggered = 0 AND p.filed_on IS NOT NULL AND v.visited_on BETWEEN p.from_on AND p.to_on
          AND (p.filed_on > v.visited_on
               OR (a.level = 'district' AND (p.published_on IS NULL OR p.published_on > v.visited_on)))
          AND (p.agency_code = v.agency_code OR COALESCE(v.joint, '') <> ''
               OR EXISTS (SELECT 1 FROM heir h WHERE h.old = p.agency_code AND h.new = v.agency_code))
    """,
)
