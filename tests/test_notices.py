"""Notices of rest days: what was announced, in any wording; one changed character; refusals, doubts, the year.

The texts are made up. The days of the years that were announced are facts, kept here as dates and compared with
the tables of the chinesecalendar package.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsup import calendars, notices, workdays
from jsup.errors import TableError
from jsup.notices import Notice

ONE = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


def days(text: str, year: int) -> set[date]:
    """The days of "1.1-3 2.28 12.30-1.1": ranges with both ends; a range that ends in January began the year before."""
    found: set[date] = set()
    for item in text.split():
        first, _, last = item.partition("-")
        month, day = map(int, first.split("."))
        end_month, end_day = (map(int, last.split(".")) if "." in last else (month, int(last))) if last else (month, day)
        start, end = date(year - (end_month < month), month, day), date(year, end_month, end_day)
        found.update(start + step * ONE for step in range((end - start).days + 1))
    return found


def settled(found: list[Notice]) -> dict[int, tuple[set[date], set[date]]]:
    """Each year's rest days from Monday to Friday and make-up days, after all notices of a file."""
    years: dict[int, workdays.Year] = {}
    for notice in found:
        years[notice.year], _added = calendars._after(notice, years.get(notice.year), "")
    return {number: plain(year) for number, year in years.items()}


def plain(year: workdays.Year) -> tuple[set[date], set[date]]:
    return {day for day in year.rest if day.weekday() < SATURDAY}, {day for day in year.work if day.weekday() >= SATURDAY}


def refusal(text: str, **options) -> TableError:
    with pytest.raises(TableError) as caught:
        notices.read(text, **options)
    return caught.value


def doubts(found: list[Notice]) -> list[str]:
    return [doubt.message.format(**doubt.values) for notice in found for doubt in notice.doubts]


# The eleven years ---------------------------------------------------------------------------------

# Rest days and make-up days by holiday; a make-up day before New Year is in the December before.
FACTS = {
    2007: {"元旦": ("1.1-3", "12.30-31"), "春节": ("2.18-24", "2.17 2.25"), "劳动节": ("5.1-7", "4.28-29"), "国庆节": ("10.1-7", "9.29-30")},
    2008: {
        "元旦": ("12.30-1.1", "12.29"), "春节": ("2.6-12", "2.2-3"), "清明": ("4.4-6", ""), "劳动节": ("5.1-3", "5.4"),
        "端午": ("6.7-9", ""), "中秋": ("9.13-15", ""), "国庆节": ("9.29-10.5", "9.27-28"),
    },
    2009: {
        "元旦": ("1.1-3", "1.4"), "春节": ("1.25-31", "1.24 2.1"), "清明": ("4.4-6", ""), "劳动节": ("5.1-3", ""),
        "端午": ("5.28-30", "5.31"), "中秋、国庆节": ("10.1-8", "9.27 10.10"),
    },
    2011: {
        "元旦": ("1.1-3", ""), "春节": ("2.2-8", "1.30 2.12"), "清明": ("4.3-5", "4.2"), "劳动节": ("4.30-5.2", ""),
        "端午": ("6.4-6", ""), "中秋": ("9.10-12", ""), "国庆节": ("10.1-7", "10.8-9"),
    },
    2015: {
        "元旦": ("1.1-3", "1.4"), "春节": ("2.18-24", "2.15 2.28"), "清明": ("4.5-6", ""), "劳动节": ("5.1", ""),
        "端午": ("6.20 6.22", ""), "中秋": ("9.27", ""), "国庆节": ("10.1-7", "10.10"),
    },
    2016: {
        "元旦": ("1.1", ""), "春节": ("2.7-13", "2.6 2.14"), "清明": ("4.4", ""), "劳动节": ("5.1-2", ""),
        "端午": ("6.9-11", "6.12"), "中秋": ("9.15-17", "9.18"), "国庆节": ("10.1-7", "10.8-9"),
    },
    2019: {
        "元旦": ("12.30-1.1", "12.29"), "春节": ("2.4-10", "2.2-3"), "清明": ("4.5", ""), "劳动节": ("5.1", ""),
        "端午": ("6.7", ""), "中秋": ("9.13", ""), "国庆节": ("10.1-7", "9.29 10.12"),
    },
    2020: {
        "元旦": ("1.1", ""), "春节": ("1.24-30", "1.19 2.1"), "清明": ("4.4-6", ""), "劳动节": ("5.1-5", "4.26 5.9"),
        "端午": ("6.25-27", "6.28"), "中秋、国庆节": ("10.1-8", "9.27 10.10"),
    },
    2023: {
        "元旦": ("12.31-1.2", ""), "春节": ("1.21-27", "1.28-29"), "清明": ("4.5", ""), "劳动节": ("4.29-5.3", "4.23 5.6"),
        "端午": ("6.22-24", "6.25"), "中秋、国庆节": ("9.29-10.6", "10.7-8"),
    },
    2025: {
        "元旦": ("1.1", ""), "春节": ("1.28-2.4", "1.26 2.8"), "清明": ("4.4-6", ""), "劳动节": ("5.1-5", "4.27"),
        "端午": ("5.31-6.2", ""), "中秋、国庆节": ("10.1-8", "9.28 10.11"),
    },
    2026: {
        "元旦": ("1.1-3", "1.4"), "春节": ("2.15-23", "2.14 2.28"), "清明": ("4.4-6", ""), "劳动节": ("5.1-5", "5.9"),
        "端午": ("6.19-21", ""), "中秋": ("9.25-27", ""), "国庆节": ("10.1-7", "9.20 10.10"),
    },
}  # fmt: skip
AMENDED = {
    2015: "关于抗战胜利70周年纪念日放假的通知\n2015年9月3日至5日调休放假，共3天。其中9月3日（星期四）放假，9月4日（星期五）调休，9月6日（星期日）上班。",
    2019: "关于调整2019年劳动节放假的通知\n一、5月1日至4日放假调休，共4天。4月28日（星期日）、5月5日（星期日）上班。\n二、请各单位遵照执行。",
    2020: "关于延长2020年春节假期的通知\n一、延长2020年春节假期至2月2日（农历正月初九，星期日），2月3日（星期一）起正常上班。",
}


@dataclass
class Table:
    """One holiday of a year: its rest days, its make-up days and, where they are known, its statutory days."""

    name: str
    rest: list[date]
    work: list[date] = field(default_factory=list)
    statutory: list[date] = field(default_factory=list)


def of_facts(year: int) -> list[Table]:
    tables = []
    for name, (rest, work) in FACTS[year].items():
        late = {day.replace(year=year - 1) if name == "元旦" and day.month == 12 else day for day in days(work, year)}
        tables.append(Table(name, sorted(days(rest, year)), sorted(late)))
    return tables


@pytest.mark.parametrize("year", FACTS)
def test_the_days_of_an_announced_year_are_read_and_are_those_of_the_package(year):
    text = f"{year}年部分节假日安排的通知\n" + "\n".join(told(table) for table in of_facts(year))
    packaged = next(found for found in workdays.packaged() if found.year == year)
    found = notices.read(
        text + ("\n\n《国务院关于修改的通知》\nhttps://example.org/\n" + AMENDED[year] if year in AMENDED else "")
    )
    assert (found[0].whole, [notice.year for notice in found]) == (True, [year] * len(found))
    assert found[0].rest == {day: table.name for table in of_facts(year) for day in table.rest}
    assert found[0].work == {day: table.name for table in of_facts(year) for day in table.work}
    assert settled(found) == {year: plain(packaged)}
    assert doubts(found) == []


def told(table: Table, *, weekdays: bool = True, counts: bool = True) -> str:
    """A section in the plainest words."""

    def say(day: date) -> str:
        return f"{day.month}月{day.day}日" + (f"（周{'一二三四五六日'[day.weekday()]}）" if weekdays else "")

    rest = "、".join(say(first) if first == last else f"{say(first)}至{say(last)}" for first, last in runs(table.rest))
    count = f"，共{len(table.rest)}天" if counts else ""
    work = f"{'、'.join(map(say, table.work))}上班。" if table.work else ""
    return f"{table.name}：{rest}放假{count}。{work}"


def runs(rest: list[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in sorted(rest):
        if found and found[-1][1] == day - ONE:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


# Any wording --------------------------------------------------------------------------------------


def announced() -> dict[int, list[Table]]:
    """The years 2007 to 2026 of the package as they were first announced, holiday by holiday."""
    years: dict[int, list[Table]] = {}
    for year in workdays.packaged():
        if 2007 <= year.year <= 2026:
            names = [name for name in dict.fromkeys(year.rest.values()) if "70周年" not in name]
            years[year.year] = [
                Table(name, *(sorted(day for day, of in part.items() if of == name) for part in (year.rest, year.work)))
                for name in names
            ]
    spring = next(table for table in years[2020] if table.name == "春节")  # before it was extended
    spring.rest = [day for day in spring.rest if day < date(2020, 1, 31)]
    spring.work.append(date(2020, 2, 1))
    return years


ANNOUNCED = announced()


def invented(rng: Random, year: int) -> list[Table]:
    """A year that nobody announced, by the rules since 2025: as many weekday rests less make-up days as statutory days."""
    eve = date(year, 1, 21) + rng.randrange(20) * ONE
    boats, moon = date(year, 5, 28) + rng.randrange(25) * ONE, date(year, 9, 8) + rng.randrange(12) * ONE
    qingming = date(year, 4, rng.choice((4, 5)))
    starts = {
        "元旦": (date(year, 1, 1), 1), "春节": (eve, 4), "清明": (qingming, 1), "劳动节": (date(year, 5, 1), 2),
        "端午": (boats, 1), "中秋": (moon, 1), "国庆节": (date(year, 10, 1), 3),
    }  # fmt: skip
    tables = []
    for name, (first, count) in starts.items():
        statutory = [first + step * ONE for step in range(count)]
        rest = list(statutory)
        most = rng.choice((count, count, 3, 5, 7) if name not in {"元旦", "中秋"} else (1, 3))
        while len(rest) < most or sum(day.weekday() < SATURDAY for day in rest) < count:
            rest = (
                [rest[0] - ONE, *rest] if rng.random() < 0.2 and rest[0].day > 1 and name != "元旦" else [*rest, rest[-1] + ONE]
            )
        tables.append(Table(name, rest, [], statutory))
    taken = {day for table in tables for day in table.rest}
    for table in tables:
        wanted = sum(day.weekday() < SATURDAY for day in table.rest) - len(table.statutory)
        near = [day for step in range(1, 15) for day in (table.rest[0] - step * ONE, table.rest[-1] + step * ONE)]
        free = [day for day in near if day.weekday() >= SATURDAY and day not in taken and day.year == year]
        assert len(free) >= wanted
        table.work = sorted(free[:wanted])
        taken.update(table.work)
    return tables


FULL = str.maketrans("0123456789", "０１２３４５６７８９")


class Writer:
    """Writes a year's notice in one of many wordings; every choice is drawn from `rng`."""

    def __init__(self, rng: Random, year: int, tables: list[Table]) -> None:
        self.rng, self.year, self.tables = rng, year, tables
        pick = rng.choice
        self.to = pick(["至", "—", "-", "～", "到", "——", "－"])
        self.bracket = pick(["（{}）", "({})", "【{}】", "{}", "", ""])
        self.week = pick(["星期", "周", "礼拜"])
        self.digits = pick(["digits", "digits", "full", "words"])
        self.year_by = pick(["title", "text", "dates", "published", "address", "option", "signature"])
        self.numbers = pick(["", "{}、", "（{}）", "n.", "n、"])
        self.end = pick(["：", "\n", "："])
        self.shared = rng.random() < 0.2 and self.digits != "words"  # 10月1—7日
        self.full_month = rng.random() < 0.5

    def number(self, number: int) -> str:
        if self.digits == "words":
            tens, ones = divmod(number, 10)
            return (
                ("" if tens < 2 else "零一二三"[tens])
                + "十" * (tens > 0)
                + ("零一二三四五六七八九"[ones] if ones or not tens else "")
            )
        return str(number).translate(FULL if self.digits == "full" else {})

    def day(self, day: date, before: date | None = None, note: str = "", *, weekday: bool = True, unit: str = "日") -> str:
        """A day, without its month where the day before it has the same and the style leaves it out."""
        same = before is not None and (before.year, before.month) == (day.year, day.month)
        text = "" if same and not self.full_month else f"{self.number(day.month)}月"
        explicit = self.year_by == "dates" or (day.year != self.year and self.rng.random() < 0.5)
        if explicit and text and not (same and self.rng.random() < 0.5):
            text = f"{day.year}年" + text
        name = self.week + ("天" if day.weekday() == SUNDAY and self.rng.random() < 0.3 else "一二三四五六日"[day.weekday()])
        marks = "、".join(filter(None, (note, name if weekday and self.bracket and unit else "")))
        bracket = self.bracket if self.bracket != "{}" or not note else "（{}）"
        return f"{text}{self.number(day.day)}{unit}" + ((bracket or "（{}）").format(marks) if marks else "")

    def span(self, first: date, last: date, note: str = "") -> str:
        if first == last:
            return self.day(first, None, note)
        if self.shared and not note:
            return f"{self.day(first, unit='', weekday=False)}{self.to}{self.day(last, first, weekday=False)}"
        return f"{self.day(first, None, note)}{self.to}{self.day(last, first)}"

    def several(self, these: list[date], joint: str = "、", *, weekday: bool = True) -> str:
        before = [None, *these]
        return joint.join(self.day(day, earlier, weekday=weekday) for day, earlier in zip(these, before, strict=False))

    def section(self, table: Table) -> str:
        rng, rest, work = self.rng, table.rest, table.work
        text, parts = "", runs(rest)
        note = rng.choice(["农历除夕", "即农历腊月二十九", "除夕"]) if table.name == "春节" and rng.random() < 0.4 else ""
        single, count = len(rest) == 1, ""
        if rng.random() < 0.7:
            number = (
                self.number(len(rest)) if self.digits != "digits" or rng.random() < 0.7 else "一二三四五六七八九十"[len(rest) - 1]
            )
            count = rng.choice(["，共{}天", "，共计{}天", "，共放假{}天", "{}天"]).format(number)
        action = "放假" if single else rng.choice(["放假", "放假调休", "放假公休", "调休放假", "休息"])
        if action in {"放假公休", "调休放假", "休息"} and count and not count.startswith("，"):
            count = "，共" + count
        text += (
            "、".join(self.span(first, last, note if first == rest[0] else "") for first, last in parts) + action + count + "。"
        )
        moved = sorted(table.work + [day for day in table.statutory if day.weekday() >= SATURDAY])
        targets = [day for day in rest if day.weekday() < SATURDAY and day not in table.statutory]
        shifts = bool(table.statutory) and 0 < len(moved) == len(targets) and rng.random() < 0.5
        if table.statutory and (shifts or rng.random() < 0.3):
            text += f"其中，{self.several(table.statutory, weekday=False)}为{rng.choice(['法定节假日', '法定假日'])}"
            weekend = [day for day in rest if day.weekday() >= SATURDAY and day not in table.statutory]
            if weekend:
                text += f"{rng.choice('，；')}{self.several(weekend)}{rng.choice(['照常公休', '为公休日'])}"
            text += "。"
        if shifts:
            amount = f"{'一二三四五六七八九十'[len(moved) - 1]}个" if rng.random() < 0.5 and len(moved) != 2 else ""
            text += f"{rng.choice(['将', ''])}{self.several(moved)}{amount}公休日{rng.choice(['', '分别'])}调至{self.several(targets)}"
            text += rng.choice(["。", "，" if work else "。", "；" if work else "。"])
            if text[-1] == "。" and rng.random() < 0.5:
                work = []
        if work:
            word = rng.choice(["上班", "照常上班", "正常上班", "补班", "为工作日", "均上班"])
            text += f"{self.several(work, rng.choice('、和及，'))}{word}。"
        elif text[-1] != "。":
            text = text[:-1] + "。"
        if table.name == "春节" and rng.random() < 0.3:
            eve = self.day(rest[0] - ONE, weekday=False)
            text += f"鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（{eve}）休息。"
        return text

    def write(self) -> tuple[str, dict]:
        """The text, and what is said of its year beside it."""
        rng, year, options = self.rng, self.year, {}
        signed = date(year - 1, rng.choice((10, 11, 12)), rng.randrange(1, 25))
        names = {
            "清明": "清明节",
            "端午": "端午节",
            "中秋": "中秋节",
            "劳动节": rng.choice(["劳动节", "“五一”", "五一国际劳动节"]),
        }
        lines = [f"关于{year}年部分节假日安排的通知" if self.year_by == "title" else "关于部分节假日安排的通知"]
        if self.year_by == "address":
            lines.insert(0, f"https://www.example.cn/{rng.choice([f'{signed:%Y-%m/%d}', f'{signed:%Y%m}'])}/content_1.htm")
        listed = "、".join(names.get(name, name) for table in self.tables for name in table.name.split("、"))
        if self.year_by == "text" or rng.random() < 0.5:
            lines.append("各省、自治区、直辖市人民政府，国务院各部委、各直属机构：")
            told = f"{year}年" if self.year_by == "text" else ""
            lines.append(f"经批准，现将{told}{listed}放假调休日期的具体安排通知如下{rng.choice('。：')}")
        for index, table in enumerate(self.tables, 1):
            count = "一二三四五六七八九十"[index - 1]
            number = self.numbers.replace("n", str(index)).format(count)
            head = "、".join(names.get(name, name) for name in table.name.split("、"))
            lines.append(f"{number}{head}{self.end}{self.section(table)}")
        if rng.random() < 0.5:
            lines.append("节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告。")
        if self.year_by == "signature" or (self.year_by != "published" and rng.random() < 0.5):
            words = "".join("〇一二三四五六七八九"[int(figure)] for figure in str(signed.year))
            tens, ones = divmod(signed.day, 10)
            day = ("" if tens < 2 else "二") + "十" * (tens > 0) + "零一二三四五六七八九"[ones] * (ones > 0)
            month = {10: "十", 11: "十一", 12: "十二"}[signed.month]
            told = [f"{signed.year}年{signed.month}月{signed.day}日", f"{words}年{month}月{day}日"]
            lines += ["国务院办公厅", rng.choice(told)]
        if self.year_by == "published":
            options["published_on"] = signed
        if self.year_by == "option":
            options["year"] = year
        return "\n".join(self.printed(lines)), options

    def printed(self, lines: list[str]) -> list[str]:
        """The lines as they are, or wrapped as in print, or with blanks between."""
        style = self.rng.choice(["", "", "wrapped", "spaced", "blank"])
        if style == "wrapped":
            width = self.rng.randrange(14, 40)
            head = 1 + lines[0].startswith("https")
            whole = ["　　" + part for line in lines[head:] for part in line.split("\n")]
            return lines[:head] + [line[at : at + width] for line in whole for at in range(0, len(line), width)]
        if style == "spaced":
            return [line if line.startswith("https") else " ".join(line).replace(" \n ", "\n") for line in lines]
        return [part for line in lines for part in (line, "")] if style == "blank" else lines


def check(rng: Random, year: int, tables: list[Table]) -> None:
    text, options = Writer(rng, year, tables).write()
    try:
        (found,) = notices.read(text, **options)
    except TableError as error:
        pytest.fail(f"{error}\n{options}\n{text}")
    whole = {day for table in tables for day in table.rest}, {day for table in tables for day in table.work}
    assert (found.year, found.whole, found.extends, doubts([found])) == (year, True, [], []), text
    assert ({*found.rest}, {*found.work}) == whole, text
    for table in tables:
        assert {found.rest[day] for day in table.rest} | {found.work[day] for day in table.work} == {table.name}, text


@settings(max_examples=300, deadline=None)
@given(rng=st.randoms(use_true_random=False), year=st.sampled_from(sorted(ANNOUNCED)))
def test_any_announced_year_is_read_from_any_wording(rng, year):
    check(rng, year, ANNOUNCED[year])


@settings(max_examples=300, deadline=None)
@given(rng=st.randoms(use_true_random=False), year=st.integers(2025, 2100))
def test_an_invented_year_is_read_from_any_wording_with_its_days_explained_and_shifted(rng, year):
    check(rng, year, invented(rng, year))


# One changed character ----------------------------------------------------------------------------

ORACLE = re.compile(r"(\d+)月(\d+)日(?:（[^）]*）)?(?:至(\d+)月(\d+)日)?")


def meant(text: str) -> tuple[int, set[date], set[date]] | None:
    """What the plainest text says, read by another way: every date there has its month, and a list ends in its verb."""
    year = int(text[2:6])
    found: dict[str, set[date]] = {"放假": set(), "上班": set()}
    try:
        for line in text.splitlines()[1:]:
            for dates, verb in re.findall("([^。：]*?)(放假|上班)", line):
                for month, day, end_month, end_day in ORACLE.findall(dates):
                    first = date(year - (month == "12" and line.startswith("元旦")), int(month), int(day))
                    last = date(year, int(end_month), int(end_day)) if end_month else first
                    found[verb].update(first + step * ONE for step in range((last - first).days + 1))
    except ValueError:
        return None
    return year, found["放假"], found["上班"]


def changed(rng: Random, text: str) -> str:
    """The text with one digit, weekday or number of days changed, or without one make-up day."""
    head = text.index("\n")
    spots = [
        *(("digit", found) for found in re.finditer(r"\d", text)),
        *(("weekday", found) for found in re.finditer("(?<=周)[一二三四五六日]", text)),
        *(("drop", found) for found in re.finditer(r"(?<=[。、])\d+月\d+日(?:（周.）)?(?:、|上班。)", text[head:])),
    ]
    kind, found = rng.choice(spots)
    start, end = (found.start() + head, found.end() + head) if kind == "drop" else found.span()
    if kind == "drop":
        rest = text[:start].rstrip("、")
        return rest + ("" if rest[-1] == "。" else "上班。" if text[end - 1] == "。" else "、") + text[end:]
    other = rng.choice([sign for sign in ("0123456789" if kind == "digit" else "一二三四五六日") if sign != found[0]])
    return text[:start] + other + text[end:]


def outcome(rng: Random, year: int, *, weekdays: bool, counts: bool) -> str:
    """Change one thing in a year's plainest text and tell what came of it; a silent reading must be what now stands there."""
    lines = [told(table, weekdays=weekdays, counts=counts) for table in ANNOUNCED[year]]
    text = f"关于{year}年部分节假日安排的通知\n" + "\n".join(lines)
    before = meant(text)
    (found,) = notices.read(text)
    assert (found.year, {*found.rest}, {*found.work}) == before
    now = changed(rng, text)
    assert now != text
    try:
        (after,) = notices.read(now)
    except TableError:
        return "refused"
    if after.doubts:
        return "doubted"
    assert (after.year, {*after.rest}, {*after.work}) == meant(now) != before, now
    return "read"


@settings(max_examples=1500, deadline=None)
@given(
    rng=st.randoms(use_true_random=False), year=st.sampled_from(sorted(ANNOUNCED)), weekdays=st.booleans(), counts=st.booleans()
)
def test_a_changed_character_is_refused_doubted_or_read_as_it_now_stands(rng, year, weekdays, counts):
    outcome(rng, year, weekdays=weekdays, counts=counts)


def test_each_of_these_happens_and_a_silent_reading_is_rare():
    seen = [outcome(Random(seed), 2012 + seed % 15, weekdays=True, counts=True) for seed in range(300)]
    assert {*seen} == {"refused", "doubted", "read"}
    assert seen.count("read") < 10


WORDS = re.findall(
    r"[^ ]+",
    "2026年 1月 31日 10月1日 7日 至 - 、 ， 。 ； ： （ ） 星期六 周日 放假 调休 上班 补休 共 3天 三天 元旦 春节 国庆节 劳动节 其中 公休日调至 "
    "为法定节假日 照常公休 与周末连休 延长 假期至 起正常上班 鼓励 一、 二、 （一） 1. 国务院办公厅 发布日期： 二〇二六年 十月 一日 \n \n\n 2月29日 "
    "9999年 0000年 https://a.cn/2025-11/04/ https://a.cn/0000-01/00/ 12月31日 - 号 的 2026-10-01 0月 99日 月 日 农历 根据 修订 来源： ²",
)


@settings(max_examples=600, deadline=None)
@given(
    text=st.lists(
        st.sampled_from(WORDS),
        max_size=30,
    ),
    year=st.sampled_from([None, None, 2026, 9999]),
)
def test_whatever_the_words_a_text_is_read_or_refused_and_days_are_never_both(text, year):
    try:
        found = notices.read("".join(text), year=year)
    except TableError as error:
        assert error.values.get("row", 1) <= "".join(text).count("\n") + 1
        return
    for notice in found:
        assert not notice.rest.keys() & notice.work.keys()
        assert all(day.year in {notice.year, notice.year - 1} for day in notice.days())


# What is refused ----------------------------------------------------------------------------------

MAY = "2026年劳动节放假通知\n"


@pytest.mark.parametrize(
    ("text", "row"),
    [
        # a date that no rule understands
        (MAY + "5月1日至5日放假。\n5月9日另行安排。", 3),
        (MAY + "会议定于4月1日召开。", 2),
        (MAY + "5月1日至5日不放假。", 2),
        (MAY + "5月1日起放假。", 2),
        (MAY + "5月1日下午放假。", 2),
        (MAY + "5月1日放假半天。", 2),
        (MAY + "除5月4日外，5月1日至5日放假。", 2),
        (MAY + "5月1日至5日（不含4日）放假。", 2),
        (MAY + "5月1日（含）至5日放假。", 2),
        (MAY + "5月1日至5日放假，取消5月9日上班。", 2),
        (MAY + "原定5月1日放假改为5月1日至5日放假。", 2),
        (MAY + "5月1日至5日放假，5月9日（周六）与5月4日（周一）对调。", 2),
        (MAY + "5月4日（周一）调至5月9日（周六）上班。", 2),
        (MAY + "5月1日至5日放假5月9日上班。", 2),
        (MAY + "5月1日放假、5月2日补休。", 2),
        (MAY + "5月1日，5月9日调休。", 2),
        (MAY + "5月1日至5日，5月9日上班。", 2),
        (MAY + "5月1日至5日。", 2),
        (MAY + "5月1日  5月2日放假。", 2),
        (MAY + "5月1 2日放假。", 2),
        (MAY + "5月1²日放假。", 2),
        (MAY + "251日至5日放假。", 2),
        # a clause that speaks of rest or work and names no date that can be read
        (MAY + "5月1日至5日放假，次日上班。", 2),
        (MAY + "5月1日至5日放假，周六、周日照常上班。", 2),
        (MAY + "5月1日放假，顺延一天。", 2),
        (MAY + "5月1日放假，为长达八天的假期。", 2),
        (MAY + "5月1日至5日放假。\n特殊岗位除外。", 3),
        (MAY + "5月1日至5日放假，不含周末。", 2),
        (MAY + "5月1日至5日放假。\n以上安排作废。", 3),
        (MAY + "5.1-5.5放假", 2),
        (MAY + "5/1至5/5放假", 2),
        (MAY + "五月一至五日放假。", 2),
        (MAY + "5月1曰至5日放假。", 2),
        (MAY + "l0月1日放假。", 2),
        ("2026年春节放假通知\n农历正月初一至初七放假。", 2),
        (MAY + "<p>5月1日至5日放假</p>", 2),
        (MAY + "元旦\n放假\n1\n1月4日上班", 3),
        # advice that is mixed with what binds
        (MAY + "5月1日至5日放假并鼓励错峰出行。", 2),
        (MAY + "5月1日放假，鼓励错峰出行，5月9日上班。", 2),
        (MAY + "提倡节俭，5月2日停止办公。", 2),
        # days and months
        (MAY + "1日至5日放假。", 2),
        (MAY + "4月30日、1日放假。", 2),
        (MAY + "5月5日至1日放假。", 2),
        (MAY + "5月1日至8月1日放假。", 2),
        (MAY + "5月1日、1日放假。", 2),
        (MAY + "5月32日放假。", 2),
        (MAY + "2026年2月29日放假。", 2),
        (MAY + "5月1日至5日放假，4月26日上班，7日上班。", 2),
        ("2026年放假通知\n12月31日放假。", 2),
        # sums that contradict each other within a section
        (MAY + "劳动节：5月1日至5日放假，其中5月1日、6日为法定节假日。", 2),
        (MAY + "劳动节：5月1日至5日放假，其中5月3日放假，5月7日休息。", 2),
        (MAY + "劳动节：5月1日至5日放假。4月26日、5月9日公休日调至5月4日。", 2),
        (MAY + "劳动节：5月1日至5日放假。4月26日公休日调至5月6日。", 2),
        (MAY + "劳动节：5月1日至5日放假，5月4日上班。", 2),
        (MAY + "劳动节：5月1日至3日放假。5月5日起正常上班。", 2),
        (MAY + "劳动节：5月1日至5日放假，5月9日上班（补5月8日的休息）。", 2),
        # sections
        ("2026年放假通知\n元旦：1月1日放假。\n国庆节：另行通知。", 3),
        ("2026年放假通知\n元旦：1月1日放假。\n八、抗战胜利纪念日：9月3日放假。", 3),
        ("2026年放假通知\n元旦：1月1日放假。\n八、9月3日放假。", 3),
        ("2026年放假通知\n9月3日放假。\n元旦：1月1日放假。", 2),
        ("2026年放假通知\n元旦：1月1日放假。\n28、29日上班。", 3),
        ("2026年放假通知\n元旦：1月1日放假，国庆节10月1日放假。", 2),
        ("节日  放假  上班\n元旦  1月1日  1月4日", 1),
        # a day of signature that is later than what it signs, or stands among it
        (MAY + "5月1日放假。\n2026年5月9日", 3),
        ("2026年放假通知\n元旦：1月1日放假。\n2025年11月4日\n国庆节：10月1日放假。", 3),
        # the year
        (MAY + "2026年12月31日至1月2日放假。\n2025年5月1日放假。", None),
        ("2026年放假通知\n元旦：2025年1月1日放假。", None),
        ("2026年放假通知\n劳动节：2025年12月31日至2026年1月2日放假。\n国庆节：11月31日放假", None),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused_with_its_line(text, row):
    assert refusal(text).values.get("row") == row


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "holds no rest days"),
        ("Labour Day: May 1 to May 5.", "holds no rest days"),
        ("今天天气很好。\n\n国务院办公厅\n2025年11月4日", "holds no rest days"),
        ("关于印发办法的通知\n本办法已经批准。\n2026年3月1日", "holds no rest days"),
        ("5月1日放假。", "--year"),
        ("2026年放假通知\n元旦：1月1日放假。\n元旦：1月2日放假。", "元旦 has 2 sections"),
        ("现将2026年元旦、国庆节放假安排通知如下：\n元旦：1月1日放假。", "国庆节 has 0 sections"),
        ("2026年放假通知\n5月1日放假，同2025年劳动节。", "2025 and of 2026"),
        ("2026年放假通知\n2025年5月1日放假。", "2025 and of 2026"),
        ("9999年放假通知\n5月1日放假。", "--year"),
        ("2026年放假通知\n元旦：2026年12月31日放假。", "2026 and of 2027"),
    ],
)
def test_what_no_line_is_to_blame_for_is_refused_whole(text, word):
    assert word in str(refusal(text))


def test_one_bad_notice_of_a_file_refuses_the_file_with_its_own_line():
    good = "国务院办公厅关于2026年放假的通知\n劳动节：5月1日放假。\n"
    assert [notice.year for notice in notices.read(good + good.replace("2026", "2027"))] == [2026, 2027]
    assert refusal(good + good.replace("2026", "2027").replace("放假。", "另议。")).values["row"] == 4


# What is doubted ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("5月1日至5日放假，共4天。", "劳动节: the notice says 4 days and names 5"),
        ("5月1日至5日放假六天。", "劳动节: the notice says 6 days and names 5"),
        ("5月1日放假，5月4日补休，共3天。", "劳动节: the notice says 3 days and names 2"),
        ("5月1日放假，与周末连休，共4天。", "劳动节: the notice says 4 days and names 1"),
        ("5月1日至5日放假。5月9日、10日三个公休日调至5月4日、5日。", "劳动节: the notice says 3 days and names 2"),
        ("5月1日（星期四）放假。", "2026-05-01 is not 星期四"),
        ("5月1日至5日（周五至周三）放假。", "2026-05-05 is not 星期三"),
        ("5月1日放假，5月9日、10日（星期六、六）上班。", "2026-05-10 is not 星期六"),
        ("5月1日放假，5月7日上班。", "2026-05-07 is named as a make-up day and is no Saturday or Sunday"),
        ("5月1日放假，5月23日上班。", "2026-05-23 is more than two weeks away from the holiday"),
        ("5月1日放假，5月21日补休。", "2026-05-01 is more than two weeks away from the holiday"),
        ("5月1日放假，5月3日、4日照常公休。", "2026-05-04 is said to be a weekend and is none"),
        ("5月1日至5日放假。5月8日公休日调至5月4日。", "2026-05-08 is said to be a weekend and is none"),
        ("4月30日放假，与周末连休。", "2026-04-30 is said to join a weekend and does not"),
        ("5月1日至5日放假。5月9日公休日调至5月4日，5月10日上班。", "劳动节: what is said of its days does not agree"),
        (
            "5月1日至5日放假。其中5月1日、4日为法定节假日，5月9日公休日调至5月4日。",
            "劳动节: what is said of its days does not agree",
        ),
        ("5月1日至5日放假。5月3日照常公休，5月3日公休日调至5月4日。", "劳动节: what is said of its days does not agree"),
    ],
)
def test_what_does_not_add_up_is_read_and_doubted(text, told):
    found = notices.read(MAY + "劳动节：" + text)
    assert told in doubts(found)
    assert found[0].rest


WHOLE = """关于2026年部分节假日安排的通知
元旦：1月1日至3日放假，共3天。1月4日上班。
春节：2月15日至23日放假，共9天。2月14日、28日上班。
清明节：4月4日至6日放假，共3天。
劳动节：5月1日至5日放假，共5天。5月9日上班。
端午节：6月19日至21日放假，共3天。
中秋节：9月25日至27日放假，共3天。
国庆节：10月1日至7日放假，共7天。9月20日、10月10日上班。"""


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1月4日上班。", "", "2026: weekday rests less make-up days are 14, and the statutory holidays are 13"),
        (
            "中秋节：9月25日至27日放假，共3天。\n",
            "",
            "2026: weekday rests less make-up days are 12, and the statutory holidays are 13",
        ),
        ("2026", "2024", "2024: weekday rests less make-up days are 26, and the statutory holidays are 11"),
        ("4月4日至6日", "3月7日至9日", "清明 does not fall on the days that are named"),
        ("6月19日至21日", "7月17日至19日", "端午 does not fall on the days that are named"),
        ("10月1日至7日", "10月11日至17日", "国庆节 does not fall on the days that are named"),
    ],
)
def test_a_year_that_does_not_add_up_is_doubted(old, new, told):
    assert doubts(notices.read(WHOLE)) == []
    assert told in doubts(notices.read(WHOLE.replace(old, new)))


# What amends and what extends ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rest", "work", "extends"),
    [
        ("一、5月1日至4日放假调休，共4天。4月26日（周日）上班。\n二、请遵照执行。", "5.1-4", "4.26", None),
        ("5月2日（周六）上班。", "", "5.2", None),
        ("5月4日（周一）补休一天。", "5.4", "", None),
        ("5月1日放假1天，与5月2日（星期六）、3日（星期日）连休。", "5.1-3", "", None),
        ("5月1日放假，与周六、周日连休。", "5.1", "", None),
        ("5月1日放假，与周末连休3天。", "5.1", "", None),
        ("5月1日为法定节假日，5月9日（周六）公休日调至5月4日（周一）。", "5.1 5.4", "5.9", None),
        ("5月1日至5日放假，5月9日上班（补5月5日的休息）。", "5.1-5", "5.9", None),
        ("放假时间：5月1日至5日，共5天。上班时间：5月9日。", "5.1-5", "5.9", None),
        ("5月1日至5日（周五至周二，共5天）放假，5月9日、10日（星期六、日）上班。", "5.1-5", "5.9-10", None),
        ("自5月1日起至5日止放假。5月6日起正常上班。", "5.1-5", "", None),
        ("五月一日至五日放假五天。五月九日调为工作日。", "5.1-5", "5.9", None),
        ("5月1号至5号放假。5月9号上班。", "5.1-5", "5.9", None),
        ("2026-05-01至2026-05-05放假。2026-05-09上班。", "5.1-5", "5.9", None),
        ("5⽉1⽇⾄5⽇放假。", "5.1-5", "", None),
        ("5月1、2、3、4、5日放假。", "5.1-5", "", None),
        ("5月1日至5日放假。4月26日、5月9日公休日调至4日、5日，26日、5月9日上班。", "5.1-5", "4.26 5.9", None),
        ("5月1日至5日放假。4月26日（周日），5月9日（周六）上班。", "5.1-5", "4.26 5.9", None),
        ("根据2024年11月10日修订的《全国年节及纪念日放假办法》，5月1日至5日放假。", "5.1-5", "", None),
        ("建议5月6日休息。5月1日至5日放假。可结合带薪年休假，安排职工在5月6日休息。", "5.1-5", "", None),
        ("延长2026年劳动节假期至5月6日，5月7日起正常上班。", "", "", "5.6"),
        ("劳动节假期延长至5月6日。", "", "", "5.6"),
    ],
)  # fmt: skip
def test_what_amends_a_year_settles_the_days_that_it_names(text, rest, work, extends):
    (found,) = notices.read(MAY + text)
    assert (found.whole, {*found.rest}, {*found.work}) == (False, days(rest, 2026), days(work, 2026))
    assert found.extends == ([("劳动节", *days(extends, 2026))] if extends else [])
    assert doubts([found]) == []
    assert {*found.rest.values(), *found.work.values()} <= {"劳动节"}


def test_the_holiday_of_an_amendment_is_the_one_it_speaks_of():
    (found,) = notices.read(AMENDED[2015])
    assert {*found.rest.values()} == {"抗战胜利70周年纪念日"}
    (found,) = notices.read("2026年5月1日放假。")
    assert {*found.rest.values()} == {""}


def test_a_page_around_a_notice_changes_nothing():
    page = f"""索 引 号：000014349/2025-00056    主题分类：综合政务\\其他
发文机关：国务院办公厅    成文日期：2025年11月04日
标 题：国务院办公厅关于2026年部分节假日安排的通知
发文字号：国办发明电〔2025〕7号    发布日期：2025年11月04日

国务院办公厅{WHOLE}
2025-11-04 15:59 来源： 中国政府网
【字体：大 中 小】打印
国务院办公厅
二〇二五年十一月四日

（此件公开发布）
责任编辑：某某"""
    (found,), (bare,) = notices.read(page), notices.read(WHOLE)
    assert (found.year, found.rest, found.work, found.doubts) == (2026, bare.rest, bare.work, [])


def test_an_address_before_or_behind_a_notice_is_its_source():
    text = "元旦：1月1日放假。"
    for page in (f"https://a.cn/202511/1.htm\n{text}", f"{text}\nhttps://a.cn/202511/1.htm\n"):
        assert [(notice.year, notice.source) for notice in notices.read(page)] == [(2026, "https://a.cn/202511/1.htm")]
    two = f"https://a.cn/2024-11/12/1.htm\n{text}\nhttps://a.cn/202511/1.htm\n{text}"
    assert [notice.year for notice in notices.read(two)] == [2025, 2026]


# Which year ---------------------------------------------------------------------------------------

LATE = date(2025, 11, 4)


@pytest.mark.parametrize(
    ("text", "options", "year"),
    [
        ("元旦：2026年1月1日放假。", {}, 2026),
        ("元旦：2025年12月31日至1月2日放假。", {}, 2026),
        ("元旦：2025年12月31日上班，1月1日放假。", {}, 2026),
        ("现将2026年元旦放假安排通知如下：\n元旦：1月1日放假。", {"published_on": date(2010, 1, 1)}, 2026),
        ("二〇二六年放假通知\n元旦：1月1日放假。", {}, 2026),
        ("关于２０２６年部分节假日安排的通知\n元旦：1月1日放假。", {"published_on": date(2010, 1, 1)}, 2026),
        ("元旦：1月1日放假。", {"published_on": LATE}, 2026),
        ("元旦：1月1日放假。", {"year": 2026}, 2026),
        ("元旦：1月1日放假。", {"year": 2026, "published_on": date(2010, 1, 1)}, 2026),
        ("元旦：1月1日放假。\n\n国务院办公厅\n2025年11月4日", {}, 2026),
        ("元旦：1月1日放假。\n\n国务院办公厅\n二○二五年十一月四日", {"published_on": date(2010, 1, 1)}, 2026),
        ("发布日期：2025年11月4日\n元旦：1月1日放假。", {}, 2026),
        ("https://a.cn/zhengce/content/202511/content_1.htm\n元旦：1月1日放假。", {}, 2026),
        ("http://www.a.cn/zwgk/2025-11/04/content_1.htm\n元旦：1月1日放假。", {}, 2026),
        ("http://www.a.cn/zwgk/2025-11/31/content_1.htm\n元旦：1月1日放假。", {"published_on": date(2023, 3, 1)}, 2024),
        # what amends a year is published in it or before it: the weekdays decide
        ("国庆节：10月8日（星期四）补休。", {"published_on": date(2026, 3, 4)}, 2026),
        ("国庆节：10月8日（星期五）补休。", {"published_on": date(2026, 3, 4)}, 2027),
        ("国庆节：10月8日（星期四）补休。", {"published_on": date(2025, 12, 4)}, 2026),
        ("国庆节：10月8日补休。", {"published_on": date(2025, 12, 4)}, 2026),
        ("国庆节：10月8日（星期一）补休，10月9日（星期五）补休。", {"published_on": date(2026, 3, 4)}, 2026),
        # no certain year
        ("国庆节：10月8日补休。", {"published_on": date(2026, 3, 4)}, None),
        ("国庆节：10月8日（星期一）补休。", {"published_on": date(2026, 3, 4)}, None),
        ("国庆节：10月9日调休。", {"published_on": date(2026, 3, 4)}, None),
        ("国庆节：10月8日补休。", {}, None),
        ("2026年放假通知\n元旦：1月1日放假。", {"year": 2025}, None),
    ],
)  # fmt: skip
def test_the_year_is_that_of_the_text_else_the_title_else_the_one_after_its_publication(text, options, year):
    if year is None:
        assert "year" in str(refusal(text, **options))
    else:
        assert [notice.year for notice in notices.read(text, **options)] == [year]


def test_weekdays_that_do_not_agree_with_the_year_are_doubted():
    text = "元旦：1月1日（星期四）放假。"
    assert doubts(notices.read(text, published_on=LATE)) == []
    assert doubts(notices.read(text, published_on=date(2024, 11, 4))) == ["2025-01-01 is not 星期四"]
    assert doubts(notices.read(text, year=2027)) == ["2027-01-01 is not 星期四"]
