"""The words of the State Council's notices, as patterns: days, lists of days, and what is said of them.

A clause is matched with its lists of days taken out (`E` stands for a list, `N` for a number of days).
"""

import re
from typing import Final

HOLIDAYS: Final = {
    "元旦": ("元旦", 101, 101), "春节": ("春节", 121, 221), "清明": ("清明", 404, 406), "劳动节": ("劳动节", 501, 501),
    "五一": ("劳动节", 501, 501), "端午": ("端午", 525, 627), "中秋": ("中秋", 907, 1009), "国庆": ("国庆节", 1001, 1001),
    "十一": ("国庆节", 1001, 1001),
}  # fmt: skip
"""By each word for it a holiday's name, and the first and the last day on which it can fall, as month and day."""
WHOLE: Final = {"元旦", "春节", "劳动节", "国庆节"}
"""A notice with a section for each of these settles the whole year; any other amends one."""
YEARS, DECEMBER = range(1949, 3000), 12
FAR: Final = 14  # days between a holiday and a day that belongs to it; since 2004 there were 11 at most
DIGITS: Final = {name: index for index, name in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
WEEKDAYS: Final = {name: index % 7 for index, name in enumerate("一二三四五六日")} | {"天": 6}

# The grammar: a clause is matched with each list of its dates as E and each number of days as N.
E, N = "\x01", "\x02"
NUM = "(?:[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|卅一?|[一二三四五六七八九两])"
ZERO = "[〇○零0一二三四五六七八九]"
Q = "[“”‘’\"']{0,4}"
HOLIDAY = rf"(?:{Q}(?:元旦|春节|清明|五一|(?:国际)?劳动节|端午|中秋|国庆|十一(?![月日]))节?{Q}节?)+"
WEEKDAY = "(?:(?:星期|周|礼拜)[一二三四五六日天](?:[、和及][一二三四五六日天](?![期月]))*)"
WEEKEND = rf"(?:(?:周末|双休日|公休日|{WEEKDAY}(?:[、和及]{WEEKDAY})*)(?:公休日)?)"
BRACKET = r"\([^()。\n]*\)"
DAY = rf"(?<!\d)(?:\d{{4}}年)?(?:\d{{1,2}}月)?\d{{1,2}}日(?!历)(?:{BRACKET}|{WEEKDAY})?"
DATE = re.compile(rf"(?<!\d)(?:(\d{{4}})年)?(?:(\d{{1,2}})月)?(\d{{1,2}})日(?!历)({BRACKET}|{WEEKDAY})?")
TO = "(?:(?:起|开始)?[至到]|-+)"
LIST = re.compile(f"{DAY}(?:{TO}{DAY}止?)?(?:(?:以?及|[、和与]){DAY}(?:{TO}{DAY})?)*")
COUNT = re.compile(rf"(?<![第\d期周拜])(\d{{1,2}}|{NUM})天(?!前|后|内|左右|半)")
LUNAR = rf"农历|阴历|夏历|大年|除夕|年三十|[正冬腊]月|闰?{NUM}月|初?{NUM}日?|[甲乙丙丁戊己庚辛壬癸]\w年"
NOTE = re.compile(rf"(?:{LUNAR}|{HOLIDAY}|{WEEKDAY}|[即为是]|新年|当[日天]|法定节?假日|[\-、,至到和及]|共计?{N})*+")
LEAD = "(?:其中|即|并且?|另外|同时|而|但|将|把|[自从于在]|定于|决定|国务院|:)*"
SUM = rf"(?:共计?|[总合]计|[总一]共)?(?:放假|连休|休息|假期|为期)?[为是]?{N}(?:长假)?"
TAIL = rf"\(?(?:{SUM}|不调休|[与和]{WEEKEND}(?:形成|一起)?连休{N}?)\)?"
RULES: Final = {
    name: re.compile(rf"^{LEAD}(?:{rule})$")
    for name, rule in {
        "extend": rf"(?:延长(?:\d{{4}}年)?{HOLIDAY}假期|(?:\d{{4}}年)?{HOLIDAY}(?:假期|放假)延长)[至到]{E}",
        "shift": rf"{E}的?(?:(?P<count>{NUM}|\d)个)?(?:公休日?|休息日|双休日)?(?P<also>[及和]{HOLIDAY})?(?:分别|相应|依次|均)?"
        rf"(?:调整|调休|调换|调|移|换)[至到为]{E}(?:休息|放假|补休|公休)?",
        "rest": rf"(?:{E}(?:[为均都共]|全国|全体公民|统一)*(?:放假|[调补]休|补假|公休(?=放假)|休息|休假){{1,2}}(?:公休|调休|日)?"
        rf"|(?:放假|假期)(?:时间|日期)?[为是:]{E})(?:{TAIL})*",
        "work": rf"{E}(?:[均都仍须需应要]|全国|照常|正常|调?整?[为成])*(?:上班日?|补班|工作日?)"
        rf"(?:\(补{E}的?(?:休息|[休班假])?\))?"
        rf"|(?:补班|(?:调休)?上班)(?:时间|日期)?[为是:]{E}",
        "resume": rf"{E}(?:起|开始)(?:照常|正常|恢复)*(?:上班|工作)",
        "weekend": rf"{E}(?:均?(?:照常|正常)(?:公休|休息)|[为是均]?公休日?|[为是均]?周末)|[与和]{E}(?:公休日?|周末)?连休",
        "statutory": rf"{E}(?:均?[为是系](?:国家|{HOLIDAY})*法定节?假日|[为是](?!不)\w{{2,30}}纪念日)",
        "tail": rf"(?:{TAIL})+",
    }.items()
}
BINDING: Final = {*RULES} - {"tail"}
ACTION = re.compile("[放休补]假|[调补公连]休|休息|上班|补班|顺延|照常|取消|工作日|延长|假期[至到]|(?:调整?|移|换)[至到为]")
IDLE = re.compile("《[^》]{0,200}》|关于[^《》]{0,80}通知|放假(?:期间|办法)|(?:不能|未|年)休假")  # speaks of rest, settles none
ANNOUNCES = re.compile(rf"(?:如下(?:安排|调休)?|通知|公告|(?:放假|调休)(?:时间|日期)?安排|安排补休|[共并]放假{N}):?$")
STRAY = re.compile(  # what may be a date, or a half of one, that could not be read
    rf"(?<!年)(?<!年\d)\d月|月[\d·]|[\d·]日|(?<!\d)\d{{1,2}}[./]\d{{1,2}}(?!\d)|{WEEKDAY}|(?<![期周拜])[一二三四五六七八九十]日"
)
ADVICE = re.compile("鼓励|提倡|倡导|建议|可以?(?:结合|安排|根据|自行|灵活)")  # from here on a sentence settles nothing
PUBLISHED = re.compile(
    rf"^(?!\(?{E}\)?$)(?:.*(?:(?:成文|印发|发布|公布|发文|签发|生成|更新)(?:日期|时间)?|来源|国务院(?:办公厅)?(?:秘书局)?)[:(]?|\(?"
    rf"|\w{{0,8}}(?={E}电)){E}\)?(?:\d{{1,2}}[:时]\d{{2}}(?::\d{{2}}|分)?)?\)?"
    r"(?:\(?(?:印发|发布|公布|电|讯|来源|责任编辑|编辑|标题|发文|主题|字[号体]|浏览|打印|作者).*)?$"
)
LAW = "(?:国务院)?(?:令?第.{1,6}[号次])?(?:修[订改正]|公布|发布|印发|通过|起?施行)"
CITED = re.compile(rf"^(?:根据|依据|按照|依照|自|于|经)?{E}{LAW}")
SIGNED = re.compile(rf"\(?(?:国务院(?:办公厅)?)?\d{{4}}年\d{{1,2}}月\d{{1,2}}日{WEEKDAY}?\)?")
YEAR_OF = re.compile(rf"(\d{{4}})年[度的]?(?:全国|全年|部分|法定)*(?:节假日|节日|放假|休假|假期|假日|{HOLIDAY})")
NUMBER = rf"(?:\(+(?:{NUM}|\d{{1,2}})\.?\)+、?|第?{NUM}[、.,]|\d{{1,2}}[)、.])"
SECTION = re.compile(  # where a holiday's section begins, or any other numbered item
    rf"(?<![^\n。;:])(?:{NUMBER}?(?:\d{{4}}年)?({HOLIDAY}(?:[、和及与]{HOLIDAY})?)(?:\({NOTE.pattern}\))?(?:假期|放假安排|假日)?"
    rf"(?:[:\n]+|(?=\d|放假(?:时间|日期)?[:为]|[将自从]\d))|{NUMBER}(?=\D|\d{{1,2}}月|\d{{4}}年))"
)
URL = re.compile(r"(?:https?://|www\.)[!-~]+")
ALIKE: Final = {ord(sign): "-" for sign in "‐‑‒–—―─━−~〜∼"} | str.maketrans("[【〔{]】〕}!", "(((())))。", "•●◆▪")
OPEN = r"(?![^()]*\))"  # not within brackets, where lunar dates stand
MONTHS = re.compile(rf"(?<![历一二三四五六七八九十])({NUM})月(?=(?:{NUM}|\d{{1,2}})[日号]){OPEN}")
NUMBERS = re.compile(rf"(?:^|(?<=[月至到、和及与\-:将中]))(?:({NUM})[日号]|(\d{{1,2}})号)(?!历){OPEN}")
UNIT = re.compile(  # a day that shares the 日 of one behind it: 10月1-7日, 10月1、2、3日
    r"(?<=[月至到\-、和])(\d{1,2})(?=(?:(?:[至到]|-+)(?:(?:\d{4}年)?\d{1,2}月)?|[、和])\d{1,2}[日、和至到\-])"
)
