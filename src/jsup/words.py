"""The Chinese words for identifiers, as papers and people's sheets have them whatever language jsup speaks."""

from typing import Final

STAGES: Final = {
    "open": "待处理", "warned": "已预警", "unrectified": "未整改", "rectified": "已整改", "signed": "已签发", "served": "已送达",
    "unresolved": "整改未到位", "escalated": "已报请", "decided": "已决定", "decision-served": "决定已送达",
    "closed": "已销号", "withdrawn": "已撤回",
}  # fmt: skip
METHODS: Final = {
    "phone": "电话", "visit": "走访", "meeting": "座谈会", "letter": "提醒函", "order": "责令整改", "other": "其他",
}  # fmt: skip
WAYS: Final = {
    "direct": "直接送达", "exchange": "公文交换", "confidential": "机要", "electronic": "电子送达", "left": "留置送达",
}  # fmt: skip
RESULTS: Final = {"full": "全部整改", "partial": "部分整改", "none": "未整改"}
MEASURES: Final = {
    "circular": "通报批评", "interview": "约谈主要负责人", "criticism": "批评教育", "suspend": "暂停使用执法证件",
    "revoke": "收回执法证件", "transfer": "移送区纪委监委",
}  # fmt: skip
PERIODS: Final = {"warning": "预警", "rectification": "整改", "decision": "决定书整改"}
"""The agency's own periods, the only ones that are extended."""
