"""The calendar in the ledger: notices taken over, single days set, and the open clocks that move with them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from sqlmodel import col, select

from jsup import clocks, deadlines, grids, notices, tables, workdays
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, TableError, checked, file_name, invisible
from jsup.ledger import Ledger, year_row
from jsup.models import Deadline
from jsup.notice_words import YEARS
from jsup.notices import Notice
from jsup.outcomes import Guidance, ScoreRound
from jsup.workdays import Year

_KINDS: Final = {
    "休": "rest", "放假": "rest", "休息": "rest", "休息日": "rest", "rest": "rest", "off": "rest", "holiday": "rest",
    "班": "work", "上班": "work", "补班": "work", "工作日": "work", "work": "work", "workday": "work",
}  # fmt: skip
_COLUMNS: Final = (
    tables.Column("date", ("日期",), required=True, dated=True),
    tables.Column("kind", ("类型", "类别"), required=True, words=_KINDS),
    tables.Column("name", ("名称", "节日", "节假日", "holiday")),
)


@dataclass
class Taken:
    """What an import did: the years, all days of the file, and each deadline that moved."""

    years: list[int]
    off: list[date] = field(default_factory=list)
    work: list[date] = field(default_factory=list)
    changed: bool = False
    moved: list[dict[str, Any]] = field(default_factory=list)


# Reading ----------------------------------------------------------------------------------------


def read(path: Path, *, year: int | None = None, published_on: date | None = None) -> list[Notice]:
    """Read a notice: the published text, the JSON of the holiday-cn data set, or csv (date, kind, name).

    Raises:
        TableError: it cannot be read with certainty; the sentence names file and line.
    """
    try:
        if path.suffix.lower() == ".csv":
            return _from_csv(path, year)
        text = grids.text_of(path)
        found = [_from_json(text)] if text.lstrip().startswith("{") else notices.read(text, year=year, published_on=published_on)
    except TableError as error:
        error.values["file"] = path
        raise
    if any(invisible(word) for notice in found for word in (notice.source, *notice.rest.values(), *notice.work.values())):
        raise TableError(N_("{file} is no text in UTF-8 or GB18030: save it as plain text"), file=path)
    return found


def _from_json(text: str) -> Notice:
    try:
        data = json.loads(text)
        found = Notice(int(data["year"]), whole=True, source="".join(data.get("papers", [])[:1]))
        kinds = {True: found.rest, False: found.work}
        for item in data["days"]:
            day, name = date.fromisoformat(item["date"]), str(item["name"])
            if day in found.rest or day in found.work:
                raise ValueError(item["date"])  # noqa: TRY301 - one sentence for whatever is wrong with the file
            kinds[item["isOffDay"]][day] = notices.holiday(name)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise TableError(
            N_("{file} is no calendar in the JSON of holiday-cn ({error}): give the notice's text"), file="", error=error
        ) from error
    return _summed(found)


def _summed(found: Notice) -> Notice:
    """Return bare days after adding them up.

    Raises:
        TableError: there are none, or a day lies in another year; December before it may belong to it.
    """
    if found.year not in YEARS or not found.days():
        raise TableError(N_("{file} holds no rest days that can be read: give the notice's own text"), file="")
    for day in found.days():
        if not date(found.year - 1, 12, 1) <= day <= date(found.year, 12, 31):
            raise TableError(N_("{file}: {day} does not belong to {year}: give one year"), file="", day=day, year=found.year)
    notices.add_up(found)
    return found


def _from_csv(path: Path, year: int | None) -> list[Notice]:
    table = tables.read(path, _COLUMNS)
    tables.refuse(path, table.problems)
    days = [(date.fromisoformat(row["date"]), row["kind"], row.get("name", "")) for _number, row in table.rows]
    of = year or max(day.year for day, _kind, _name in days)
    resting = {day for day, kind, _name in days if kind == "rest"}
    # a list that holds either of these is a year's; anything else amends one
    found = Notice(of, whole=bool(resting & {date(of, 1, 1), date(of, 10, 1)}))
    for day, kind, name in days:
        if day in found.rest or day in found.work:
            raise TableError(N_("{file}: {day} stands twice: strike one"), file=path, day=day)
        (found.rest if kind == "rest" else found.work)[day] = notices.holiday(name)
    return [_summed(found)]


def package() -> list[Notice]:
    """Return the years of the chinesecalendar package as notices."""
    return [Notice(year.year, True, year.source, dict(year.rest), dict(year.work)) for year in workdays.packaged()]


# Taking over ------------------------------------------------------------------------------------


def take_over(
    ledger: Ledger,
    found: Sequence[Notice],
    *,
    source: str,
    number: str | None = None,
    published_on: date | None = None,
    dry_run: bool = False,
) -> Taken:
    """Take notices over and reckon every open clock anew, in one transaction.

    A yearly notice takes the year's place; an amendment changes the days that it names. A clock that was
    met keeps its date; an agency's period never ends before a day that it has in writing.

    Raises:
        RefusedError: an amendment is of a year that is not announced, or extends what is not there.
    """
    number = number and checked(number, "--number")
    with ledger.change(dry_run=dry_run) as session:
        return _taken(Desk(session, ledger), found, source=source, number=number, published_on=published_on)


def _taken(
    desk: Desk, found: Iterable[Notice], *, source: str, number: str | None = None, published_on: date | None = None,
    why: str | None = None,
) -> Taken:  # fmt: skip
    years = dict(desk.calendar.years)
    found = [part for notice in found for part in _parted(notice, years)]
    taken = Taken(sorted({notice.year for notice in found}))
    named = {day for notice in found for day in (*notice.rest, *notice.work)}
    for notice in found:
        years[notice.year], added = _after(notice, years.get(notice.year), " ".join(filter(None, (number, source))))
        named.update(added)
    rest = {day for year in taken.years for day in years[year].rest}
    work = {day for year in taken.years for day in years[year].work}
    taken.off = sorted(day for day in named & rest if day.weekday() < workdays.SATURDAY)
    taken.work = sorted(day for day in named & work if day.weekday() >= workdays.SATURDAY)
    for year in taken.years:
        if _same(years[year], desk.calendar.years.get(year)):
            continue
        row = year_row(years[year])
        row.number, row.published_on, row.why = number, published_on, why
        desk.session.add(row)
        desk.session.flush()
        taken.changed = True
    if taken.changed:
        taken.moved = _reckon_all(Desk(desk.session, desk.ledger))
    return taken


def _same(new: Year, old: Year | None) -> bool:
    return old is not None and (dict(new.rest), dict(new.work)) == (dict(old.rest), dict(old.work))


def _parted(notice: Notice, years: Mapping[int, Year]) -> list[Notice]:
    """Part from an amendment the days that stand in the next year's row, which has the last word on them: 29 to 31 December."""
    later = years.get(notice.year + 1)
    if notice.whole or later is None or not any(day in later.rest or day in later.work for day in notice.days()):
        return [notice]

    def part(year: int, *, of_later: bool) -> Notice:
        rest, work = (
            {day: name for day, name in days.items() if (day in later.rest or day in later.work) == of_later}
            for days in (notice.rest, notice.work)
        )
        return replace(notice, year=year, rest=rest, work=work, extends=[] if of_later else notice.extends)

    parts = part(notice.year, of_later=False), part(notice.year + 1, of_later=True)
    return [one for one in parts if one.days() or one.extends]


def _after(notice: Notice, year: Year | None, source: str) -> tuple[Year, list[date]]:
    """Return a year as it is after a notice, with all its sources, and the rest days that an extension adds."""
    if notice.whole:
        return Year(notice.year, notice.rest, notice.work, source), []
    if year is None:
        raise RefusedError(N_("{year} is not announced: import its yearly notice before what amends it"), year=notice.year)
    rest, work = dict(year.rest), dict(year.work)
    for day in (*notice.rest, *notice.work):
        rest.pop(day, None)
        work.pop(day, None)
    rest |= notice.rest
    work |= notice.work
    added: list[date] = []
    for name, until in notice.extends:
        days = [day for day, holiday in rest.items() if name in holiday and day < until]
        if not days:
            raise RefusedError(
                N_("{holiday} has no days in {year} before {until} that could go on"), holiday=name, year=notice.year, until=until
            )
        more = [max(days) + timedelta(days=step) for step in range(1, (until - max(days)).days + 1)]
        for day in more:
            work.pop(day, None)
            rest[day] = name
        added += more
    return Year(notice.year, rest, work, year.source if source in year.source else f"{year.source}; {source}"), added


def _reckon_all(desk: Desk) -> list[dict[str, Any]]:
    """Reckon every open clock by the calendar that is in force now; return those that moved."""
    moved: list[dict[str, Any]] = []
    running = (
        select(Deadline).where(col(Deadline.met_on).is_(None), col(Deadline.cancelled_on).is_(None)).order_by(col(Deadline.id))
    )
    for clock in desk.session.exec(running).all():
        old = clock.due_on
        clock.started_on = _chained_start(desk, clock) or clock.started_on
        clocks.reckon(desk, clock)
        if clock.due_on != old:
            moved.append({"number": clock.finding_number, "period": clock.period, "old": old, "new": clock.due_on})
    waiting = select(Guidance).where(col(Guidance.issued_on).is_(None), col(Guidance.dismissed_on).is_(None))
    for row in desk.session.exec(waiting.order_by(col(Guidance.id))).all():
        old = row.due_on
        clocks.reckon_guidance(desk, row)
        if row.due_on != old:
            moved.append({"number": f"guidance {row.id}", "period": "guidance", "old": old, "new": row.due_on})
    for scores in desk.session.exec(select(ScoreRound).where(ScoreRound.state == "draft").order_by(col(ScoreRound.id))).all():
        days = desk.reads.policy(scores.policy_id).own["score"]["object_working_days"]
        due = deadlines.due(desk.calendar, scores.drafted_on, days, deadlines.WORKING_DAY)
        old, scores.provisional = scores.object_by, due.provisional
        if due.on > old:  # the agencies have the day in writing: it never moves to before that
            scores.object_by, scores.calendar_id = due.on, desk.reads.versions[1]
            moved.append({"number": f"score {scores.period}", "period": "duty", "old": old, "new": due.on})
    return moved


def _chained_start(desk: Desk, clock: Deadline) -> date | None:
    """Return the last day, as it stands, of the running clock from which a clock starts."""
    if clock.after_id is None or clock.start_event == "confirm":
        return None
    before = desk.session.get(Deadline, clock.after_id)
    return before.due_on if before is not None and clocks.runs(before) else None


def set_day(ledger: Ledger, day: date, *, work: bool, why: str) -> Taken:
    """Make one day a working day or a rest day, with a reason.

    Raises:
        RefusedError: its year is not announced, or the day is so already.
    """
    why = checked(why, "--why")
    kind = {day: "—"}
    with_day = Notice(day.year, False, "", {} if work else kind, kind if work else {})
    with ledger.change() as session:
        desk = Desk(session, ledger)
        if day.year in desk.calendar.years and desk.calendar.is_working(day) == work:
            raise RefusedError(N_("{day} is so already: nothing was changed"), day=day)
        return _taken(desk, [with_day], source="calendar set", why=why)


def describe(found: Iterable[Notice], path: Path) -> str:
    """Return where days come from: the source address, else the file's name."""
    return next((notice.source for notice in found if notice.source), file_name(path))
