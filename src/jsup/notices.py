"""The State Council's notices of rest days, read as they are published.

Every clause with a date must fit one of the rules of notice_words.py, and every clause that speaks of rest or work must
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

# fmt: off
from jsup.notice_words import (  # isort: skip
    ACTION, ADVICE, ALIKE, ANNOUNCES, BINDING, BRACKET, CITED, COUNT, DATE, DECEMBER, DIGITS, FAR, HOLIDAY, HOLIDAYS,
    IDLE, LIST, MONTHS, NOTE, NUMBERS, PUBLISHED, RULES, SECTION, SIGNED, STRAY, TO, UNIT, URL, WEEKDAY, WEEKDAYS,
    WEEKEND, WHOLE, YEAR_OF, YEARS, ZERO, E, N,
)
# fmt: on
from jsup.workdays import SATURDAY

STATUTORY: Final = ((2025, 13), (2008, 11), (1999, 10))
"""From which year on how many statutory holidays a year has. Source: 全国年节及纪念日放假办法."""
_LIMITS = re.compile("除外|以外|不含|不包括|仅限|作废|撤销|废止|失效|不适用|停止执行|暂定|待定|征求意见|草案")
"""Words without a date that would take back or narrow what stands beside them."""


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
    return "、".join(dict.fromkeys(name for word, (name, *_when) in HOLIDAYS.items() if word in text)) or text


def add_up(notice: Notice) -> None:
    """Doubt a year whose weekday rests less its make-up days are not its statutory holidays."""
    found = sum(day.weekday() < SATURDAY for day in notice.rest) - sum(day.weekday() >= SATURDAY for day in notice.work)
    wanted = next((count for first, count in STATUTORY if notice.year >= first), 0)
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
    notices = [notice for notice in found if notice and notice.days()]
    if not notices:
        raise TableError(N_("{file} holds no rest days that can be read: give the notice's own text"), file="")
    return notices


def _parts(text: str) -> list[tuple[str, list[tuple[int, str]]]]:
    """Split a text where the address or the title of another notice stands: address and numbered lines of each."""
    parts: list[tuple[str, list[tuple[int, str]]]] = [("", [])]
    before, settles = "", False
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        address = URL.search(raw)
        line = _cleaned(URL.sub("", raw))
        titled = re.match("(?:[^:]{2,8}:)?[《“]?国务院(?:办公厅)?关于", line) and before[-1:] not in {*"、,:照据和及"}
        if settles and (address or titled):
            parts.append(("", []))
            settles = False
        parts[-1][1].append((number, line))
        if address:
            parts[-1] = address[0], parts[-1][1]
        settles = settles or bool(re.search("日.{0,80}(?:放假|[调补公]休|上班)|假期[至到].{0,80}日", line))
        before = line or before
    if len(parts) > 1 and not parts[-2][0] and not any(line for _number, line in parts[-1][1]):
        behind, _nothing = parts.pop()
        parts[-1] = behind, parts[-1][1]
    return parts


def _cleaned(line: str) -> str:
    """Return a line without blanks, with one sort of digits, brackets and dashes."""
    line = "".join(f"({sign})" if unicodedata.category(sign) == "No" else sign for sign in line)
    line = unicodedata.normalize("NFKC", line).translate(ALIKE)
    line = re.sub(r"(?<![\d/.\-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/.\-])", r"\1年\3月\4日", line)
    words = "".join(sign for sign in line if unicodedata.category(sign) != "Cf").split()
    spaced = sum(len(word) == 1 for word in words) > 0.8 * len(words) > 4  # noqa: PLR2004 - s p a c e d
    line = re.sub(r"(?<=\d) (?=\d)", "" if spaced else "·", " ".join(words))  # columns of numbers are no number
    line = re.sub(r"(?<![\d.])\.(?!\.)", "。", re.sub("-{2,}", "-", line.replace(" ", "")))
    return re.sub(f"{ZERO}(?={ZERO}{{0,3}}年)", lambda sign: str(DIGITS.get(sign[0], sign[0])), line)


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
    if SECTION.match(line + "\n") or SECTION.fullmatch(before + "\n"):
        return True
    if re.match(r"(?:索引号|主题|发文|成文|标题|发布|来源|责任编辑|编辑|作者|字号)[^\d,、。:()]{0,4}:", line):
        return True
    if before.endswith("通知") and line[0] not in "如要精,、。的":
        return True
    if line[0] in "至到-、和及与,;。(放调补休上照正为公起均星周礼共的全两三分统须仍应都系以止":
        return False
    return any(SIGNED.fullmatch(item) or _kind(item)[0] == "published" for item in map(_in_digits, (before, line)))


def _in_digits(text: str) -> str:
    """Return a text with the dates that stand in words in digits, and 日 behind each day."""
    text = MONTHS.sub(lambda month: f"{_figure(month[1])}月", text)
    return UNIT.sub(r"\1日", NUMBERS.sub(lambda day: f"{_figure(day[1] or day[2])}日", text))


def _figure(text: str) -> int:
    """Read a number below 100, in digits or in words.

    >>> _figure("12"), _figure("十"), _figure("二十一"), _figure("廿三"), _figure("两")
    (12, 10, 21, 23, 2)
    """
    tens, ten, ones = text.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    return int(text) if text.isdecimal() else (DIGITS[tens or "一"] * 10 * bool(ten)) + DIGITS[ones or "零"]


@dataclass
class _Clause:
    """A clause: `kind` is the rule that it fits, `sentence` the place of its sentence, `days` and `others` its dates."""

    kind: str
    shape: str
    text: str
    line: int
    sentence: int = 0
    among: bool = False
    ranged: bool = False
    days: list[date] = field(default_factory=list)
    others: list[date] = field(default_factory=list)

    def refusal(self, message: str = "", **values: object) -> TableError:
        """Return the refusal of this clause."""
        message = message or N_("{file}, line {row}: it cannot be read with certainty: {text}")
        return TableError(message, None, **({"file": "", "row": self.line, "text": self.text[:100]} | values))


def _kind(text: str) -> tuple[str, str]:
    """Return the name of the rule that a clause fits, "" for words without effect, "?" for anything else; and its shape."""
    shape = LIST.sub(E, COUNT.sub(N, text))
    plain = IDLE.sub("", shape)
    acts = bool(ACTION.search(plain))
    kind = next((name for name, rule in RULES.items() if rule.match(shape)), "")
    if E in shape:
        single = all(DATE.fullmatch(found[0]) and ("年" in found[0] or "电" in shape) for found in LIST.finditer(text))
        published = single and not acts and (PUBLISHED.match(shape) or CITED.match(shape))
        return kind or ("published" if published else "?"), shape
    acts = (acts or N in shape) and not ANNOUNCES.search(shape)
    return kind or ("?" if acts or STRAY.search(plain) or _LIMITS.search(plain) else ""), shape


def _clauses(text: str, where: Sequence[int], start: int, end: int) -> Iterator[_Clause]:
    """Yield the clauses between two places; what only advises is left out."""
    for sentence in re.finditer("[^。\n]+", text[start:end]):
        advises = among = False
        carried = ""
        place = start + sentence.start()
        alone = SIGNED.fullmatch(_in_digits(sentence[0])) and not text.startswith("。", start + sentence.end())
        for piece in re.finditer(rf"(?:{BRACKET}|[^,;])+", sentence[0]):
            plain = carried + _in_digits(piece[0])
            carried = ""
            if DATE.fullmatch(_in_digits(piece[0])) and sentence[0].startswith(",", piece.end()):
                carried = plain + "、"  # dates between commas are a list
                continue
            kind, shape = _kind(plain)
            advice = ADVICE.search(shape)
            among = among or shape.startswith("其中")
            if advice and E not in shape[: advice.start()]:
                advises = True
                continue
            if advice or advises:  # what binds cannot follow advice; what else does is a part of it
                kind = "?" if E in shape and (advice or kind in BINDING or not re.search("安排|职工|单位", shape)) else ""
            kind = "signed" if alone else kind
            yield _Clause(kind, shape, plain, where[place + piece.start()], place, among)


def _sections(text: str, where: Sequence[int]) -> Iterator[tuple[str, bool, list[_Clause]]]:
    """Yield each section: its holiday's name, whether it has a heading, its clauses; refuse a clause that fits no rule."""
    heads = list(SECTION.finditer(text))
    named = any(head[1] for head in heads)
    first = None if named else re.search(rf"{HOLIDAY}|[^关于《》\n]{{1,40}}纪念日", text)
    bounds = [0, *(head.start() for head in heads), len(text)]
    for index, head in enumerate([None, *heads]):
        name = holiday(head[1]) if head and head[1] else holiday(first[0]) if first else ""
        clauses = list(_clauses(text, where, head.end() if head else 0, bounds[index + 1]))
        if head and head[1] and not any(clause.kind in BINDING for clause in clauses):
            clauses.append(_Clause("?", "", head[0].strip(), where[head.start()]))
        for clause in clauses:
            inner = clause.kind == "signed" and 0 < index < len(heads)
            if inner or clause.kind == "?" or (named and not name and clause.kind in BINDING):
                raise clause.refusal()
        yield name, bool(head and head[1]), clauses


class _Reader:
    """Reads one notice for a year that is tried, into `draft`; `named` and `mismatches` count its weekdays, right or wrong."""

    def __init__(self, url: str, lines: Sequence[tuple[int, str]]) -> None:
        self.url = url
        self.text, where = _joined(lines)
        self.sections = list(_sections(self.text, where))
        self.clauses = [clause for _name, _headed, clauses in self.sections for clause in clauses]
        self.names = [name for names, headed, _clauses in self.sections if headed for name in names.split("、")]

    def notice(self, year: int | None, published_on: date | None) -> Notice | None:
        """Read the notice for the year that it is of; return None if it settles nothing."""
        if not any(clause.kind in BINDING for clause in self.clauses):
            return None
        told, published = self._told(published_on)
        told |= set() if year is None else {year}
        if len(told) > 1:
            message = N_("{file}: the notice speaks of {one} and of {other}: give one notice of one year")
            raise TableError(message, file="", one=min(told), other=max(told))
        known = self._read(min(told)) if told and min(told) in YEARS else None
        notice = known or (self._after(published) if published and not told else None)
        if notice is None:
            raise TableError(N_("{file}: the notice does not tell its year: give it with --year"), file="")
        for clause in (clause for clause in self.clauses if clause.kind == "signed" and notice.days()):
            if _numbers(clause.text) >= min(notice.days()).timetuple()[:3]:
                raise clause.refusal()
        return notice

    def _told(self, published_on: date | None) -> tuple[set[int], tuple[int, ...]]:
        """Return the years that the text tells, and year, month and day of its publication, if they are known."""
        told = {int(found[1]) for found in YEAR_OF.finditer(self.text)}
        published: list[tuple[int, ...]] = []
        for clause in self.clauses:
            for year, month, *_rest in DATE.findall(clause.text):
                if year and clause.kind not in {"signed", "published"}:
                    told.add(int(year) + (month == "12" and "元旦" in self.text))
                elif year and not CITED.match(clause.shape):
                    published += map(_numbers, re.findall(r"\d{4}年\d+月\d+日", clause.text))
        address = re.search(r"/(\d{4})-?(0[1-9]|1[0-2])(?:[-/](\d\d))?/", self.url)
        given = published_on.timetuple()[:3] if published_on else _numbers("-".join(address.groups("1"))) if address else ()
        return told, min(published, default=given)

    def _after(self, published: tuple[int, ...]) -> Notice | None:
        """Read a notice that tells no year; return None if its year is not sure.

        It is of the year after its publication, or of that year if none of its days is earlier and its weekdays say so.
        """
        read: dict[int, Notice | None] = {}  # by the number of weekdays that do not agree
        refusal = None
        for year in (published[0] + 1, published[0]):
            try:
                notice = self._read(year)
            except TableError as error:
                refusal = error
                continue
            days = ((day.year - year + published[0], day.month, day.day) for day in notice.days())
            if min(days, default=published) >= published:
                read[self.mismatches] = notice if self.mismatches not in read else None
            elif year > published[0]:
                return notice
        if refusal and not read:
            raise refusal
        return read[min(read)] if self.named else None

    def _read(self, year: int) -> Notice:
        self.named = self.mismatches = 0
        self.draft = draft = Notice(year, {*self.names} >= WHOLE, self.url)
        for name, headed, clauses in self.sections:
            self._dates(name, clauses)
            self._settle(name, clauses)
            if headed and name not in {*draft.rest.values(), *(extended for extended, _until in draft.extends)}:
                raise clauses[0].refusal()
        announced = re.search("现将([^。\n]{0,200}?)(?:通知|公布|公告|安排)如下", self.text)
        wanted = holiday(announced[1]).split("、") if announced and self.names else []
        for name, first, last in dict.fromkeys(HOLIDAYS.values()):
            if self.names.count(name) > 1 or (name in wanted and name not in self.names):
                message = N_("{file}: {holiday} has {count} sections: give the whole text of each notice, with its title")
                raise TableError(message, file="", holiday=name, count=self.names.count(name))
            fits = (first <= day.month * 100 + day.day <= last for day, of in draft.rest.items() if name in of)
            if draft.whole and name in self.names and not any(fits):
                draft.doubt(N_("{holiday} does not fall on the days that are named"), holiday=name)
        add_up(draft)
        return draft

    def _settle(self, name: str, clauses: Sequence[_Clause]) -> None:
        """Hold the clauses of a section against each other, and take over what they settle."""

        def of(*kinds: str) -> list[_Clause]:
            return [clause for clause in clauses if clause.kind in kinds]

        rests = [clause for clause in of("rest") if not clause.among] or of("rest")
        rest = {day: clause for clause in reversed(rests) for day in clause.days}
        work = {day: clause for clause in of("work") for day in clause.days}
        bounded = any(clause.ranged or N in clause.shape for clause in (*rests, *of("tail")))
        inside = [
            (clause, clause.days) for clause in of("statutory", "rest", "weekend") if clause.among or clause.kind != "weekend"
        ]
        for clause, days in (*inside, *((clause, clause.others) for clause in of("shift", "work"))):
            if bounded and not {*days} <= rest.keys():
                raise clause.refusal(N_("{file}, line {row}: it names rest days outside the holiday: {text}"))
            rest = dict.fromkeys(days, clause) | rest
        for clause in of("weekend"):
            rest = dict.fromkeys((day for day in clause.days if day.weekday() >= SATURDAY), clause) | rest
        statutory, weekend, moved = (
            [day for clause in of(kind) for day in clause.days] for kind in ("statutory", "weekend", "shift")
        )
        told = [*statutory, *weekend, *(day for clause in of("shift") for day in clause.others)]
        agrees = len({*told}) == len(told) and len({*moved}) == len(moved) and not {*moved} & {*weekend}
        agrees = agrees and (not statutory or {*moved} & rest.keys() <= {*statutory})
        if not agrees or (work and moved and {*moved} - rest.keys() not in ({*work}, {*()})):
            self.draft.doubt(N_("{holiday}: what is said of its days does not agree"), holiday=name)
        work |= {day: clause for clause in of("shift") for day in clause.days if day not in rest}
        for day in rest.keys() & (work.keys() | self.draft.work.keys()) | work.keys() & self.draft.rest.keys():
            message = N_("{file}, line {row}: {day} is a rest day and a make-up day at once")
            raise (work.get(day) or rest[day]).refusal(message, day=day)
        until = [(holiday(clause.shape), clause.days[-1]) for clause in of("extend")]
        ends = _run({*rest, *(day for _name, day in until)}, work)
        for clause in of("resume"):
            if not ends or clause.days != [max(ends) + timedelta(days=1)]:
                raise clause.refusal()
        self._doubts(name, clauses, rest, work)
        self.draft.rest = dict.fromkeys(rest, name) | self.draft.rest
        self.draft.work = dict.fromkeys(work, name) | self.draft.work
        self.draft.extends += until

    def _doubts(self, name: str, clauses: Sequence[_Clause], rest: Collection[date], work: Collection[date]) -> None:
        """Doubt what a section says of its days: how many they are, weekends, make-up days."""
        counts: list[tuple[str, Collection[date]]] = []
        for clause in clauses:
            if found := RULES["shift"].match(clause.shape):
                counts += [(found["count"], clause.days)] if found["count"] else []
                short = len(clause.days) + bool(found["also"]) != len(clause.others)
                if short or any(day.weekday() >= SATURDAY for day in clause.others):
                    raise clause.refusal()
            if clause.kind in {"shift", "weekend"}:
                for day in (day for day in clause.days if day.weekday() < SATURDAY):
                    self.draft.doubt(N_("{day} is said to be a weekend and is none"), day=day)
            if clause.kind in {"rest", "tail"}:
                beside = [other for other in clauses if other.sentence == clause.sentence and other.kind in {"rest", "tail"}]
                named = {*(clause.days or [day for other in beside for day in other.days] or rest)}
                run = _run(named, work)
                joins = any("连休" in other.shape for other in beside)
                for stated in COUNT.findall(clause.text):
                    counts.append((stated, run if joins and _figure(stated) == len(run) else named))
                if run and re.search(rf"{WEEKEND}.*连休", clause.shape) and all(day.weekday() < SATURDAY for day in run):
                    self.draft.doubt(N_("{day} is said to join a weekend and does not"), day=min(named))
        for stated, days in counts:
            if _figure(stated) != len(days):
                message = N_("{holiday}: the notice says {stated} days and names {found}")
                self.draft.doubt(message, holiday=name, stated=_figure(stated), found=len(days))
        for day in (*rest, *work):
            if min((abs((day - other).days) for other in rest if other != day), default=0) > FAR:
                self.draft.doubt(N_("{day} is more than two weeks away from the holiday"), day=day)
            if day in work and day.weekday() < SATURDAY:
                self.draft.doubt(N_("{day} is named as a make-up day and is no Saturday or Sunday"), day=day)

    def _dates(self, name: str, clauses: Sequence[_Clause]) -> None:
        """Read the dates of a section's clauses."""
        self.months: dict[int, int] = {}
        self.seen: set[date] = set()
        for clause in clauses:
            clause.ranged = False
            lists = [self._list(name, clause, found) for found in LIST.finditer(clause.text) if clause.kind in BINDING]
            clause.days, clause.others = (*lists, [], [])[:2]
            either = clause.kind == "rest" and not re.search("放假|休息|休假|假期", clause.shape)  # 调休
            if either and any(day.weekday() >= SATURDAY for day in clause.days):
                raise clause.refusal()

    def _list(self, name: str, clause: _Clause, found: re.Match[str]) -> list[date]:
        """Read one list of dates, ranges spelt out."""
        days: list[date] = []
        written: list[date] = []
        end = found.start()
        for match in DATE.finditer(clause.text, found.start(), found.end()):
            before = written[-1] if written else None
            day = self._date(name, clause, match, before)
            if before and re.match(TO, clause.text[end : match.start()]):
                clause.ranged = True
                if not 0 < (day - before).days < 32:  # noqa: PLR2004 - no holiday lasts a month
                    raise clause.refusal(N_("{file}, line {row}: a range that is none: {text}"))
                days += [before + timedelta(days=step) for step in range(1, (day - before).days)]
            days.append(day)
            written.append(day)
            end = match.end()
            note = match[4] or ""
            weekdays = re.findall("[一二三四五六日天]", "".join(re.findall(WEEKDAY, note)))
            unclear = note.startswith("(") and not NOTE.fullmatch(COUNT.sub(N, note[1:-1]))
            if unclear or len(weekdays) > len(written) or len({*days}) < len(days):
                raise clause.refusal()
            self.named += len(weekdays)
            for wanted, weekday in zip(written[len(written) - len(weekdays) :], weekdays, strict=True):
                if WEEKDAYS[weekday] != wanted.weekday():
                    self.mismatches += 1
                    self.draft.doubt(N_("{day} is not {named}"), day=wanted, named=f"星期{weekday}")
        self.seen.update(days)
        return days

    def _date(self, name: str, clause: _Clause, match: re.Match[str], before: date | None) -> date:
        """Read one date; a day without a month has that of the one before it, or of the one day it can be."""
        month, number = int(match[2] or 0), int(match[3])
        if month == DECEMBER and not match[1] and not name:
            raise clause.refusal()  # which December?
        if match[2]:
            year = int(match[1] or self.draft.year - (month == DECEMBER and "元旦" in name))
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
        self.months[month] = year
        try:
            return date(year, month, number)
        except ValueError:
            message = N_("{file}, line {row}: there is no {month}月{day}日 in {year}: {text}")
            raise clause.refusal(message, year=year, month=month, day=number) from None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def _run(days: set[date], work: Collection[date]) -> set[date]:
    """Return days of rest with the weekends that join them."""
    found = set(days)
    for day, step in ((min(days), -1), (max(days), 1)) if days else ():
        while (day := day + timedelta(days=step)).weekday() >= SATURDAY and day not in work:
            found.add(day)
    return found
