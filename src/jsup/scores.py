"""Scores of agencies for a period as they are today, and rounds of them that go out and count. Source: 二（四）2."""

import json
import re
import shlex
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from jsup import deadlines, outputs
from jsup.clocks import Desk
from jsup.errors import N_, RefusedError, TableError, UnknownError, UsageError, checked, not_future, visible
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.outcomes import ScoreAgency, ScoreLine, ScoreObjection, ScoreRound
from jsup.periods import Span, span
from jsup.points import BOUNDS, CLAUSE, EVENTS, Line, bound, days, reckon
from jsup.policy import Policy
from jsup.reads import Reads, Row
from jsup.words import chinese_day

_NONE: Final = N_("{period} has no scores that went out: `jsup score draft --period {period}`")

# Reading ----------------------------------------------------------------------------------------


def score(ledger: Reads, key: str, today: date, *, live: bool = False, agency: str | None = None) -> dict[str, Any]:
    """Return the scores of a period: those of its standing round, or (`live`, or where there is none) as they are today.

    `agencies` is one dict each, by code: `deductions` with positive points, `credits`, what objections withdrew, and the
    objections. The start and all credits, less all deductions, are the score.

    Raises:
        UsageError: the period is none.
        UnknownError: no agency has the code, or it is not scored in the period.
        RefusedError: the period has not begun.
    """
    period = span(key)
    if agency is not None:
        ledger.agencies(agency)
    row = None if live else _standing_row(ledger, key)
    found = _preview(ledger, period, today) if row is None else _stored(ledger, period, row)
    if agency is not None:
        found["agencies"] = [one for one in found["agencies"] if one["code"] == agency]
        if not found["agencies"]:
            raise UnknownError(N_("agency {code} has no score for {period}"), code=agency, period=key)
    return found


def _standing_row(ledger: Reads, key: str) -> Row | None:
    rows = ledger.rows("SELECT * FROM score_round WHERE period = :period AND state <> 'void'", period=key)
    return rows[0] if rows else None


def _preview(ledger: Reads, period: Span, today: date) -> dict[str, Any]:
    if period.first > today:
        raise RefusedError(N_("{period} has not begun on {today}: there is nothing to score yet"), period=period.key, today=today)
    policy = ledger.policy()
    own = policy.own["score"]
    head = _head(period, "preview", own["start"], own["line"], ledger.versions[0], policy)
    lines = {
        code: [_shown(line.__dict__ | {"line": None, "withdrawn_on": None, "withdrawn_why": None}) for line in found]
        for code, found in reckon(ledger, period, today, policy).items()
    }
    return head | {"agencies": _agencies(ledger, own["start"], own["line"], lines, {})}


def _stored(ledger: Reads, period: Span, row: Row) -> dict[str, Any]:
    head = _head(period, row["state"], row["start"], row["line"], row["policy_id"], ledger.policy(row["policy_id"]))
    head |= {
        "round": row["id"], "drafted_on": row["drafted_on"], "object_by": row["object_by"],
        "provisional": bool(row["provisional"]), "final_on": row["final_on"],
    }  # fmt: skip
    lines: dict[str, list[dict[str, Any]]] = {}
    for one in ledger.rows("SELECT agency_code FROM score_agency WHERE round_id = :id ORDER BY agency_code", id=row["id"]):
        lines[one["agency_code"]] = []
    for one in ledger.rows("SELECT * FROM score_line WHERE round_id = :id ORDER BY id", id=row["id"]):
        more = {"line": one["id"], "finding": one["finding_number"]}
        lines[one["agency_code"]].append(_shown(json.loads(one["note"] or "{}") | one | more))
    objections: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in ledger.rows("SELECT * FROM score_objection WHERE round_id = :id ORDER BY id", id=row["id"]):
        upheld = None if one["upheld"] is None else bool(one["upheld"])
        keys = ("made_on", "text", "answered_on", "answer", "officer")
        objections[one["agency_code"]].append({key: one[key] for key in keys} | {"upheld": upheld})
    return head | {"agencies": _agencies(ledger, row["start"], row["line"], lines, objections)}


def _head(period: Span, state: str, start: int, line: int, version: int, policy: Policy) -> dict[str, Any]:
    return {
        "period": period.key, **days(period), "title": period.title, "state": state, "start": start, "line": line,
        "policy": {"version": version, "name": policy.name}, "round": None, "drafted_on": None, "object_by": None,
        "provisional": False, "final_on": None,
    }  # fmt: skip


_LINE_KEYS: Final = ("line", "points", "reason", "finding", "source", "category", "severity", "clause", "weight", "text")


def _shown(line: Row) -> dict[str, Any]:
    keys = (*_LINE_KEYS, "withdrawn_on", "withdrawn_why")
    return {key: line.get(key) for key in keys}


def _agencies(
    ledger: Reads, start: int, line: int, lines: dict[str, list[dict[str, Any]]], objections: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    known = {row["code"]: row for row in ledger.agencies()}
    found = []
    for code, all_of in sorted(lines.items()):
        standing = [{key: one[key] for key in _LINE_KEYS} for one in all_of if one["withdrawn_on"] is None]
        total = start + sum(one["points"] for one in standing)
        found.append(
            {
                "code": code, "name": known[code]["name"], "active": known[code]["active"], "score": total,
                "outstanding": total < line,
                "deductions": [one | {"points": -one["points"]} for one in standing if takes(one)],
                "credits": [one for one in standing if not takes(one)],
                "withdrawn": [one for one in all_of if one["withdrawn_on"] is not None],
                "objections": objections.get(code, []),
            }
        )  # fmt: skip
    return found


def takes(line: dict[str, Any]) -> bool:
    """Tell whether a line takes off; a weight of 0 takes nothing, and is shown all the same."""
    return line["reason"] in (*EVENTS, "ceiling")


def rounds(ledger: Reads) -> list[dict[str, Any]]:
    """Return every round, voided ones too, in the order of drafting."""
    return [
        {**row, "provisional": bool(row["provisional"])}
        for row in ledger.rows(
            "SELECT r.id AS round, r.period, r.state, r.drafted_on, r.object_by, r.provisional, r.final_on, r.voided_on,"
            " r.void_why, r.officer, r.start, r.line,"
            " (SELECT COUNT(*) FROM score_agency s WHERE s.round_id = r.id) AS agencies,"
            " (SELECT COUNT(*) FROM score_agency s WHERE s.round_id = r.id AND s.score < r.line) AS outstanding,"
            " (SELECT COUNT(*) FROM score_objection o WHERE o.round_id = r.id) AS objections,"
            " (SELECT COUNT(*) FROM score_objection o WHERE o.round_id = r.id AND o.answered_on IS NULL) AS unanswered"
            " FROM score_round r ORDER BY r.id"
        )
    ]


def propose(ledger: Reads, key: str, today: date) -> dict[str, Any]:
    """Return the agencies below the line, each with its open findings and the command that drafts a recommendation for them.

    Only a final round counts: before, `counts` is false and no command is given, for the agency may still object. `drafted` are
    open findings whose recommendation is drafted already. Source: 二（四）2.
    """
    found = score(ledger, key, today)
    counts = found["state"] == "final"
    proposed = []
    for one in found["agencies"]:
        if one["outstanding"] and one["active"]:
            numbers = [row["number"] for row in ledger.waiting(today, "open", one["code"])]
            every = [row["number"] for row in ledger.findings(agency=one["code"], stage="open")]
            command = f"jsup recommend --ground outstanding --agency {shlex.quote(one['code'])}" if counts and numbers else None
            drafted = [number for number in every if number not in numbers]
            proposed.append(
                {key: one[key] for key in ("code", "name", "score")}
                | {"findings": numbers, "drafted": drafted, "command": command}
            )
    head = {key: found[key] for key in ("period", "state", "line")}
    return head | {"counts": counts, "clause": CLAUSE, "agencies": proposed}


# Rounds -----------------------------------------------------------------------------------------


def draft(book: Ledger, key: str, on: date) -> None:
    """Keep the scores of a period as a draft that goes to the agencies on that day; their days to object run from it.

    A notice of rest days that comes later may move the last day to object to a later one, never to an earlier.

    Raises:
        RefusedError: the period is not over on that day, the day is in the future, or the period has a round that stands.
    """
    period = span(key)
    with book.change() as session:
        desk = Desk(session, book)
        not_future(on, book.entry.today)
        if on <= period.last:
            raise RefusedError(
                N_("{period} ends on {last}: draft its scores later; `jsup score --period {period}` shows them so far"),
                period=key, last=period.last,
            )  # fmt: skip
        other = _standing(session, key)
        if other is not None:
            raise RefusedError(
                N_("{period} has scores of {on} already ({state}): `jsup score void --period {period} --why TEXT` comes first"),
                period=key, on=other.drafted_on, state=other.state,
            )  # fmt: skip
        own = desk.policy.own["score"]
        due = deadlines.due(desk.calendar, on, own["object_working_days"], deadlines.WORKING_DAY)
        policy_id, calendar_id = desk.reads.versions
        row = ScoreRound(
            period=key, state="draft", drafted_on=on, object_by=due.on, provisional=due.provisional, start=own["start"],
            line=own["line"], policy_id=policy_id, calendar_id=calendar_id, officer=book.entry.officer,
        )  # fmt: skip
        session.add(row)
        session.flush()
        assert row.id is not None  # it was flushed
        for code, lines in reckon(desk.reads, period, book.entry.today, desk.policy).items():
            total = row.start + sum(line.points for line in lines)
            session.add(ScoreAgency(round_id=row.id, agency_code=code, score=total))
            session.flush()
            for line in lines:
                _keep(session, row.id, line)


def _keep(session: Session, round_id: int, line: Line) -> None:
    note = {key: getattr(line, key) for key in ("text", "category", "severity", "clause", "weight")}
    session.add(
        ScoreLine(
            round_id=round_id, agency_code=line.agency, points=line.points, reason=line.reason, finding_number=line.finding,
            source=line.source, note=canonical(note),
        )
    )  # fmt: skip
    session.flush()


def object_(book: Ledger, key: str, agency: str, text: str, on: date) -> None:
    """Enter an agency's objection to the draft of its score.

    Raises:
        RefusedError: there is no draft, the day is before it, after the last day to object or in the future, or the agency has
            an objection that is not answered.
        UnknownError: the agency is not in it.
    """
    text = checked(text, "--text", lines=True)
    with book.change() as session:
        row = _draft(session, key)
        not_future(on, book.entry.today)
        _scored(session, row, agency)
        if on < row.drafted_on:
            raise RefusedError(N_("{on} is before {first}, the day on which the scores went out"), on=on, first=row.drafted_on)
        if on > row.object_by:
            raise RefusedError(
                N_("{on} is too late: the agencies could object to the scores of {period} until {last}"),
                on=on, period=key, last=row.object_by,
            )  # fmt: skip
        if _unanswered(session, row, agency):
            raise RefusedError(
                N_("agency {code} has an objection that waits for an answer: `jsup score answer` comes first"), code=agency
            )
        assert row.id is not None  # it stands
        entry = ScoreObjection(round_id=row.id, agency_code=agency, made_on=on, text=text, officer=book.entry.officer)
        session.add(entry)


def answer(book: Ledger, key: str, agency: str, text: str, on: date, *, upheld: Sequence[int], rejected: bool) -> None:
    """Answer an agency's objection: reject it, or uphold it and withdraw the lines that it was right about.

    Raises:
        UsageError: neither lines nor a rejection, or both.
        RefusedError: there is no draft or no such objection, the day is before it, or a line is none that can be withdrawn.
    """
    text = checked(text, "--text", lines=True)
    if bool(upheld) == rejected:
        raise UsageError(N_("say either --upheld with the number of each line that is withdrawn, or --rejected"))
    with book.change() as session:
        row = _draft(session, key)
        not_future(on, book.entry.today)
        _scored(session, row, agency)
        waiting = _unanswered(session, row, agency)
        if not waiting:
            raise RefusedError(N_("agency {code} has no objection that waits for an answer"), code=agency)
        if on < waiting[0].made_on:
            raise RefusedError(N_("{on} is before {first}, the day of the objection"), on=on, first=waiting[0].made_on)
        lines = {line.id: line for line in _lines(session, row, agency) if line.reason in EVENTS}
        for number in dict.fromkeys(upheld):
            if number not in lines:
                raise RefusedError(
                    N_("line {line} is no deduction of agency {code} that stands: `jsup score --period {period} --explain {code}`"
                       " numbers them"),
                    line=number, code=agency, period=key,
                )  # fmt: skip
            lines[number].withdrawn_on, lines[number].withdrawn_why = on, text
        waiting[0].answered_on, waiting[0].answer, waiting[0].upheld = on, text, not rejected
        session.flush()
        _add_up(session, row, agency, on)


def settle(book: Ledger, key: str, on: date) -> list[str]:
    """Let a draft count; lines of findings that were withdrawn since go first. Return the numbers of those findings.

    Raises:
        RefusedError: there is no draft, its days to object are not over, or an objection waits for an answer.
    """
    with book.change() as session:
        row = _draft(session, key)
        not_future(on, book.entry.today)
        if on <= row.object_by:
            raise RefusedError(
                N_("the agencies may object to the scores of {period} until {last}: settle them after it"),
                period=key,
                last=row.object_by,
            )
        waiting = sorted({one.agency_code for one in _unanswered(session, row)})
        if waiting:
            raise RefusedError(
                N_("objections wait for an answer ({codes}): `jsup score answer` comes first"), codes="、".join(waiting)
            )
        query = (
            "SELECT DISTINCT l.agency_code, l.finding_number FROM score_line l JOIN finding f ON f.number = l.finding_number"
            " WHERE l.round_id = :id AND l.withdrawn_on IS NULL AND l.reason <> 'decision' AND f.stage = 'withdrawn'"
            " ORDER BY l.finding_number"
        )
        gone = {one["finding_number"]: one["agency_code"] for one in Desk(session, book).reads.rows(query, id=row.id)}
        for agency in sorted({*gone.values()}):
            for line in _lines(session, row, agency):
                if line.finding_number in gone and line.reason != "decision":
                    line.withdrawn_on, line.withdrawn_why = on, "问题已撤回"
            session.flush()
            _add_up(session, row, agency, on)
        row.state, row.final_on = "final", on
        return list(gone)


def void(book: Ledger, key: str, why: str, on: date) -> None:
    """Void a round, whether it counts or not, with a reason; the period may then be scored anew.

    Raises:
        RefusedError: the period has no round that stands, or the day is in the future or before the draft.
    """
    why = checked(why, "--why")
    with book.change() as session:
        row = _standing(session, key)
        if row is None:
            raise RefusedError(_NONE, period=key)
        not_future(on, book.entry.today)
        if on < row.drafted_on:
            raise RefusedError(N_("{on} is before {first}, the day on which the scores went out"), on=on, first=row.drafted_on)
        row.state, row.voided_on, row.void_why = "void", on, why


def _standing(session: Session, key: str) -> ScoreRound | None:
    return session.exec(select(ScoreRound).where(ScoreRound.period == span(key).key, ScoreRound.state != "void")).first()


def _draft(session: Session, key: str) -> ScoreRound:
    row = _standing(session, key)
    if row is None:
        raise RefusedError(_NONE, period=key)
    if row.state != "draft":
        raise RefusedError(N_("the scores of {period} count since {on}"), period=key, on=row.final_on)
    return row


def _scored(session: Session, row: ScoreRound, agency: str) -> ScoreAgency:
    mine = select(ScoreAgency).where(ScoreAgency.round_id == row.id, ScoreAgency.agency_code == agency)
    found = session.exec(mine).first()
    if found is None:
        raise UnknownError(N_("agency {code} has no score for {period}"), code=agency, period=row.period)
    return found


def _lines(session: Session, row: ScoreRound, agency: str) -> list[ScoreLine]:
    """Return the lines of an agency that stand."""
    mine = select(ScoreLine).where(ScoreLine.round_id == row.id, ScoreLine.agency_code == agency)
    return [line for line in session.exec(mine.order_by(col(ScoreLine.id))) if line.withdrawn_on is None]


def _unanswered(session: Session, row: ScoreRound, agency: str | None = None) -> list[ScoreObjection]:
    rows = session.exec(select(ScoreObjection).where(ScoreObjection.round_id == row.id).order_by(col(ScoreObjection.id)))
    return [one for one in rows if one.answered_on is None and agency in (None, one.agency_code)]


def _add_up(session: Session, row: ScoreRound, agency: str, on: date) -> None:
    """Reckon an agency's score anew from the lines that stand, with another line for its bounds where that changes."""
    lines = _lines(session, row, agency)
    rest = [line.points for line in lines if line.reason not in BOUNDS]
    wanted = bound(agency, rest, row.start)
    kept = [line for line in lines if line.reason in BOUNDS]
    if [(line.reason, line.points) for line in kept] != [(line.reason, line.points) for line in wanted]:
        for old in kept:
            old.withdrawn_on, old.withdrawn_why = on, "重新计算"
        session.flush()
        assert row.id is not None  # it stands
        for line in wanted:
            _keep(session, row.id, line)
    _scored(session, row, agency).score = row.start + sum(rest) + sum(line.points for line in wanted)


# Letters ----------------------------------------------------------------------------------------

_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")
"""What Markdown reads as more than itself."""


def letters(ledger: Reads, key: str, today: date, out: Path, *, agency: str | None = None) -> list[Path]:
    """Write a file for each agency of a round with its own lines alone and, of a draft, the last day to object; all or none.

    Raises:
        RefusedError: the period has no round that stands.
        TableError: a file is there already, or cannot be written.
    """
    found = score(ledger, key, today, agency=agency)
    if found["state"] == "preview":
        raise RefusedError(_NONE, period=key)
    office, plan = ledger.policy().own["office"]["name"], ledger.policy(found["policy"]["version"])
    texts = {
        out / outputs.name(f"{key}-{one['code']}-{one['name']}.md"): _letter(found, one, office, plan)
        for one in found["agencies"]
    }
    made: list[Path] = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            outputs.make(path, text.encode())
            made.append(path)
    except OSError as error:
        for path in made:
            with suppress(OSError):
                path.unlink()
        if isinstance(error, FileExistsError):
            raise TableError(N_("{file} is there already: name a new file"), file=error.filename) from None
        raise TableError(N_("{file} cannot be written ({error})"), file=error.filename or out, error=error.strerror) from error
    return made


def _letter(found: dict[str, Any], one: dict[str, Any], office: str, plan: Policy) -> str:
    is_draft = found["state"] == "draft"
    said = [
        f"# {found['title']}涉企行政检查执法监督评分（{'征求意见稿' if is_draft else '定稿'}）",
        f"{_plain(one['name'])}：",
        f"现将你单位{found['title']}涉企行政检查执法监督评分情况告知如下。起始分{found['start']}分，逐项加减，合计{one['score']}分。",
    ]
    lines = sorted([*one["deductions"], *one["credits"]], key=lambda line: line["line"])
    table = ["| 序号 | 分值 | 事由 |", "| --- | --- | --- |", f"| | {found['start']} | 起始分 |"]
    for line in lines:
        points = -line["points"] if takes(line) else line["points"]
        table.append(f"| {line['line']} | {points:+d} | {_plain(line['text'])} |")
    said.append("\n".join([*table, f"| | {one['score']} | 合计 |"]))
    if is_draft:
        until = chinese_day(date.fromisoformat(found["object_by"]))
        said.append(f"对评分有异议的，请于{until}前（含当日）向本局提出，并注明序号。期满后定稿。")
    said.append(
        "分值均为本局设定，不以检查次数、罚款数额计分（国务院办公厅“八个不得”之七）。"
        f"依据：《{_plain(plan.title)}》（{_plain(plan.document)}）{CLAUSE}。"
    )
    on = date.fromisoformat(found["drafted_on"] if is_draft else found["final_on"])
    return "\n\n".join([*said, _plain(office), chinese_day(on)]) + "\n"


def _plain(text: str) -> str:
    """Return a text as Markdown shows it letter by letter, in one line."""
    return _MARKS.sub(r"\\\1", visible(" ".join(text.split("\n"))))
