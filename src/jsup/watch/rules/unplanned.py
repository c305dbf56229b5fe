"""A visit outside any filed plan of its agency; a triggered one needs none, nor does an individual case with its reason."""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="unplanned",
    clause="二（三）2",
    quote="对各行政执法单位的涉企行政检查计划的备案情况进行监督",
    category="arbitrary",
    title="在备案的检查计划之外入企检查",
    sentence=N_("outside any filed plan (plan code: {plan_code})"),
    fact="不在已备案的检查计划之内（计划编码：{plan_code}）",
    sql="""
        SELECT v.record, v.agency_code, v.enterprise_code, COALESCE(NULLIF(v.plan_code, ''), '—') AS plan_code
        FROM visits v LEFT JOIN plan p ON p.code = v.plan_code
        WHERE v.triggered = 0 AND NOT (COALESCE(v.kind, '') LIKE '%个案%' AND COALESCE(v.reason, '') <> '')
          AND (p.code IS NULL OR p.filed_on IS NULL OR v.visited_on < p.from_on OR v.visited_on > p.to_on
               OR (p.agency_code <> v.agency_code AND COALESCE(v.joint, '') = ''
                   AND NOT EXISTS (SELECT 1 FROM heir h WHERE h.old = p.agency_code AND h.new = v.agency_code)))
    """,
)
