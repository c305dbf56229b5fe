"""Notices of rest days: what was announced, in any wording; one changed character; refusals, doubts, the year.

The texts are made up. The days of the years that were announced are facts, kept here as dates and compared with
the tables of the chinesecalendar package.
"""

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
        years[notice.year], _added = calendars._after(notice, years.get(notice.year))
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
        if action in {"放假公休", "调休放假", "休息"} and count[:1] not in "，":
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
            whole = [("　　" + line) if "\n" not in line else line for line in lines[head:]]
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
