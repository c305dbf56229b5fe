"""No inspection code was obtained before the visit."""

from jsup.errors import N_
from jsup.watch.rules import BLANK, Rule

RULE = Rule(
    key="code",
    clause="二（三）3",
    quote="监督行政执法单位出示执法证件、“检查码”应用、触发式行政检查实施、行政检查裁量权行使等情况，推动检查程序规范",
    category="code",
    title="未应用检查码",
    sentence=N_("no inspection code"),
    fact="未应用检查码",
    sql=f"SELECT v.record, v.agency_code, v.enterprise_code FROM visits v WHERE COALESCE(v.code, '') {BLANK}",
)
