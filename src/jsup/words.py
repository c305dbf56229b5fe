"""The Chinese words for identifiers, days and numbers, as papers and people's sheets have them whatever language jsup speaks."""

from datetime import date
from typing import Final

_NUMERALS: Final = "〇一二三四五六七八九"


def chinese_day(day: date | None) -> str:
    """Write a date as papers do, nothing where there is none.

    >>> chinese_day(date(2026, 9, 1))
    '2026年9月1日'
    """
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else ""


def numeral(number: int) -> str:
    """Write a number of a heading in Chinese, from 1 to 99; a greater one stays in digits.

    >>> numeral(3), numeral(10), numeral(21), numeral(100)
    ('三', '十', '二十一', '100')
    """
    tens, ones = divmod(number, 10)
    if tens >= len(_NUMERALS):
        return str(number)
    return (_NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (_NUMERALS[ones] if ones or not tens else "")


STAGES: Final = {
    "open": "待处理", "warned": "已预警", "unrectified": "未整改", "rectified": "已整改", "signed": "已签发", "served": "已送达",
    "unresolved": "整改未到位", "escalated": "已报请", "decided": "已决定", "decision-served": "决定已送达",
    "closed": "已销号", "withdrawn": "已撤回",
}  # fmt: skip
LEVELS: Final = {"district": "区级", "town": "街镇", "park": "园区"}
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
CHANNELS: Final = {
    "reconsideration": "行政复议", "hotline": "12345", "platform": "投诉举报平台/电话", "association": "工商联/行业协会",
    "observer": "法治观察员", "deputy": "人大代表/政协委员", "media": "媒体", "covert": "明察暗访", "questionnaire": "问卷调查",
    "wechat": "执法单位微信公众号", "data": "执法系统数据监督", "joint": "联席会议/协调小组/专班", "draw": "抽查",
    "other": "其他",
}  # fmt: skip
"""The channels by which clues come in. Source: 二（一）."""
CHANNELS_TOO: Final = {
    "12345市民服务热线": "hotline", "12345热线": "hotline", "投诉举报平台": "platform", "投诉举报电话": "platform",
    "工商联": "association", "行业协会": "association", "人大代表": "deputy", "政协委员": "deputy", "微信公众号": "wechat",
    "数据监督": "data", "联席会议": "joint", "协调小组": "joint", "专班": "joint",
}  # fmt: skip
"""Other words for them in people's tables."""
GATHERINGS: Final = {
    "observer": "法治观察员", "deputy": "人大代表/政协委员", "forum": "座谈会", "questionnaire": "问卷调查",
    "hotline": "12345会商研判", "media": "媒体", "covert": "明察暗访", "other": "其他",
}  # fmt: skip
"""The exchanges with those who watch along. Source: 二（一）2."""
ACTIVITIES: Final = {
    "consultation": "工作会商", "joint": "联合执法监督行动", "reminder": "广泛提醒", "training": "专项培训",
    "integrity": "廉政和职业道德培训", "publicity": "宣传", "self-check": "自查自纠",
}  # fmt: skip
"""What is held with agencies and enterprises. Source: 三（一）（二）, 二（二）1, 二（三）3, 二（三）4."""
SEVERITIES: Final = {"minor": "轻微", "ordinary": "一般", "serious": "严重"}
EXPERIENCES: Final = {"experience": "经验做法", "typical": "典型案例"}
"""The cases that are gathered. Source: 三（三）."""
HANDLINGS: Final = {"lenient": "包容审慎（以教育指导为主）", "advice": "改进建议"}
"""What an agency did for the enterprise in and after an inspection. Source: 二（二）1 第三步."""
STEPS: Final = {
    "warn": "预警提醒",
    "confirm": "核实整改",
    "recommend": "制作建议书",
    "sign": "签发建议书",
    "notify": "告知上级主管单位",
    "deliver": "送达",
    "rectify": "单位报告整改",
    "review": "跟踪复查",
    "escalate": "报请",
    "return": "报请退回",
    "decide": "区政府决定",
    "account": "责任追究",
    "close": "销号",
    "withdraw": "撤回",
    "extend": "延长期限",
    "object": "单位提出异议",
    "answer": "答复异议",
    "attach": "附上材料",
    "amend": "更正",
    "agency amend": "更正单位信息",
    "sample result": "登记抽查结果",
    "anomaly verify": "核实异常情况",
    "complaint import": "更新投诉台账",
    "look": "查看检查资料",
    "upload": "上传检查资料",
    "duty done": "完成定期工作",
    "plan file": "登记计划备案",
    "plan publish": "登记计划公告",
    "guidance propose": "提出普遍问题",
    "guidance open": "着手研究",
    "guidance issue": "印发指导性意见",
    "score settle": "确定评分",
}
"""What a step is called on a list, beside its command."""
TABLES: Final = (
    STAGES,
    METHODS,
    WAYS,
    RESULTS,
    MEASURES,
    PERIODS,
    CHANNELS,
    GATHERINGS,
    ACTIVITIES,
    SEVERITIES,
    EXPERIENCES,
    HANDLINGS,
)
"""The lists of which one word is chosen."""
