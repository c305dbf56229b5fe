"""The checks of the drawn agencies: sheets handed out and taken in, answers item by item, findings that follow."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import col, select

from jsup import casework, deadlines, draws, reads, sampling, tables
from jsup.clocks import Desk
from jsup.errors import N_, Problem, RefusedError, TableError, UnknownError, UsageError, checked
from jsup.ledger import Ledger
from jsup.models import DrawCheck, DrawCheckItem
from jsup.periods import span
from jsup.policy import Item, Policy, Way

RESULTS: Final = {"pass": "符合", "fail": "不符合", "none": "不涉及"}
SOURCE: Final = "抽查"
"""The channel by which a finding came in that a check led to."""

_NUMBER = re.compile(r"\d{4}-\d{4,}", re.ASCII)
_YES: Final = "是"

_RESULT_WORDS = {word: key for key, word in RESULTS.items()} | {key: key for key in RESULTS}
COLUMNS: Final = (
    tables.Column("code", ("单位代码",), required=True),
    tables.Column("name", ("单位名称",)),
    tables.Column("way", ("抽查方式",)),
    tables.Column("item", ("项目编号",), required=True),
    tables.Column("text", ("检查项目",)),
    tables.Column("clause", ("依据",)),
    tables.Column("of", ("分值",)),
    tables.Column("result", ("结果",), words=_RESULT_WORDS),
    tables.Column("points", ("得分",)),
    tables.Column("note", ("说明",), lines=True),
    tables.Column("finding", ("立为问题",), words={_YES: _YES, "否": "", "yes": _YES, "no": ""}),
    tables.Column("draw", ("抽查编号",)),
)
_WIDTHS: Final = (14, 28, 14, 26, 44, 12, 6, 10, 6, 30, 10, 10)
_CHOICES: Final = {"result": tuple(RESULTS.values()), "finding": (_YES, "否")}


@dataclass(frozen=True)
class Answer:
    """How an item of a check sheet was answered.

    `finding` is None where none follows, else a finding's number, its title, or nothing for the category's title.
    """

    item: str
    result: str
    points: int | None = None
    note: str | None = None
    finding: str | None = None


# Entering ---------------------------------------------------------------------------------------


def enter(
    ledger: Ledger, wanted: str, uid: str, *, methods: Sequence[str], on: date, note: str | None, answers: Sequence[Answer],
    findings: Sequence[str] = (),
) -> str:  # fmt: skip
    """Enter a check of a drawn agency and return the draw id; a failed item may become a finding.

    `findings` are numbers of findings that the check as a whole led to.

    Raises:
        RefusedError: the agency holds no place in the quarter's draw, the day is before the draw or in the future,
            or a finding is to follow from an item that did not fail.
        UnknownError: no such way of checking, item or finding.
        UsageError: a way is missing, or points lie outside the item's.
    """
    with ledger.change() as session:
        return _enter(Desk(session, ledger), wanted, uid, methods, on, note, answers, findings)


def _enter(
    desk: Desk, wanted: str, uid: str, methods: Sequence[str], on: date, note: str | None, answers: Sequence[Answer],
    findings: Sequence[str],
) -> str:  # fmt: skip
    row = draws.drawn(desk, wanted)
    draws.place_of(row, uid)
    draws.in_order(desk.ledger, on, draws.held_since(row, uid))
    _known_ways(desk.policy, methods)
    if note is None and not answers and not findings:
        raise UsageError(N_("a check says what was seen: give --note, --item or --finding"))
    check = DrawCheck(
        draw_id=row["draw_id"], uid=uid, methods=",".join(methods), done_on=on, officer=desk.ledger.entry.officer,
        note=checked(note, "--note", lines=True) if note is not None else None,
    )  # fmt: skip
    desk.session.add(check)
    desk.session.flush()
    told = _answered(desk.reads.checks(row["draw_id"]))
    for answer in answers:
        way, item = desk.policy.item(answer.item)
        if way.key not in methods:
            raise UsageError(
                N_("{item} belongs to a way of checking that --method does not name: {methods}"),
                item=answer.item,
                methods=",".join(methods),
            )
        _add(
            desk, check, way=way.key, item=item.key, result=answer.result, points=_points(answer, item),
            note=answer.note and checked(answer.note, "--note", lines=True),
            finding=_finding(desk, check, way, item, answer, told.get((uid, way.key, item.key), {}).get("finding_number")),
        )  # fmt: skip
    for number in findings:
        _add(desk, check, result="fail", finding=_linked(desk, uid, number))
    return str(row["draw_id"])


def _add(
    desk: Desk, check: DrawCheck, *, result: str, way: str | None = None, item: str | None = None, points: int | None = None,
    note: str | None = None, finding: str | None = None,
) -> None:  # fmt: skip
    values = {"check_id": check.id, "way": way, "item": item, "result": result, "points": points, "note": note}
    desk.session.add(DrawCheckItem.model_validate({**values, "finding_number": finding}))
    desk.session.flush()


def _known_ways(policy: Policy, methods: Sequence[str]) -> None:
    keys = {key: way.title for key, way in policy.ways.items()}
    if not methods or len(set(methods)) < len(methods):
        raise UsageError(N_("--method names ways of checking, each once: {keys}"), keys=keys)
    for method in methods:
        if method not in policy.ways:
            raise UnknownError(N_("no way of checking is called {value}: choose one of {keys}"), value=method, keys=keys)


def _points(answer: Answer, item: Item) -> int | None:
    """Return the points of an answer: all or none where none are given, nothing where the item does not count."""
    if not item.points or answer.result == "none":
        if answer.points is not None:
            raise UsageError(N_("{item} has no points here: leave them out"), item=answer.item)
        return None
    if answer.points is None:
        return item.points if answer.result == "pass" else 0
    most = item.points if answer.result == "pass" else item.points - 1
    if not 0 <= answer.points <= most:
        raise UsageError(
            N_("{item} has 0 to {points} points, all of them only where it passed"), item=answer.item, points=item.points
        )
    return answer.points


def _finding(desk: Desk, check: DrawCheck, way: Way, item: Item, answer: Answer, made: str | None) -> str | None:
    if answer.finding is None:
        return None
    if answer.result != "fail":
        raise RefusedError(N_("{item} did not fail: no finding follows from it"), item=answer.item)
    if _NUMBER.fullmatch(answer.finding):
        return _linked(desk, check.uid, answer.finding)
    if made is not None:
        raise RefusedError(
            N_("{item} has led to the finding {number} already: `--finding {item}={number}` names it again"),
            item=answer.item,
            number=made,
        )
    category = desk.policy.category(item.category)
    return casework.enter(
        desk, agency=check.uid, category=category.key, title=answer.finding or category.title, found_on=check.done_on,
        source=SOURCE, facts=answer.note or check.note or f"{way.title}：{item.text}——{RESULTS['fail']}",
        basis=f"{desk.policy.document}{item.clause}",
    )  # fmt: skip


def _linked(desk: Desk, uid: str, number: str) -> str:
    finding = casework.get(desk, number)
    if uid not in casework.agencies_of(desk, finding):
        raise RefusedError(
            N_("{number} is a finding of {agency}, not of {uid}"), number=number, agency=finding.agency_code, uid=uid
        )
    return number


def withdraw(ledger: Ledger, wanted: str, uid: str, why: str) -> str:
    """Withdraw the last check of an agency that was entered by mistake, and return the draw id; it stays in the ledger.

    Findings that it led to stay as well, each to be withdrawn by itself.

    Raises:
        RefusedError: the quarter has no draw that stands, or the agency no check that does.
    """
    why = checked(why, "--why")
    with ledger.change() as session:
        row = draws.drawn(Desk(session, ledger), wanted)
        standing = select(DrawCheck).where(
            DrawCheck.draw_id == row["draw_id"], DrawCheck.uid == uid, col(DrawCheck.withdrawn_on).is_(None)
        )
        check = session.exec(standing.order_by(col(DrawCheck.id).desc())).first()
        if check is None:
            raise RefusedError(N_("{uid} was not checked in {draw}: nothing can be withdrawn"), uid=uid, draw=row["draw_id"])
        check.withdrawn_on, check.withdrawn_why = ledger.entry.today, why
        return str(row["draw_id"])


# Sheets -----------------------------------------------------------------------------------------


def sheet(ledger: reads.Reads, wanted: str, path: Path, *, uid: str | None = None, methods: Sequence[str] = ()) -> int:
    """Write the check sheets of a quarter's drawn agencies into a workbook; return how many rows it has.

    What was answered already stands in it. Without `methods` it has every way that has a sheet.

    Raises:
        RefusedError: the quarter was not drawn, or the agency holds no place in it.
        TableError: the file is there already or cannot be written.
    """
    row = draws.of(ledger, wanted)
    if row["drawn_on"] is None or row["voided_on"] is not None:
        raise RefusedError(draws.NOT_DRAWN, quarter=wanted)
    policy = ledger.policy()
    if methods:
        _known_ways(policy, methods)
    places = draws.holders(row)
    if uid is not None:
        draws.place_of(row, uid)
    answered = _answered(ledger.checks(row["draw_id"]))
    rows = []
    for code in sorted(places, key=places.__getitem__):
        name = ledger.agencies(code)[0]["name"]
        for way in policy.ways.values():
            for item in way.items.values() if code == (uid or code) and (not methods or way.key in methods) else ():
                told = answered.get((code, way.key, item.key), {})
                rows.append(
                    [
                        code, name, way.title, f"{way.key}.{item.key}", item.text, item.clause, str(item.points or ""),
                        RESULTS.get(told.get("result", ""), ""), "" if told.get("points") is None else str(told["points"]),
                        told.get("note") or "", _YES if told.get("finding_number") else "", row["draw_id"],
                    ]
                )  # fmt: skip
    heads = [
        tables.Heading(column.headings[0], width, _CHOICES.get(column.key, ()))
        for column, width in zip(COLUMNS, _WIDTHS, strict=True)
    ]
    tables.write(path, heads, rows)
    return len(rows)


def take_over(ledger: Ledger, wanted: str, path: Path, on: date) -> dict[str, int]:
    """Enter what a filled sheet answers, all or nothing; the same sheet twice changes nothing.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    if "result" not in table.columns:
        raise TableError(N_("{file} lacks the heading {heading}: hand out the sheet anew"), file=path, heading="结果")
    counts = {"rows": 0, "new": 0, "unchanged": 0, "checks": 0, "findings": 0}
    with ledger.change() as session:
        desk = Desk(session, ledger)
        row = draws.drawn(desk, wanted)
        answered = _answered(desk.reads.checks(row["draw_id"]))
        found: dict[str, dict[str, Answer]] = {}
        unread = {bad.row for bad in table.problems}
        for number, cells in table.rows:
            if not cells.keys() & {"result", "points", "note", "finding"} or number in unread:
                continue
            counts["rows"] += 1
            answer = _row(desk.policy, row, table, number, cells, found)
            if answer is not None:
                found.setdefault(cells["code"], {})[answer.item] = answer
        tables.refuse(path, table.problems)
        for uid, answers in found.items():
            for name, answer in answers.items():
                made = answered.get(_key(uid, name), {}).get("finding_number")
                if made and answer.finding is not None:
                    answers[name] = replace(answer, finding=made)
            new = [answer for answer in answers.values() if not _same(desk.policy, answer, answered.get(_key(uid, answer.item)))]
            counts["new"] += len(new)
            counts["unchanged"] += len(answers) - len(new)
            if new:
                counts["checks"] += 1
                counts["findings"] += sum(answer.finding == "" for answer in new)
                methods = list(dict.fromkeys(answer.item.partition(".")[0] for answer in new))
                _enter(desk, wanted, uid, methods, on, None, new, ())
    return counts


def _row(
    policy: Policy, draw: dict[str, Any], table: tables.Table, number: int, cells: dict[str, str],
    found: dict[str, dict[str, Answer]],
) -> Answer | None:  # fmt: skip
    """Read a filled row of a sheet; a cell that cannot be taken becomes a problem of the table."""
    before = len(table.problems)

    def bad(column: str, message: str, /, **values: object) -> None:
        table.problems.append(Problem(number, table.columns.get(column, column), message, values))

    uid, name, points, result = cells["code"], cells["item"], cells.get("points"), cells.get("result")
    replaced = {one["replaced"]: one["uid"] for one in draw["substitutions"]}
    if uid in replaced:
        bad("code", N_("{uid} was replaced by {instead}"), uid=uid, instead=replaced[uid])
    elif uid not in draws.holders(draw):
        bad("code", N_("{uid} holds no place in this draw"), uid=uid)
    if cells.get("draw", draw["draw_id"]) != draw["draw_id"]:
        bad("draw", N_("the sheet was handed out for {other}, not for {draw}"), other=cells["draw"], draw=draw["draw_id"])
    if name in found.get(uid, {}):
        bad("item", N_("the item {item} stands twice for {uid}"), item=name, uid=uid)
    if points is not None and not re.fullmatch(r"\d{1,4}", points, re.ASCII):
        bad("points", N_("{value} is no number of points"), value=points)
    if result is None:
        bad("result", N_("it is empty, though the row says more"))
    answer = None
    if result is not None and len(table.problems) == before:
        wanted = "" if cells.get("finding") == _YES else None
        answer = Answer(name, result, int(points) if points is not None else None, cells.get("note"), wanted)
        try:
            _points(answer, policy.item(name)[1])
        except (UnknownError, UsageError) as error:
            bad("item" if isinstance(error, UnknownError) else "points", error.message, **error.values)
        if wanted is not None and result != "fail":
            bad("finding", N_("{item} did not fail: no finding follows from it"), item=name)
    return answer


def _key(uid: str, name: str) -> tuple[str, str, str]:
    way, _, item = name.partition(".")
    return uid, way, item


def _same(policy: Policy, answer: Answer, told: dict[str, Any] | None) -> bool:
    if told is None or (answer.finding is not None and not told["finding_number"]):
        return False
    points = _points(answer, policy.item(answer.item)[1])
    return (answer.result, points, answer.note) == (told["result"], told["points"], told["note"])


def _answered(checks: Iterable[dict[str, Any]]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return the latest answer to each item, by agency, way and item; a finding once made stays with it."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for check in checks:
        for item in check["items"]:
            key = check["uid"], item["way"], item["item"]
            made = found.get(key, {}).get("finding_number")
            found[key] = {**item, "finding_number": item["finding_number"] or made}
    return found


# How far the quarter has come -------------------------------------------------------------------


def progress(ledger: reads.Reads, row: dict[str, Any], today: date) -> dict[str, Any]:
    """Return who of a draw was checked how, and how far the quarter has come against the plan's share.

    Source: 二（一）1.
    """
    policy = ledger.policy()
    checks = ledger.checks(row["draw_id"])
    answered = _answered(checks)
    rows = [_checked(ledger, policy, place, uid, checks, answered) for uid, place in draws.holders(row).items()]
    rows.sort(key=lambda one: one["place"])
    done = sum(one["checked"] for one in rows)
    floor = sampling.size(row["frame_size"], policy.draw_floor)
    due, calendar = span(row["quarter"]).last, ledger.in_force
    return {
        "checks": rows,
        "checked": done,
        "unchecked": [one["uid"] for one in rows if not one["checked"]],
        "quarter_coverage": {
            "checked": done, "frame_size": row["frame_size"], "share": percent(done, row["frame_size"]),
            "floor": sampling.write_share(policy.draw_floor), "floor_size": floor, "met": done >= floor,
        },
        "due_on": due.isoformat(),
        "working_days_left": deadlines.left(calendar, due, today),
        "provisional": max(due, today) > calendar.announced_through,
    }  # fmt: skip


def percent(part: int, whole: int) -> str:
    """Write a part in percent, rounded down to one digit, so that nothing is shown as reached that is not.

    >>> percent(3, 37)
    '8.1%'
    """
    tenths = 1000 * part // whole
    return f"{tenths // 10}.{tenths % 10}%"


def _checked(
    ledger: reads.Reads, policy: Policy, place: int, uid: str, checks: list[dict[str, Any]],
    answered: dict[tuple[str, str, str], dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    mine = [check for check in checks if check["uid"] == uid]
    methods = list(dict.fromkeys(method for check in mine for method in check["methods"]))
    told = {f"{way}.{item}": answer for (code, way, item), answer in answered.items() if code == uid and item is not None}
    items = {f"{way.key}.{item.key}": item for way in policy.ways.values() for item in way.items.values()}
    scored = [
        (answer["points"], items[name].points)
        for name, answer in told.items()
        if answer["points"] is not None and name in items  # a later policy may have dropped it
    ]
    return {
        "place": place,
        "uid": uid,
        "name": ledger.agencies(uid)[0]["name"],
        "checked": bool(mine),
        "methods": methods,
        "ways": [policy.ways[method].title if method in policy.ways else method for method in methods],
        "last_on": max((check["done_on"] for check in mine), default=None),
        "items": sum(len(policy.ways[method].items) for method in methods if method in policy.ways),
        "answered": len(told),
        "failed": [name for name, answer in told.items() if answer["result"] == "fail"],
        "points": sum(points for points, _of in scored) if scored else None,
        "points_of": sum(of for _points, of in scored) if scored else None,
        "findings": list(
            dict.fromkeys(item["finding_number"] for check in mine for item in check["items"] if item["finding_number"])
        ),
        "notes": [check["note"] for check in mine if check["note"]],
    }


def substitutions(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Count the substitutions of these draws by officer and by replaced agency."""
    made = [one for row in rows for one in row["substitutions"]]
    return {
        "officers": dict(Counter(one["officer"] for one in made)),
        "units": dict(Counter(one["replaced"] for one in made)),
    }
