"""The State Council's notices of rest days, read as they are published.

Every clause with a date must fit one of the rules below, and every clause that speaks of rest or work must
name its dates; any other is refused with its line. What can be read but does not add up, a stated number of
days, the name of a weekday, or the year's sum, is kept as a doubt that somebody has to confirm.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

from jsup.errors import N_, TableError
from jsup.workdays import SATURDAY

STATUTORY: Final = ((2025, 13), (2008, 11), (1999, 10))
"""From which year on how many statutory holidays a year has. Source: 全国年节及纪念日放假办法."""

_NAMES: Final = (
    ("元旦", "元旦"), ("春节", "春节"), ("清明", "清明"), ("劳动节", "劳动节"), ("五一", "劳动节"), ("端午", "端午"),
    ("中秋", "中秋"), ("国庆", "国庆节"), ("十一", "国庆节"),
)  # fmt: skip
_WHEN: Final = {
    "元旦": (101, 101), "春节": (121, 221), "清明": (404, 406), "劳动节": (501, 501), "端午": (525, 627), "中秋": (907, 1009),
    "国庆节": (1001, 1001),
}  # fmt: skip
"""The first and the last day on which a holiday can fall, as month and day."""
_WHOLE: Final = {"元旦", "春节", "劳动节", "国庆节"}
"""A notice with a section for each of these settles the whole year; any other amends one."""

_YEARS: Final = (1949, 2999)
_DECEMBER: Final = 12
_FAR: Final = 14
"""More days than there ever were between a holiday and a day that belongs to it; since 2004 the most was 11."""
_DIGITS: Final = {name: index for index, name in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_WEEKDAYS: Final = {name: index % 7 for index, name in enumerate("一二三四五六日")} | {"天": 6}

# The grammar: a clause is matched with each list of its dates as _E and each number of days as _N.
_E, _N = "\x01", "\x02"
_NUM = "(?:[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|卅一?|[一二三四五六七八九两])"
_Q = "[“”‘’\"']*"
_MAY, _OCTOBER = rf"五一{_Q}(?:国际)?(?:劳动节)?|(?:国际)?劳动节", rf"国庆|十一(?![月日]){_Q}(?:国庆)?"
_HOLIDAY = rf"(?:{_Q}(?:元旦|春节|清明|{_MAY}|端午|中秋|{_OCTOBER}){_Q}节?{_Q})"
_WEEKDAY = "(?:(?:星期|周|礼拜)[一二三四五六日天](?:[、和及][一二三四五六日天](?![期月]))*)"
_WEEKEND = rf"(?:(?:周末|双休日|公休日|{_WEEKDAY}(?:[、和及]{_WEEKDAY})*)(?:公休日)?)"
_BRACKET = r"\([^()。\n]*\)"
_DAY = rf"(?<!\d)(?:\d{{4}}年)?(?:\d{{1,2}}月)?\d{{1,2}}日(?!历)(?:{_BRACKET}|{_WEEKDAY})?"
_DATE = re.compile(rf"(?<!\d)(?:(\d{{4}})年)?(?:(\d{{1,2}})月)?(\d{{1,2}})日(?!历)({_BRACKET}|{_WEEKDAY})?")
_TO = "(?:(?:起|开始)?[至到]|-+)"
_LIST = re.compile(f"{_DAY}(?:{_TO}{_DAY}止?)?(?:(?:以?及|[、和与]){_DAY}(?:{_TO}{_DAY})?)*")
_COUNT = re.compile(rf"(?<![第\d期周拜])(\d{{1,2}}|{_NUM})天(?!前|后|内|左右|半)")
_NOTE = re.compile(
    rf"(?:农历|阴历|夏历|[即为是]|大年|除夕|年三十|新年|当[日天]|[正冬腊]月|闰?{_NUM}月|初?{_NUM}日?|[甲乙丙丁戊己庚辛壬癸]\w年"
    rf"|{_HOLIDAY}|法定节?假日|[\-、,至到和及]|共计?{_N}|{_WEEKDAY})*+"
)
"""What may stand in the bracket behind a date."""
_LEAD = "(?:其中|即|并且?|另外|同时|而|但|将|把|[自从于在]|定于|决定|国务院|:)*"
_TAIL = (
    rf"\(?(?:(?:共计?|[总合]计|[总一]共)?(?:放假|连休|休息|假期|为期)?[为是]?{_N}(?:长假)?|不调休"
    rf"|[与和]{_WEEKEND}(?:形成|一起)?连休{_N}?)\)?"
)
_RESTS, _WORKS = "(?:放假|[调补]休|补假|公休(?=放假)|休息|休假)", "(?:照常|正常)?(?:上班日?|补班|工作日?)"
_RULES: Final = {
    name: re.compile(rf"^{_LEAD}(?:{rule})$")
    for name, rule in {
        "extend": rf"(?:延长(?:\d{{4}}年)?{_HOLIDAY}假期|(?:\d{{4}}年)?{_HOLIDAY}(?:假期|放假)延长)[至到]{_E}",
        "shift": rf"{_E}的?(?:(?P<count>{_NUM}|\d)个)?(?:公休日?|休息日|双休日)?(?P<also>[及和]{_HOLIDAY})?(?:分别|相应|依次|均)?"
        rf"(?:调整|调休|调换|调|移|换)[至到为]{_E}(?:休息|放假|补休|公休)?",
        "rest": rf"(?:{_E}(?:[为均都共]|全国|全体公民|统一)*{_RESTS}{{1,2}}(?:公休|调休|日)?"
        rf"|(?:放假|假期)(?:时间|日期)?[为是:]{_E})(?:{_TAIL})*",
        "work": rf"{_E}(?:[均都仍须需应要]|全国|调?整?[为成])*{_WORKS}(?:\(补{_E}的?(?:休息|[休班假])?\))?"
        rf"|(?:补班|(?:调休)?上班)(?:时间|日期)?[为是:]{_E}",
        "resume": rf"{_E}(?:起|开始)(?:照常|正常|恢复)*(?:上班|工作)",
        "weekend": rf"{_E}(?:均?(?:照常|正常)(?:公休|休息)|[为是均]?公休日?|[为是均]?周末)|[与和]{_E}(?:公休日?|周末)?连休",
        "statutory": rf"{_E}(?:均?[为是系](?:国家|{_HOLIDAY})*法定节?假日|[为是](?!不)\w{{2,30}}纪念日)",
        "tail": rf"(?:{_TAIL})+",
        "dates": _E,
    }.items()
}
_BINDING: Final = {*_RULES} - {"tail"}
_ACTION = re.compile("[放休补]假|[调补公连]休|休息|上班|补班|顺延|照常|取消|工作日|延长|假期[至到]|(?:调整?|移|换)[至到为]")
_TITLES = re.compile("《[^》]*》|关于[^《》]{0,80}通知|放假(?:期间|办法)|(?:不能|未|年)休假")
"""What speaks of rest and settles nothing."""
_ANNOUNCES = re.compile(
    rf"(?:如下(?:安排|调休|调整)?|通知|公告|(?:放假|调休|补班)(?:时间|日期)?安排|安排补休|(?:共|合并)放假{_N}):?$"
)
_STRAY = re.compile(
    r"(?<!年)(?<!年\d)\d月|月[\d·]|[\d·]日|(?<!\d)\d{1,2}[./]\d{1,2}(?!\d)|(?:星期|周|礼拜)[一二三四五六日天]"
    r"|(?<![期周拜])[一二三四五六七八九十]日"
)
"""What may be a date, or a half of one, that could not be read."""
_ADVICE = re.compile("鼓励|提倡|倡导|建议|可以?(?:结合|安排|根据|自行|灵活)")
"""A word from which on a sentence only advises; it settles no rest day."""
_PUBLISHED = re.compile(
    r"^(?:.*(?:(?:成文|印发|发布|公布|发文|签发|生成|更新)(?:日期|时间)?|来源|国务院(?:办公厅)?(?:秘书局)?)[:(]?|\(?"
    rf"|\w{{0,8}}(?={_E}电)){_E}\)?(?:\d{{1,2}}[:时]\d{{2}}(?::\d{{2}}|分)?)?\)?"
    r"(?:\(?(?:印发|发布|公布|电|讯|来源|责任编辑|编辑|标题|发文|主题|字[号体]|浏览|打印|作者).*)?$"
)
_CITED = re.compile(
    rf"^(?:根据|依据|按照|依照|自|于|经)?{_E}(?:国务院)?(?:令?第.{{1,6}}[号次])?(?:修[订改正]|公布|发布|印发|通过|起?施行)"
)
_SIGNED = re.compile(rf"\(?(?:国务院(?:办公厅)?)?(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日{_WEEKDAY}?\)?")
_YEAR_OF = re.compile(rf"(\d{{4}})年[度的]?(?:全国|全年|部分|法定)*(?:节假日|节日|放假|休假|假期|假日|{_HOLIDAY})")
_ANNOUNCED = re.compile("现将([^。\n]*?)(?:通知|公布|公告|安排)如下")
_NUMBER = rf"(?:\(+(?:{_NUM}|\d{{1,2}})\.?\)+、?|第?{_NUM}[、.,]|\d{{1,2}}[)、.])"
_SECTION = re.compile(
    rf"(?<![^\n。;:])(?:{_NUMBER}?(?:\d{{4}}年)?({_HOLIDAY}(?:[、和及与]{_HOLIDAY})?)(?:\({_NOTE.pattern}\))?(?:假期|放假安排|假日)?"
    rf"(?:[:\n]+|(?=\d|放假(?:时间|日期)?[:为]|[将自从]\d))|{_NUMBER}(?=\D|\d{{1,2}}月|\d{{4}}年))"
)
"""Where a holiday's section begins, or any other numbered item."""
_TITLE = re.compile(r"(?:[^:]{2,8}:)?[《“]?国务院(?:办公厅)?关于")
_LABEL = re.compile("(?:索引号|主题|发文|成文|标题|发布|来源|责任编辑|编辑|作者|字号)[^\\d,、。:()]{0,4}:")
_URL = re.compile(r"(?:https?://|www\.)[!-~]+")
_URL_DATE = re.compile(r"/(\d{4})-?(0[1-9]|1[0-2])(?:[-/](0[1-9]|[12]\d|3[01]))?/")

# One form for what people and printers write in many.
_ISO = re.compile(r"(?<![\d/.\-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/.\-])")
_ALIKE: Final = {ord(sign): "-" for sign in "‐‑‒–—―─━−~〜∼"} | str.maketrans("[【〔{]】〕}!", "(((())))。", "•●◆▪")
_CHINESE = re.compile(
    rf"{_BRACKET}|(?<![历一二三四五六七八九十])({_NUM})月(?=(?:{_NUM}|\d{{1,2}})[日号])"
    rf"|(?:^|(?<=[月至到、和及与\-:将中]))({_NUM})[日号](?!历)|(?<=[月至到\-、])(\d{{1,2}})号"
)
_UNIT = re.compile(r"(?<=[月至到\-、和])(\d{1,2})(?=(?:(?:[至到]|-+)(?:(?:\d{4}年)?\d{1,2}月)?|[、和])\d{1,2}[日、和至到\-])")
"""A day that shares the 日 of one behind it: 10月1-7日, 10月1、2、3日."""


class Doubt(NamedTuple):
    """Something that was read but does not add up: a message with its values."""

    message: str
    values: dict[str, object]


@dataclass
class Notice:
    """What one notice says: days of rest and make-up days by date, with the holiday's name.

    `whole` tells a yearly notice from an amendment. `extends` are holidays that go on until a day.
    """

    year: int
    whole: bool
    source: str = ""
    rest: dict[date, str] = field(default_factory=dict)
    work: dict[date, str] = field(default_factory=dict)
    extends: list[tuple[str, date]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, message: str, **values: object) -> None:
        """Keep a doubt about the notice."""
        self.doubts.append(Doubt(message, values))

    def days(self) -> list[date]:
        """Return every day that the notice settles."""
        return [*self.rest, *self.work, *(until for _name, until in self.extends)]


def holiday(text: str) -> str:
    """Return the names of the holidays that a text names, or the text itself."""
    found = [name for word, name in _NAMES if word in text]
    return "、".join(dict.fromkeys(found)) or text


def statutory(year: int) -> int:
    """Return how many statutory holidays a year has."""
    return next((count for first, count in STATUTORY if year >= first), 0)


def add_up(notice: Notice) -> None:
    """Doubt a year whose weekday rests less its make-up days are not its statutory holidays."""
    found = sum(day.weekday() < SATURDAY for day in notice.rest) - sum(day.weekday() >= SATURDAY for day in notice.work)
    wanted = statutory(notice.year)
    if notice.whole and found != wanted:
        message = N_("{year}: weekday rests less make-up days are {found}, and the statutory holidays are {wanted}")
        notice.doubt(message, year=notice.year, found=found, wanted=wanted)


def read(text: str, *, year: int | None = None, published_on: date | None = None) -> list[Notice]:
    """Read the notices that a text holds, in their order.

    The year is that of the text or its title, else the year after its publication, else after the date in its
    source address; what amends a year may be published within it, and then the weekdays that it names decide.

    Raises:
        TableError: a clause with a date cannot be read with certainty, or the year cannot be told.
    """
    found = [_Reader(url, lines).notice(year, published_on) for url, lines in _parts(text)]
    notices = [notice for notice in found if notice is not None]
    if not notices:
        raise TableError(N_("{file} holds no rest days that can be read: give the notice's own text"), file="")
    return notices


# The text in one form ---------------------------------------------------------------------------


def _parts(text: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """Split a text where the address or the title of another notice stands: address and numbered lines of each."""
    parts: list[tuple[str, list[tuple[int, str]]]] = [("", [])]
    before, settles = "", False
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        address = _URL.search(raw)
        line = _cleaned(_URL.sub("", raw))
        if settles and (address or (_TITLE.match(line) and not before.endswith(tuple("、,:照据和及")))):
            parts.append(("", []))
            settles = False
        if address:
            parts[-1] = address[0], parts[-1][1]
        parts[-1][1].append((number, line))
        settles = settles or bool(re.search("日.*(?:放假|[调补公]休|上班)|假期[至到].*日", line))
        before = line or before
    if len(parts) > 1 and not parts[-2][0] and not any(re.search("[日天]", line) for _number, line in parts[-1][1]):
        parts[-2:] = [(parts[-1][0], parts[-2][1])]  # an address that stands behind its notice
    return parts


def _cleaned(line: str) -> str:
    """Return a line without blanks, with one sort of digits, brackets and dashes."""
    line = "".join(f"({character})" if unicodedata.category(character) == "No" else character for character in line)
    line = unicodedata.normalize("NFKC", line).translate(_ALIKE)
    line = "".join(character for character in line if unicodedata.category(character) != "Cf")
    words = _ISO.sub(r"\1年\3月\4日", line).split()
    spaced = sum(len(word) == 1 for word in words) > 0.8 * len(words) > 4  # noqa: PLR2004 - s p a c e d
    line = re.sub(r"(?<=\d) (?=\d)", "" if spaced else "·", " ".join(words))  # columns of numbers are no number
    line = re.sub(r"-{2,}", "-", line.replace(" ", ""))
    line = re.sub(
        "[〇○零0一二三四五六七八九]{4}(?=年)", lambda year: "".join(str(_DIGITS.get(sign, sign)) for sign in year[0]), line
    )
    return re.sub(r"(?<![\d.])\.(?!\.)", "。", line)


def _joined(lines: Sequence[tuple[int, str]]) -> tuple[str, list[int]]:
    """Join lines that were broken within a sentence; return the text and the line of each character."""
    text, before, blank = "", "", False
    where: list[int] = []
    for number, line in lines:
        ends = before and line and (blank or _ends(before, line))
        joint = "\n" if ends else "·" if before.isdigit() and line[:1].isdigit() else ""
        text += joint + line
        where += [number] * len(joint + line)
        before, blank = line or before, not line
    return text, where


def _ends(before: str, line: str) -> bool:
    """Tell whether a line break is more than the end of a printed line."""
    if before[-1] in "。;:》":
        return True
    if before[-1] in "、,-至到和及与期周拜一二三四五六七八九十" or before.count("(") > before.count(")"):
        return False
    if _SECTION.match(line + "\n") or _SECTION.fullmatch(before + "\n") or _LABEL.match(line):
        return True
    if before.endswith("通知") and line[0] not in "如要精,、。的":
        return True
    if line[0] in "至到-、和及与,;。(放调补休上照正为公起均星周礼共的全两三分统须仍应都系以止":
        return False
    return any("年" in item and _publishes(_LIST.sub(_E, item), item) for item in (_in_digits(before), _in_digits(line)))


def _in_digits(text: str) -> str:
    """Return a text with the dates that stand in words in digits, and 日 behind each day."""

    def digits(found: re.Match[str]) -> str:
        month, *days = found.groups()
        return f"{_figure(month)}月" if month else f"{_figure(days[0] or days[1])}日" if any(days) else found[0]

    return _UNIT.sub(r"\1日", _CHINESE.sub(digits, text))


def _figure(text: str) -> int:
    """Read a number below 100, in digits or in words.

    >>> _figure("12"), _figure("十"), _figure("二十一"), _figure("廿三"), _figure("两")
    (12, 10, 21, 23, 2)
    """
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


# Clauses ----------------------------------------------------------------------------------------


@dataclass
class _Clause:
    """A clause: `kind` is the rule that it fits, `sentence` the place of its sentence, `lists` its dates, spelt out."""

    kind: str
    shape: str
    text: str
    line: int
    sentence: int = 0
    among: bool = False
    lists: list[list[date]] = field(default_factory=list)
    ranged: bool = False

    @property
    def days(self) -> list[date]:
        """Return the first list of days."""
        return self.lists[0] if self.lists else []

    def refusal(self, message: str = "", **values: object) -> TableError:
        """Return the refusal of this clause."""
        message = message or N_("{file}, line {row}: it cannot be read with certainty: {text}")
        error = TableError(message, file="", row=self.line, text=self.text)
        error.values.update(values)
        return error

    def day(self, year: int, month: int, day: int) -> date:
        """Return a day that the clause names."""
        try:
            return date(year, month, day)
        except ValueError:
            message = N_("{file}, line {row}: there is no {month}月{day}日 in {year}: {text}")
            raise self.refusal(message, year=year, month=month, day=day) from None


def _publishes(shape: str, text: str) -> bool:
    """Tell whether the dates of a clause are those of a publication or of a law, and nothing else."""
    single = all(_DATE.fullmatch(found[0]) and ("年" in found[0] or "电" in shape) for found in _LIST.finditer(text))
    return single and not _ACTION.search(_TITLES.sub("", shape)) and bool(_PUBLISHED.match(shape) or _CITED.match(shape))


def _kind(shape: str, text: str) -> str:
    """Return the name of the rule that a clause fits, "" for words without effect, "?" for anything else."""
    for name, rule in _RULES.items():
        if rule.match(shape):
            return name
    if _E in shape:
        return "published" if _publishes(shape, text) else "?"
    plain = _TITLES.sub("", shape)
    acts = _N in shape or _ACTION.search(plain)
    return "?" if _STRAY.search(plain) or (acts and not _ANNOUNCES.search(shape)) else ""


def _clauses(text: str, where: Sequence[int], start: int, end: int) -> Iterator[_Clause]:
    """Yield the clauses between two places; what only advises is left out."""
    for sentence in re.finditer("[^。\n]+", text[start:end]):
        advises = among = False
        place = start + sentence.start()
        alone = _SIGNED.fullmatch(_in_digits(sentence[0])) and not text.startswith("。", start + sentence.end())
        for piece in re.finditer(rf"(?:{_BRACKET}|[^,;])+", sentence[0]):
            plain = _in_digits(piece[0])
            words = _COUNT.sub(_N, plain)
            shape = _LIST.sub(_E, words)
            kind = "signed" if alone else _kind(shape, words)
            advice = _ADVICE.search(shape)
            among = among or shape.startswith("其中")
            if advice and _E not in shape[: advice.start()]:
                advises = True
                continue
            if advice or advises:  # what binds cannot follow advice; what else does is a part of it
                kind = "?" if _E in shape and (advice or kind in _BINDING or not re.search("安排|职工|单位", shape)) else ""
            yield _Clause(kind, shape, plain, where[place + piece.start()], place, among)


class _Section(NamedTuple):
    """The clauses of one section: `head` is its heading, empty for what stands before the first."""

    name: str
    head: str
    clauses: list[_Clause]


def _sections(text: str, where: Sequence[int]) -> Iterator[_Section]:
    """Yield the sections of a notice, each with its clauses.

    Raises:
        TableError: a clause fits no rule, or would settle a day of no known holiday.
    """
    heads = list(_SECTION.finditer(text))
    named = any(head[1] for head in heads)
    first = None if named else re.search(rf"{_HOLIDAY}|[^关于《》\n]+纪念日", text)
    bounds = [0, *(head.start() for head in heads), len(text)]
    for index, head in enumerate([None, *heads]):
        name = holiday(head[1]) if head and head[1] else holiday(first[0]) if first else ""
        clauses = list(_clauses(text, where, head.end() if head else 0, bounds[index + 1]))
        for clause in clauses:
            inner = clause.kind == "signed" and 0 < index < len(heads)
            if inner or clause.kind == "?" or (named and not name and clause.kind in _BINDING):
                raise clause.refusal()
        if head and head[1] and not any(clause.kind in _BINDING for clause in clauses):
            raise _Clause("", "", head[0].strip(), where[head.start()]).refusal()
        yield _Section(name, head[1] or "" if head else "", clauses)


class _Reader:
    """Reads one notice, for a year that is tried.

    `draft` is the notice as read so far, `named` and `mismatches` how many weekdays it names and how many wrongly;
    `months` and `seen` are the months and days that a section named so far.
    """

    def __init__(self, url: str, lines: Sequence[tuple[int, str]]) -> None:
        self.url = url
        self.text, where = _joined(lines)
        self.sections = list(_sections(self.text, where))
        self.names = [name for section in self.sections if section.head for name in section.name.split("、")]
        self.draft = Notice(0, whole=False)
        self.named = self.mismatches = 0
        self.months: dict[int, int] = {}
        self.seen: set[date] = set()

    def notice(self, year: int | None, published_on: date | None) -> Notice | None:
        """Read the notice for the year that it is of; return None if it settles nothing.

        An amendment that does not tell its year is of that of its publication or of the next.
        """
        clauses = [clause for section in self.sections for clause in section.clauses]
        if not any(clause.kind in _BINDING for clause in clauses):
            return None
        told, published = self._told(clauses, published_on)
        told |= set() if year is None else {year}
        if len(told) > 1:
            message = N_("{file}: the notice speaks of {one} and of {other}: give one notice of one year")
            raise TableError(message, file="", one=min(told), other=max(told))
        notice = None
        if told and _YEARS[0] <= min(told) <= _YEARS[1]:
            notice = self._read(min(told))
        elif published and not told:
            notice = self._after(published)
        if notice is None:
            raise TableError(N_("{file}: the notice does not tell its year: give it with --year"), file="")
        first = min(notice.days(), default=date.max)
        for clause in clauses:
            if clause.kind == "signed" and clause.day(*map(int, re.findall(r"\d+", clause.text))) >= first:
                raise clause.refusal()
        return notice if notice.days() else None

    def _after(self, published: date) -> Notice | None:
        """Read a notice that tells no year; return None if its year is not sure.

        It is of the year after its publication, or of that year if none of its days is earlier and its weekdays say so.
        """
        later, refusal = None, None
        try:
            later = self._read(published.year + 1)
        except TableError as error:
            refusal = error
        first, wrong = min(later.days(), default=date.min) if later else date.max, self.mismatches
        if later and (first.year - 1, first.month, first.day) < (published.year, published.month, published.day):
            return later
        try:
            same = self._read(published.year)
        except TableError:
            if later is None:
                raise
            return later if self.named and not wrong else None
        if refusal and min(same.days(), default=published) < published:
            raise refusal
        if later and wrong <= self.mismatches:
            return later if wrong < self.mismatches else None
        return same if self.named else None

    def _told(self, clauses: Sequence[_Clause], published_on: date | None) -> tuple[set[int], date | None]:
        """Return the years that the text tells, and when it was published."""
        told = {int(found[1]) for found in _YEAR_OF.finditer(self.text)}
        published: list[date] = []
        for clause in clauses:
            for found in _DATE.finditer(clause.text):
                if found[1] and clause.kind not in {"signed", "published"}:
                    told.add(int(found[1]) + (found[2] == "12" and "元旦" in self.text))
                elif found[1] and not _CITED.match(clause.shape):
                    published.append(clause.day(int(found[1]), int(found[2] or 0), int(found[3])))
        address = _URL_DATE.search(self.url)
        if not published and not published_on and address:
            return told, date(int(address[1]), int(address[2]), min(int(address[3] or 1), 28))
        return told, min(published) if published else published_on

    def _read(self, year: int) -> Notice:
        self.named = self.mismatches = 0
        self.draft = draft = Notice(year, {*self.names} >= _WHOLE, self.url)
        for section in self.sections:
            self._dates(section)
            self._settle(section)
        self._complete()
        return draft

    def _complete(self) -> None:
        """Refuse a notice that lacks a section or has one twice, and add a whole year up."""
        announced = _ANNOUNCED.search(self.text)
        wanted = holiday(announced[1]).split("、") if announced and self.names else []
        for name in dict.fromkeys(name for _word, name in _NAMES):
            if self.names.count(name) > 1:
                message = N_("{file}: {holiday} stands twice: give each notice with its title or its address")
                raise TableError(message, file="", holiday=name)
            if name in wanted and name not in self.names:
                message = N_("{file}: the notice announces {holiday} and has no section for it: give its whole text")
                raise TableError(message, file="", holiday=name)
        for name in self.names if self.draft.whole else ():
            first, last = _WHEN[name]
            if not any(first <= day.month * 100 + day.day <= last for day, of in self.draft.rest.items() if name in of):
                self.draft.doubt(N_("{holiday} does not fall on the days that are named"), holiday=name)
        add_up(self.draft)

    # What a section settles -------------------------------------------------------------------

    def _settle(self, section: _Section) -> None:
        """Hold the clauses of a section against each other, and take over what they settle."""
        kinds = {kind: [clause for clause in section.clauses if clause.kind == kind] for kind in _RULES}
        rests = [clause for clause in kinds["rest"] if not clause.among] or kinds["rest"]
        rest = {day: clause for clause in reversed(rests) for day in clause.days}
        work = {day: clause for clause in kinds["work"] for day in clause.days}
        bounded = any(clause.ranged or _N in clause.shape for clause in (*rests, *kinds["tail"]))
        inside = [(clause, clause.days) for clause in (*kinds["statutory"], *kinds["rest"])]
        inside += [(clause, clause.days) for clause in kinds["weekend"] if clause.among]
        inside += [(clause, days) for clause in (*kinds["shift"], *kinds["work"]) for days in clause.lists[1:]]
        for clause, days in inside:
            if bounded and not {*days} <= rest.keys():
                raise clause.refusal(N_("{file}, line {row}: it names rest days outside the holiday: {text}"))
            rest = dict.fromkeys(days, clause) | rest
        for clause in kinds["weekend"]:
            rest = dict.fromkeys((day for day in clause.days if day.weekday() >= SATURDAY), clause) | rest
        moved = {day: clause for clause in kinds["shift"] for day in clause.days if day not in rest}
        told = {kind: [day for clause in kinds[kind] for day in clause.days] for kind in ("statutory", "weekend", "shift")}
        spread = told["statutory"] + told["weekend"] + [day for clause in kinds["shift"] for day in clause.lists[1]]
        shifted, named = {*told["shift"]}, {*told["statutory"]}
        agrees = len({*spread}) == len(spread) and len(shifted) == len(told["shift"]) and not shifted & {*told["weekend"]}
        if (moved and work and moved.keys() != work.keys()) or (named and not shifted & rest.keys() <= named) or not agrees:
            self.draft.doubt(N_("{holiday}: what is said of its days does not agree"), holiday=section.name)
        work |= moved
        self._doubts(section.name, kinds, rest, work)
        until = [(holiday(clause.shape), clause.days[-1]) for clause in kinds["extend"]]
        ends = _run({*rest, *(day for _name, day in until)}, work)
        for clause in kinds["resume"]:
            if not ends or clause.days != [max(ends) + timedelta(days=1)]:
                raise clause.refusal()
        for day in rest.keys() & work.keys() | rest.keys() & self.draft.work.keys() | work.keys() & self.draft.rest.keys():
            message = N_("{file}, line {row}: {day} is a rest day and a make-up day at once")
            raise (work.get(day) or rest[day]).refusal(message, day=day)
        if section.head and not rest and not until:
            raise section.clauses[0].refusal()
        self.draft.rest = dict.fromkeys(rest, section.name) | self.draft.rest
        self.draft.work = dict.fromkeys(work, section.name) | self.draft.work
        self.draft.extends += until

    def _doubts(self, name: str, kinds: dict[str, list[_Clause]], rest: Collection[date], work: Collection[date]) -> None:
        """Doubt what a section says of its days: how many they are, weekends, make-up days."""
        counts: list[tuple[int, Collection[date]]] = []
        for clause in kinds["shift"]:
            found = _RULES["shift"].match(clause.shape)
            if found is None or any(day.weekday() >= SATURDAY for day in clause.lists[1]):
                raise clause.refusal()
            if len(clause.days) + bool(found["also"]) != len(clause.lists[1]):
                raise clause.refusal()
            counts += [(_figure(found["count"]), clause.days)] if found["count"] else []
        for day in (day for clause in (*kinds["shift"], *kinds["weekend"]) for day in clause.days):
            if day.weekday() < SATURDAY:
                self.draft.doubt(N_("{day} is said to be a weekend and is none"), day=day)
        for day in work:
            if day.weekday() < SATURDAY:
                self.draft.doubt(N_("{day} is named as a make-up day and is no Saturday or Sunday"), day=day)
        for day in (*rest, *work):
            if min((abs((day - other).days) for other in rest if other != day), default=0) > _FAR:
                self.draft.doubt(N_("{day} is more than two weeks away from the holiday"), day=day)
        for clause in (*kinds["rest"], *kinds["tail"]):
            beside = [other for other in (*kinds["rest"], *kinds["tail"]) if other.sentence == clause.sentence]
            named = {*(clause.days or [day for other in beside for day in other.days] or rest)}
            run = _run(named, work)
            for stated in map(_figure, _COUNT.findall(clause.text)):
                joins = any("连休" in other.shape for other in beside) and stated == len(run)
                counts.append((stated, run if joins else named))
            if run and re.search(rf"{_WEEKEND}.*连休", clause.shape) and not any(day.weekday() >= SATURDAY for day in run):
                self.draft.doubt(N_("{day} is said to join a weekend and does not"), day=min(named))
        for stated, days in counts:
            if stated != len(days):
                message = N_("{holiday}: the notice says {stated} days and names {found}")
                self.draft.doubt(message, holiday=name, stated=stated, found=len(days))

    # Dates ------------------------------------------------------------------------------------

    def _dates(self, section: _Section) -> None:
        """Read the dates of a section's clauses; dates that stand alone belong to the clause behind them."""
        self.months, self.seen = {}, set()
        waiting: _Clause | None = None
        for clause in section.clauses:
            clause.lists, clause.ranged = [], False
            for found in _LIST.finditer(clause.text) if clause.kind in _BINDING else ():
                clause.lists.append(self._list(section.name, clause, found, waiting.days[-1] if waiting else None))
            if waiting:
                if waiting.ranged or waiting.sentence != clause.sentence or clause.kind not in {"rest", "work", "dates"}:
                    raise waiting.refusal()
                clause.lists[0] = waiting.days + clause.days
            waiting = clause if clause.kind == "dates" else None
            either = clause.kind == "rest" and not re.search("放假|休息|休假|假期", clause.shape)  # 调休
            if either and any(day.weekday() >= SATURDAY for day in clause.days):
                raise clause.refusal()
        if waiting:
            raise waiting.refusal()

    def _list(self, name: str, clause: _Clause, found: re.Match[str], earlier: date | None) -> list[date]:
        """Read one list of dates, ranges spelt out; `earlier` is the date that stands alone before it."""
        days: list[date] = []
        written: list[date] = []
        end = found.start()
        for match in _DATE.finditer(clause.text, found.start(), found.end()):
            before = written[-1] if written else None
            day = self._date(name, clause, match, before or earlier)
            if before and re.match(_TO, clause.text[end : match.start()]):
                clause.ranged = True
                if not 0 < (day - before).days < 32:  # noqa: PLR2004 - no holiday lasts a month
                    raise clause.refusal(N_("{file}, line {row}: a range that is none: {text}"))
                days += [before + timedelta(days=step) for step in range(1, (day - before).days)]
            days.append(day)
            written.append(day)
            end = match.end()
            note = match[4] or ""
            weekdays = re.findall("[一二三四五六日天]", "".join(re.findall(_WEEKDAY, note)))
            unclear = note.startswith("(") and not _NOTE.fullmatch(_COUNT.sub(_N, note[1:-1]))
            if unclear or len(weekdays) > len(written):
                raise clause.refusal()
            self.named += len(weekdays)
            for wanted, weekday in zip(written[len(written) - len(weekdays) :], weekdays, strict=True):
                if _WEEKDAYS[weekday] != wanted.weekday():
                    self.mismatches += 1
                    self.draft.doubt(N_("{day} is not {named}"), day=wanted, named=f"星期{weekday}")
        if len({*days}) < len(days):
            raise clause.refusal()
        self.seen.update(days)
        return days

    def _date(self, name: str, clause: _Clause, match: re.Match[str], before: date | None) -> date:
        """Read one date; a day without a month has that of the one before it, or of the one day it can be."""
        new_year, number = "元旦" in name, int(match[3])
        if match[2]:
            month = int(match[2])
            if month == _DECEMBER and not match[1] and not name:
                raise clause.refusal()  # which December?
            year = int(match[1] or self.draft.year - (month == _DECEMBER and new_year))
        elif match[1] or (before and number <= before.day):
            raise clause.refusal(N_("{file}, line {row}: a range that is none: {text}"))
        elif before:
            year, month = before.year, before.month
        else:
            options = [(year, month) for month, year in self.months.items()]
            if len(options) > 1:
                options = [(day.year, day.month) for day in self.seen if day.day == number]
            if len(options) != 1:
                raise clause.refusal(N_("{file}, line {row}: a day without a month: {text}"))
            year, month = options[0]
        day = clause.day(year, month, number)
        self.months[month] = year
        return day


def _run(days: set[date], work: Collection[date]) -> set[date]:
    """Return days of rest with the weekends that join them."""
    found = set(days)
    for day, step in ((min(days), -1), (max(days), 1)) if days else ():
        while (day := day + timedelta(days=step)).weekday() >= SATURDAY and day not in work:
            found.add(day)
    return found
