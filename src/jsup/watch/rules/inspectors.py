"""Fewer than two inspectors were there."""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="inspectors",
    clause="二（三）3",
    quote="监督行政执法单位出示执法证件、“检查码”应用、触发式行政检查实施、行政检查裁量权行使等情况，推动检查程序规范",
    category="standard",
    title="检查人员少于两人",
    sentence=N_("{crew} inspectors instead of two"),
    fact="检查人员{crew}人，少于两人",
    sql="SELECT v.record, v.agency_code, v.enterprise_code, v.crew FROM visits v WHERE v.crew < 2",
)
