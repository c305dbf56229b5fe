"""A record was uploaded later than the set number of days after the visit."""

from jsup.errors import N_
from jsup.watch.rules import Rule

RULE = Rule(
    key="upload",
    clause="二（一）3",
    quote="每月查看各涉企行政执法单位上传的涉企行政检查案件资料，对异常情况及时进行核实",
    category="other",
    title="检查资料上传不及时",
    sentence=N_("uploaded after {lag} days, {upload_days} are set"),
    fact="检查后{lag}日上传资料，超过{upload_days}日",
    sql="SELECT v.record, v.agency_code, v.enterprise_code, v.lag FROM visits v WHERE v.lag > :upload_days",
    settings=("upload_days",),
)
