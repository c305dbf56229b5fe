"""The State Council's notices of rest days, read as they are published.

What cannot be read with certainty is refused with its line. What can be read but does not add up, a
stated number of days, the name of a weekday, or the year's sum, is kept as a doubt that somebody
has to confirm.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

from jsup.errors import N_, TableError

STATUTORY: Final = ((2025, 13), (2008, 11), (1999, 10))
"""From which year on how many statutory holidays a year has. Source: 全国年节及纪念日放假办法."""

_NAMES: Final = (
    ("元旦", "元旦"), ("春节", "春节"), ("清明", "清明"), ("劳动节", "劳动节"), ("五一", "劳动节"), ("端午", "端午"),
    ("中秋", "中秋"), ("国庆", "国庆节"), ("十一", "国庆节"),
)  # fmt: skip
_WHOLE: Final = {"元旦", "春节", "劳动节", "国庆节"}
"""A notice that names all of these settles the whole year; any other amends one."""

_HOLIDAY = r"[“”\"']*(?:元旦|春节|清明节?|五一[“”\"']*(?:国际)?(?:劳动节)?|劳动节|端午节?|中秋节?|国庆节?|十一)[“”\"']*"
_SECTION = re.compile(
    rf"(?:^|(?<=[\n。;]))(?:[一二三四五六七八九十]+、|\(?[一二三四五六七八九十\d]+[)）.、]+)?({_HOLIDAY}(?:[、和及]{_HOLIDAY})*)(?:放假)?:?(?=[^\n。]*日)"
)
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?!历)(?:\(([^()]*)\))?")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)([一二三四五六日天])")
_WEEKDAYS: Final = {name: index % 7 for index, name in enumerate("一二三四五六日")} | {"天": 6}
_DIGITS: Final = {name: index for index, name in enumerate("零一二三四五六七八九十")} | {"两": 2}
_COUNT = re.compile(r"(共计?|放假|休)(\d{1,2}|[一二两三四五六七八九十])天")
_TO = r"(?:至|到|-|—{1,2}|–|―{1,2}|─{1,2}|~|〜|～)"
_AND = r"(?:、|和|及|与)"
_D = "\x01"
_LIST = re.compile(f"{_D}(?:{_TO}{_D})?(?:{_AND}{_D}(?:{_TO}{_D})?)*")
_E = "\x02"
_URL = re.compile(r"https?://\S+")
_URL_DATE = re.compile(r"/(\d{4})-?(\d{2})(?:[-/](\d{1,2}))?/")
_ADVICE = re.compile(r"鼓励|提倡|倡导|建议|可以?结合|带薪")
"""A sentence that advises; it settles no rest day."""
_SIGNATURE = re.compile(rf"^(?:.*(?:成文日期|发布日期|发布时间|印发|日期|来源)[^{_E}]*|国务院(?:办公厅)?)?{_E}(?:印发|发布)?$")

_LEAD = r"(?:[一二三四五六七八九十]+、)?(?:其中|即|并且?|另外|同时|而|但|将|把|:)*"
_MORE = r"(?:#|,?不调休|,?与周末连休)*"
_REST = re.compile(
    rf"^{_LEAD}{_E}(?:为|全国|全体公民|统一)*(?:放假|调休|补休|补假|公休(?=放假)|休息){{1,2}}(?:公休|调休)?{_MORE}$"
)
_WORK = re.compile(rf"^{_LEAD}{_E}(?:均|都|全国)?(?:照常|正常|为)?(?:上班|补班|工作日)$")
_NORMAL = re.compile(rf"^{_LEAD}{_E}(?:起|开始)(?:照常|正常|恢复)*(?:上班|工作)$")
_RESTING = re.compile(rf"^{_LEAD}{_E}(?:照常公休|为?公休日?|照常休息|为?周末)$")
_NAMED_DAY = re.compile(rf"^{_LEAD}{_E}(?:为|是)?(?:[“”\w]{{0,8}})法定(?:节)?假日$")
_SHIFT = re.compile(
    rf"^{_LEAD}{_E}(?:[一二两三四五\d]个)?(?:公休日?|休息日)?(?:及\w{{2,4}})?(?:分别)?[调移换](?:休|换)?[至到为]{_E}$"
)
_EXTEND = re.compile(rf"^{_LEAD}延长(?:\d{{4}}年)?({_HOLIDAY})假期[至到]{_E}$")
_NOTHING = re.compile(r"^(?:#|不调休|与周末连休|\s)*$")


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


def holiday(text: str) -> str:
    """Return the names of the holidays that a text names, or the text itself."""
    found = [name for word, name in _NAMES if word in text]
    return "、".join(dict.fromkeys(found)) or text


def statutory(year: int) -> int:
    """Return how many statutory holidays a year has."""
    return next((count for first, count in STATUTORY if year >= first), 0)


class _Line(NamedTuple):
    number: int
    text: str


@dataclass
class _Part:
    """One notice of a text: where it was published, and its lines."""

    url: str
    lines: list[_Line]


def read(text: str, *, year: int | None = None, published_on: date | None = None) -> list[Notice]:
    """Read the notices that a text holds, in their order.

    The year is that of the text, else of the title, else the year after the publication, else after the
    date in the source address; the weekdays that the text names must agree with it.

    Raises:
        TableError: a line with a date cannot be read with certainty, or the year cannot be told.
    """
    notices: list[Notice] = []
    for part in _parts(text):
        notice = _Reader(part).notice(year, published_on, notices[-1].year if notices else None)
        if notice is not None:
            notices.append(notice)
    if not notices:
        raise TableError(N_("{file} holds no rest days that can be read: give the notice's own text"), file="")
    return notices


def _parts(text: str) -> list[_Part]:
    """Split a text at source addresses, which stand before each notice."""
    parts = [_Part("", [])]
    for number, raw in enumerate(text.splitlines(), 1):
        line = re.sub(r"\s+", "", unicodedata.normalize("NFKC", raw))
        address = _URL.search(line)
        if address:
            if any(_DATE.search(item.text) for item in parts[-1].lines):
                parts.append(_Part("", []))
            parts[-1].url = address[0]
            line = line.replace(address[0], "")
        parts[-1].lines.append(_Line(number, line))
    return parts


@dataclass
class _Clause:
    """A clause with its lists of dates taken out: `shape` has one mark for each."""

    shape: str
    lists: list[list[date]]
    text: str
    line: int


class _Reader:
    """Reads one notice, for a year that is tried."""

    def __init__(self, part: _Part) -> None:
        self.part = part
        self.text, self.where = _joined(part.lines)
        self.year = 0
        self.mismatches: list[Doubt] = []
        self.named = 0

    def notice(self, year: int | None, published_on: date | None, before: int | None) -> Notice | None:
        """Read the notice for the year that it is of."""
        if not _DATE.search(self.text):
            return None
        candidates = self._years(year, published_on, before)
        if not candidates:
            raise self._refusal(N_("{file}: the notice does not tell its year: give it with --year"), 0)
        best: Notice | None = None
        for candidate in candidates:
            notice = self._read(candidate)
            if best is None or (self.named and not self.mismatches):
                best = notice
            if not self.mismatches:
                break
        return best

    def _years(self, year: int | None, published_on: date | None, before: int | None) -> list[int]:
        if year is not None:
            return [year]
        told = re.findall(r"(\d{4})年(?:部分)?(?:节假日|放假|元旦|春节|清明|劳动节|端午|中秋|国庆)", self.text)
        if told:
            return [int(told[0])]
        start = self._body()
        dated = [int(match[1]) for match in _DATE.finditer(self.text, start) if match[1] and not self._signature(match)]
        if dated:
            return [max(dated)]
        published = published_on.year if published_on else None
        address = _URL_DATE.search(self.part.url)
        if published is None and self._signed() is not None:
            published = self._signed()
        if published is None and address:
            published = int(address[1])
        if published is not None:
            return [published + 1, published]  # an amendment is published within its year
        return [before] if before is not None else []

    def _signature(self, match: re.Match[str]) -> bool:
        """Tell whether a date is the day of signature or publication and not a day of rest."""
        line_start = max(self.text.rfind(mark, 0, match.start()) for mark in "\n。;,") + 1
        line_end = min((place for mark in "\n。;," if (place := self.text.find(mark, match.end())) >= 0), default=len(self.text))
        shape = self.text[line_start : match.start()] + _E + self.text[match.end() : line_end]
        return bool(_SIGNATURE.match(shape))

    def _signed(self) -> int | None:
        for match in _DATE.finditer(self.text):
            if match[1] and self._signature(match):
                return int(match[1])
        return None

    def _body(self) -> int:
        """Return where the first holiday's section begins; what stands before it settles nothing."""
        first = _SECTION.search(self.text)
        return first.start() if first else 0

    def _refusal(self, message: str, place: int, **values: object) -> TableError:
        line = self.where[min(place, len(self.where) - 1)] if self.where else 1
        error = TableError(message, file="", row=line)
        error.values.update(values)
        return error

    def _read(self, year: int) -> Notice:
        self.year, self.mismatches, self.named = year, [], 0
        found = list(_SECTION.finditer(self.text))
        names = {name for match in found for name in holiday(match[1]).split("、")}
        notice = Notice(year, names >= _WHOLE, self.part.url)
        if not found:
            named = re.search(_HOLIDAY, self.text)
            title = re.search(r"《[^》]*》|\S*纪念日", self.text)
            name = holiday(named[0]) if named else title[0] if title else ""
            self._section(notice, name, 0, len(self.text))
        ends = [match.start() for match in found[1:]] + [len(self.text)]
        for match, end in zip(found, ends, strict=False):
            self._section(notice, holiday(match[1]), match.end(), end)
        for day in notice.rest.keys() & notice.work.keys():
            raise self._refusal(N_("{file}: {day} is a rest day and a make-up day at once"), 0, day=day)
        notice.doubts += self.mismatches
        add_up(notice)
        return notice

    def _section(self, notice: Notice, name: str, start: int, end: int) -> None:
        rest: dict[date, str] = {}
        work: dict[date, str] = {}
        resting: list[tuple[_Clause, list[date]]] = []
        shifted: list[date] = []
        last: list[date] = []
        january = name == "元旦"
        for clause in self._clauses(start, end, new_year=january):
            spans = clause.lists
            if _EXTEND.match(clause.shape):
                notice.extends.append((holiday(_EXTEND.match(clause.shape)[1]), spans[0][-1]))  # type: ignore[index]
            elif _SHIFT.match(clause.shape) and len(spans) == 2:  # noqa: PLR2004 - from and to
                shifted += spans[0]
                resting.append((clause, spans[1]))
            elif _REST.match(clause.shape):
                last = spans[0]
                rest |= dict.fromkeys(last, name)
                self._beside(notice, clause)
                _count(notice, name, clause, last)
            elif _WORK.match(clause.shape):
                work |= dict.fromkeys(spans[0], name)
            elif _NORMAL.match(clause.shape) or _RESTING.match(clause.shape) or _NAMED_DAY.match(clause.shape):
                self._agrees(notice, clause)
                if _NAMED_DAY.match(clause.shape):
                    resting.append((clause, spans[0]))
            elif not spans:
                _count(notice, name, clause, last)
            elif not _SIGNATURE.match(clause.shape):
                raise TableError(
                    N_("{file}, line {row}: it cannot be read with certainty: {text}"), file="", row=clause.line, text=clause.text
                )
        for clause, days in resting:
            if not set(days) <= rest.keys():
                raise TableError(
                    N_("{file}, line {row}: it names rest days outside the holiday: {text}"),
                    file="",
                    row=clause.line,
                    text=clause.text,
                )
        work |= {day: name for day in shifted if day not in rest}
        for day in work:
            if day.weekday() < 5:  # noqa: PLR2004 - Saturday
                notice.doubts.append(Doubt(N_("{day} is named as a make-up day and is no Saturday or Sunday"), {"day": day}))
        notice.rest |= rest
        notice.work |= work

    def _beside(self, notice: Notice, clause: _Clause) -> None:
        """Doubt a day that is said to join a weekend and does not."""
        if "与周末连休" in clause.text:
            for day in clause.lists[0]:
                if day.weekday() in (1, 2, 3):
                    notice.doubts.append(Doubt(N_("{day} is said to join a weekend and does not"), {"day": day}))

    def _agrees(self, notice: Notice, clause: _Clause) -> None:
        """Doubt a weekend that is none, or a normal day that rests."""
        for day in clause.lists[0]:
            if _RESTING.match(clause.shape) and day.weekday() < 5:  # noqa: PLR2004 - Saturday
                notice.doubts.append(Doubt(N_("{day} is said to be a weekend and is none"), {"day": day}))

    def _clauses(self, start: int, end: int, *, new_year: bool) -> list[_Clause]:
        """Return the clauses of a section, in their order; sentences that only advise are left out."""
        clauses: list[_Clause] = []
        month: int | None = None
        for sentence in re.finditer(r"[^。\n]+", self.text[start:end]):
            if _ADVICE.search(sentence[0]):
                continue
            waiting: list[list[date]] = []
            for piece in re.finditer(r"(?:\([^()]*\)|[^,;])+", sentence[0]):
                place = start + sentence.start() + piece.start()
                text = _COUNT.sub(lambda found: f"{'放假' if found[1] == '放假' else ''}#{_figure(found[2])}", piece[0])
                dates: list[date] = []
                for match in _DATE.finditer(text):
                    explicit = int(match[1]) if match[1] else None
                    month = int(match[2]) if match[2] else month
                    if month is None:
                        raise self._refusal(N_("{file}, line {row}: a day without a month: {text}"), place, text=piece[0])
                    of = explicit or self.year - (new_year and month == 12)  # noqa: PLR2004 - December
                    dates.append(self._day(of, month, int(match[3]), match[4], place, piece[0]))
                shape = _DATE.sub(_D, text)
                lists, shape = self._lists(shape, dates, place, piece[0])
                if lists and _LIST.sub("", _DATE.sub(_D, text)).strip(":其中即") == "":
                    waiting += lists  # nothing but dates: they belong to what follows
                    continue
                if waiting and lists:
                    lists[0] = [day for days in waiting for day in days] + lists[0]
                    waiting = []
                clauses.append(_Clause(re.sub(r"#\d+", "#", shape), lists, text, self.where[place]))
            if waiting:
                clauses.append(_Clause(_E, waiting, sentence[0], self.where[start + sentence.start()]))
        return clauses

    def _day(self, year: int, month: int, day: int, bracket: str | None, place: int, text: str) -> date:
        try:
            found = date(year, month, day)
        except ValueError:
            raise self._refusal(
                N_("{file}, line {row}: there is no {month}月{day}日 in {year}: {text}"),
                place,
                month=month,
                day=day,
                year=year,
                text=text,
            ) from None
        named = _WEEKDAY.search(bracket or "")
        if named:
            self.named += 1
            if _WEEKDAYS[named[1]] != found.weekday():
                values: dict[str, object] = {"day": found, "named": named[0]}
                self.mismatches.append(Doubt(N_("{day} is not {named}"), values))
        return found

    def _lists(self, shape: str, dates: list[date], place: int, text: str) -> tuple[list[list[date]], str]:
        """Gather dates into lists, ranges spelt out, and mark each list in the shape."""
        lists: list[list[date]] = []
        taken = 0
        for match in _LIST.finditer(shape):
            days: list[date] = []
            for item in re.finditer(f"{_D}({_TO}{_D})?", match[0]):
                first = dates[taken]
                last = dates[taken + 1] if item[1] else first
                taken += 2 if item[1] else 1
                if last < first:
                    first = _year_before(first)
                if not 0 <= (last - first).days < 32:  # noqa: PLR2004 - no holiday lasts a month
                    raise self._refusal(N_("{file}, line {row}: a range that is none: {text}"), place, text=text)
                days += [first + timedelta(days=step) for step in range((last - first).days + 1)]
            lists.append(days)
        return lists, _LIST.sub(_E, shape)


def _count(notice: Notice, name: str, clause: _Clause, days: list[date]) -> None:
    """Doubt a stated number of days that is not the number of days named last."""
    for stated in re.findall(r"#(\d+)", clause.text):
        if int(stated) != len(days):
            values: dict[str, object] = {"holiday": name, "stated": int(stated), "found": len(days)}
            notice.doubts.append(Doubt(N_("{holiday}: the notice says {stated} days and names {found}"), values))


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day


def _figure(text: str) -> int:
    return int(text) if text.isdecimal() else _DIGITS[text]


def _joined(lines: list[_Line]) -> tuple[str, list[int]]:
    """Join lines that were broken within a sentence; return the text and the line of each character."""
    text: list[str] = []
    where: list[int] = []
    for line in lines:
        if text and line.text and (text[-1] in "。;:》" or re.match(r"[一二三四五六七八九十]+、", line.text)):
            text.append("\n")
            where.append(line.number)
        text += line.text
        where += [line.number] * len(line.text)
        if not line.text and text and text[-1] != "\n":
            text.append("\n")
            where.append(line.number)
    return "".join(text), where


def add_up(notice: Notice) -> None:
    """Doubt a year whose weekday rests less its make-up days are not its statutory holidays."""
    if notice.whole:
        rests = sum(day.weekday() < 5 for day in notice.rest) - sum(day.weekday() >= 5 for day in notice.work)  # noqa: PLR2004
        if rests != statutory(notice.year):
            values: dict[str, object] = {"year": notice.year, "found": rests, "wanted": statutory(notice.year)}
            notice.doubts.append(
                Doubt(N_("{year}: weekday rests less make-up days are {found}, and the statutory holidays are {wanted}"), values)
            )
