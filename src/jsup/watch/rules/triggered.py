"""A triggered inspection without a stated trigger, reason or notice; a triggered one is lawful in every field."""

from jsup.errors import N_
from jsup.watch.rules import BLANK, Rule

RULE = Rule(
    key="triggered",
    clause="二（三）5",
    quote="明确适用范围、启动情形、工作流程等内容，确保触发式检查依法依规进行，避免随意检查、违法检查",
    category="triggered",
    title="触发式检查缺少启动情形、理由或者通知",
    sentence=N_("triggered, but without {problem}"),
    fact="触发式检查缺少{problem}",
    # the columns of trigger and notice are judged only where the file has them
    sql=f"""
        SELECT v.record, v.agency_code, v.enterprise_code,
               CASE WHEN COALESCE(v.reason, '') {BLANK} THEN 'reason' WHEN v.trigger {BLANK} THEN 'trigger' ELSE 'notice' END
               AS problem
        FROM visits v
        WHERE v.triggered = 1 AND (COALESCE(v.reason, '') {BLANK} OR v.trigger {BLANK} OR v.notice {BLANK})
    """,
)
