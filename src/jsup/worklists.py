"""The worklist: findings handed out as a workbook, and the steps filled in there taken together, all or nothing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from jsup import casework, qualifications, steps, tables
from jsup.casework import Options
from jsup.clocks import Desk
from jsup.errors import N_, JsupError, Problem, RefusedError, UnknownError
from jsup.journal import canonical
from jsup.ledger import Ledger
from jsup.models import Finding
from jsup.papers import issue
from jsup.papers.trays import Tray, issuing
from jsup.reads import Reads
from jsup.steps import Step
from jsup.tables import Choice, Column, Heading
from jsup.words import MEASURES, METHODS, PERIODS, RESULTS, STAGES, WAYS
from jsup.words import STEPS as WORDS

# What the sheet says ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """A step as the sheet names it: its command, its words, the cells that it takes, and the result that its words say."""

    name: str
    word: str
    takes: tuple[str, ...] = ()
    result: str | None = None


ACTS: Final = (
    Act("warn", WORDS["warn"], ("method", "rectify_by", "by", "receiver", "reply", "note")),
    Act("confirm", f"{WORDS['confirm']}：已整改", ("note",), "rectified"),
    Act("confirm", f"{WORDS['confirm']}：未整改", ("note",), "unrectified"),
    Act("sign", WORDS["sign"], ("by", "document", "why")),
    Act("notify", WORDS["notify"], ("document", "note")),
    Act("deliver", WORDS["deliver"], ("by_way", "receiver")),
    Act("rectify", WORDS["rectify"], ("note",)),
    Act("review", WORDS["review"], ("result", "rectified_on", "remaining", "note")),
    Act("escalate", WORDS["escalate"], ("note",)),
    Act("return", WORDS["return"], ("why", "note")),
    Act("decide", WORDS["decide"], ("document", "rectify_by")),
    Act("account", WORDS["account"], ("measure", "whom", "document", "basis", "certificate", "until", "receipt", "note")),
    Act("close", WORDS["close"], ("why", "approved_by")),
    Act("withdraw", WORDS["withdraw"], ("why",)),
    Act("extend", WORDS["extend"], ("period", "until", "why", "approved_by")),
    Act("object", WORDS["object"], ("note",)),
    Act("answer", WORDS["answer"], ("note",)),
)
"""Every step that a row can hold; a test holds `takes` against the options of the commands."""

LEFT: Final = {
    "recommend": "制作建议书（命令 jsup recommend）",
    "agency amend": "确定管理体制（命令 jsup agency amend）",
    "attach": "附文件（命令 jsup attach）",
    "amend": "更正（命令 jsup amend）",
}
"""Steps that are left to the command line: they want a file, make one, or correct what stands."""

_VARIANTS: Final = {
    "full": RESULTS["full"],
    "short": f"{RESULTS['partial']}、{RESULTS['none']}",
    "criticism": MEASURES["criticism"],
    "transfer": MEASURES["transfer"],
}
_IDLE: Final = {"full": "remaining", "short": "rectified_on"}
"""A cell that says nothing in a variant of a step."""
CONDITIONS: Final = {
    "drafted": "已制作建议书", "known": "管理体制已确定", "unknown": "管理体制待核", "local": "地方管理",
    "upward": "垂直、双重领导", "late": "逾期整改",
    "in_time": "未逾期", "unreported": "尚未报告整改", "extendable": "期限未满", "objected": "有异议待答复",
}  # fmt: skip
_ACT_OF: Final = {act.word: act for act in ACTS}


def _words(choices: Mapping[str, str]) -> dict[str, str]:
    """Return what may stand for a key: its Chinese word, or the key itself."""
    return {word: key for key, word in choices.items()} | {key: key for key in choices}


_COMMANDS: Final = {f"{act.name} --{act.result}" if act.result else act.name: act.word for act in ACTS}

SHEET: Final = (
    (Column("number", ("问题编号",), required=True), 11),
    (Column("agency", ("执法单位",)), 24),
    (Column("title", ("问题",)), 30),
    (Column("stage", ("阶段",)), 11),
    (Column("due", ("到期日",)), 11),
    (Column("left", ("剩余工作日",)), 7),
    (Column("lawful", ("可做步骤",)), 34),
    (Column("step", ("步骤",), words={word: word for word in _ACT_OF} | _COMMANDS), 18),
    (Column("on", ("日期",), dated=True), 12),
    (Column("method", ("预警方式",), words=_words(METHODS)), 10),
    (Column("rectify_by", ("整改期限",), dated=True), 12),
    (Column("by", ("经手人",)), 10),
    (Column("by_way", ("送达方式",), words=_words(WAYS)), 10),
    (Column("receiver", ("接收人",)), 10),
    (Column("reply", ("单位答复",), lines=True), 20),
    (Column("result", ("复查结果",), words=_words(RESULTS)), 10),
    (Column("remaining", ("尚待整改",), lines=True), 20),
    (Column("rectified_on", ("整改日",), dated=True), 12),
    (Column("document", ("文号",)), 16),
    (Column("measure", ("追究措施",), words=_words(MEASURES)), 14),
    (Column("whom", ("追究对象",)), 12),
    (Column("basis", ("依据文书",)), 16),
    (Column("certificate", ("执法证号",)), 16),
    (Column("receipt", ("回执",)), 12),
    (Column("period", ("延长的期限",), words=_words(PERIODS)), 10),
    (Column("until", ("延至或暂停至", "延至", "暂停至"), dated=True), 12),
    (Column("why", ("理由",), lines=True), 20),
    (Column("approved_by", ("批准人",)), 10),
    (Column("note", ("备注",), lines=True), 24),
)
"""The sheet's columns with their widths: the first seven are told, the others are filled in."""

COLUMNS: Final = tuple(column for column, _width in SHEET)
_FILLED: Final = tuple(column.key for column in COLUMNS[7:])
_HEADINGS: Final = {column.key: column.headings[0] for column in COLUMNS}
_CHOSEN: Final = {"method": METHODS, "by_way": WAYS, "result": RESULTS, "measure": MEASURES, "period": PERIODS}
_OPTION: Final = {key: key for key in _FILLED if key != "step"} | {"document": "number", "basis": "document"}
"""The option of a step that a column fills in."""
_BETWEEN: Final = re.compile("[;；、,，]")
"""What stands between certificates in a cell."""
_COLUMN: Final = {option: key for key, option in _OPTION.items()}
_TELLING: Final = ("result", "measure", "period", "until")
"""What tells two acts of the same step and day apart."""
_NAMING: Final = ("whom", "certificate")
"""What tells them apart where both acts say it."""

NOTES: Final = (
    "一行一步，按日期先后办理；同一问题还有后续步骤的，复制该行，另填步骤和日期。没有填写的行不处理。",
    "步骤和日期必填。步骤列表是现在可以做的步骤；复制的行可以填写到那时才可以做的步骤，Excel 提示时选“是”。",
    "签发和送达对同一建议书的全部问题有效：其余问题的行可以照样填写，也可以不填，不会重复登记。",
    "暂停使用、收回的执法证件在执法证号一格写明，多个用分号隔开；写明的证件自该日起在登记册中随之改变。",
    "有一格不能办理，就都不办理，并指明行和列。办理过的表可以再次提交：已经登记的步骤不会重复登记。",
)

# Handing out ------------------------------------------------------------------------------------


def sheet(ledger: Reads, path: Path, today: date, *, agency: str | None = None) -> int:
    """Write the findings that are not ended into a workbook, the most urgent first; return how many there are.

    Raises:
        UnknownError: no such agency.
        TableError: the file is there already or cannot be written.
    """
    if agency is not None:
        ledger.agencies(agency)
    rows: list[list[str | Choice]] = []
    for row in ledger.next(today):
        if agency not in (None, row["agency_code"]):
            continue
        case = ledger.case(row["number"], today)
        acts = dict.fromkeys(act.word for step in steps.lawful(case) if (act := _act(step)) is not None)
        rows.append(
            [
                row["number"], row["agency"], row["title"], STAGES[row["stage"]],
                (row["due_on"] or "") + ("（暂定）" if row["provisional"] else ""),
                "" if row["working_days_left"] is None else str(row["working_days_left"]),
                listed(steps.proposed(case)), Choice("", tuple(acts)), *[""] * (len(_FILLED) - 1),
            ]
        )  # fmt: skip
    heads = [
        Heading(column.headings[0], width, tuple(_CHOSEN.get(column.key, {}).values()), column.dated) for column, width in SHEET
    ]
    tables.write(path, heads, rows, _notes(), pinned=1)
    return len(rows)


def _act(step: Step) -> Act | None:
    return next((act for act in ACTS if act.name == step.name and act.result in (None, step.variant)), None)


def listed(lawful: list[Step]) -> str:
    """Name steps in the sheet's words, each with its clause."""
    return "；".join(dict.fromkeys(f"{_word(step)}（{step.clause}）" for step in lawful))


def _word(step: Step) -> str:
    act = _act(step)
    if act is None:
        return LEFT[step.name]
    more = "" if act.result else _VARIANTS.get(step.variant, "")
    return f"{act.word}：{more}" if more else act.word


def _notes() -> tables.Notes:
    """Return the sheet that tells how each step is filled in, drawn from the table of steps."""
    heads = [Heading("步骤", 26), Heading("适用阶段", 36), Heading("必填", 30), Heading("可填", 36), Heading("依据", 24)]
    rows = []
    for step in steps.TABLE:
        act = _act(step)
        if act is None:
            continue
        needs = [_COLUMN[key] for key in step.needs]
        stages = "各阶段" if step.stages == steps.STAGES else "、".join(STAGES[stage] for stage in step.stages)
        when = "，".join(CONDITIONS[name] for name in step.conditions)
        may = [key for key in act.takes if key not in needs and key != _IDLE.get(step.variant)]
        cells = ("、".join(_HEADINGS[key] for key in keys) for keys in (needs, may))
        rows.append([_word(step), f"{stages}（{when}）" if when else stages, *cells, step.clause])
    rows += [["填写说明", note, "", "", ""] for note in NOTES]
    return tables.Notes("填写说明", heads, rows)


# Taking in again --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A row in which a step was filled in."""

    row: int
    number: str
    agency: str | None
    act: Act
    options: Options


@dataclass
class Taken:
    """What a filled worklist did, or would do; `applied` holds row, number, step, on and stage, in the order of doing."""

    rows: int
    unknown: list[str]
    applied: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    """Rows whose step stands in the ledger already."""
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    """What the officer is to be told about the papers' files."""


@dataclass
class _Run:
    """One pass over a filled worklist inside a transaction."""

    tray: Tray
    table: tables.Table
    taken: Taken
    claimed: set[int | None] = field(default_factory=set)
    """Events that a row of the sheet accounts for."""
    along: dict[str, int] = field(default_factory=dict)
    """Findings that went along with another one's paper, and that one's row."""

    @property
    def desk(self) -> Desk:
        """The transaction's view of the ledger."""
        return self.tray.desk


def take_over(ledger: Ledger, path: Path, *, dry_run: bool = False) -> Taken:
    """Take the steps of a filled worklist in the order of their days, then of the rows, all or nothing.

    A row without a step is passed over. So is one whose step of that day stands in the ledger already, with the same
    cells: each row accounts for one step, so that the same sheet twice, or the second finding of a paper that was signed
    or served with the first, changes nothing. Rows of a finding that come after a bad one of it are not judged: they
    hang on it.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    filled = [row for row in (_filled(table, number, cells) for number, cells in table.rows) if row is not None]
    waits = _waiting(table)
    taken = Taken(len(filled), table.unknown)
    with issuing(ledger, dry_run=dry_run) as tray:
        run = _Run(tray, table, taken)
        for one in sorted(filled, key=lambda one: (one.options.on, one.row)):
            before = len(table.problems)
            if one.number not in waits or one.options.on < waits[one.number]:
                _take(run, one)
            if len(table.problems) > before:
                waits[one.number] = one.options.on
        tables.refuse(path, table.problems)
    taken.told = tray.told
    return taken


def _bad(table: tables.Table, row: int, key: str, message: str, /, **values: object) -> None:
    table.problems.append(Problem(row, table.columns.get(key, _HEADINGS[key]), message, values))


def _filled(table: tables.Table, row: int, cells: dict[str, str]) -> Filled | None:
    """Read a row; what is wrong with its cells becomes a problem of the table, and then there is no step to take."""
    told = [key for key in _FILLED if key in cells]
    wrong = {problem.column for problem in table.problems if problem.row == row}
    before = len(table.problems)
    if not told:
        return None
    for key in ("step", "on"):
        if key not in cells and table.columns.get(key) not in wrong:
            _bad(table, row, key, N_("it is empty, but the row is filled in"))
    if "step" in cells:
        act = _ACT_OF[cells["step"]]
        for key in told:
            if key not in ("step", "on", *act.takes):
                _bad(table, row, key, N_("`{step}` takes nothing here: empty it"), step=act.word)
        if not wrong and len(table.problems) == before:
            given: dict[str, Any] = {_OPTION[key]: _value(key, cells[key]) for key in told if key != "step"}
            if act.result is not None:
                given["result"] = act.result
            return Filled(row, cells["number"], cells.get("agency"), act, Options(**given))
    return None


def _value(key: str, text: str) -> str | date | list[str]:
    if key == "certificate":
        return [one for one in map(str.strip, _BETWEEN.split(text)) if one]
    dated = next(column.dated for column in COLUMNS if column.key == key)
    return date.fromisoformat(text) if dated else text


def _waiting(table: tables.Table) -> dict[str, date]:
    """Return the findings with a bad row, and the day of that row, the earliest of all if it has none."""
    bad = {problem.row for problem in table.problems}
    waits: dict[str, date] = {}
    for row, cells in table.rows:
        if row in bad and "number" in cells:
            on = date.fromisoformat(cells["on"]) if "on" in cells else date.min
            waits[cells["number"]] = min(on, waits.get(cells["number"], date.max))
    return waits


def _take(run: _Run, one: Filled) -> None:
    """Take the step of a row, or pass it over, or add what is wrong with it to the problems."""
    desk, act, on = run.desk, one.act, one.options.on
    try:
        finding = casework.get(desk, one.number)
    except UnknownError as error:
        _bad(run.table, one.row, "number", error.message, **error.values)
        return
    names = casework.names_of(desk, finding)
    if one.agency not in (None, *names):
        values = {"number": one.number, "agency": names[-1], "uid": one.agency}
        _bad(run.table, one.row, "agency", N_("{number} is a finding of {agency}, not of {uid}"), **values)
        return
    if _stands(run, one, finding):
        return
    try:
        step = casework.lawful(desk, act.name, one.number, one.options)
    except RefusedError as error:
        _illegal(run, one, error)
        return
    missing = [_COLUMN[key] for key in step.needs if not getattr(one.options, key)]
    for key in missing:
        _bad(run.table, one.row, key, N_("it is empty, but `{step}` wants it"), step=act.word)
    if missing:
        return
    mates = _mates(desk, one)
    try:
        issue.take_all(run.tray, act.name, [one.number], one.options)
    except JsupError as error:
        _bad(run.table, one.row, _blamed(error), error.message, **error.values)
        return
    if one.options.measure in qualifications.HELD and not one.options.certificate:
        run.tray.told.append((qualifications.UNNAMED, {"measure": one.options.measure}))
    last = casework.events(desk, finding)[-1]
    run.claimed.add(last.id)
    run.along |= dict.fromkeys((mate for mate in mates if casework.get(desk, mate).stage == finding.stage), one.row)
    run.taken.applied.append(
        {"row": one.row, "number": one.number, "step": act.name, "on": on.isoformat(), "stage": finding.stage}
    )


def _stands(run: _Run, one: Filled, finding: Finding) -> bool:
    """Tell whether a row's step stands in the ledger already; the same step of the same day told otherwise is a problem."""
    given = json.loads(canonical(one.options.kept()))
    events = [
        (event, json.loads(event.details))
        for event in casework.events(run.desk, finding)
        if event.id not in run.claimed and (event.step, event.done_on) == (one.act.name, one.options.on)
    ]
    for event, told in events:
        if all(told.get(key) == value for key, value in given.items()):
            run.claimed.add(event.id)
            run.taken.unchanged += 1
            return True
    for _event, told in events:
        others = [key for key in _NAMING if told.get(key) and given.get(key) and told[key] != given[key]]
        if all(told.get(key) == given.get(key) for key in _TELLING) and not others:
            key = next(key for key, value in given.items() if told.get(key) != value)
            old = told.get(key) or "—"
            _bad(
                run.table, one.row, _COLUMN[key],
                N_("`{step}` of {on} stands in the ledger already, and there it is {old}: make the cell so, or empty the row"),
                step=one.act.word, on=one.options.on, old=_CHOSEN.get(key, {}).get(old, old),
            )  # fmt: skip
            return True
    return False


def _illegal(run: _Run, one: Filled, error: RefusedError) -> None:
    """Name the lawful steps in the sheet's words; of a finding that went along, the row with which it did."""
    if one.number in run.along:
        _bad(
            run.table, one.row, "step",
            N_("{number} went along with row {row}, for one paper covers both: give it the same day there, or empty this row"),
            number=one.number, row=run.along[one.number],
        )  # fmt: skip
        return
    case = run.desk.reads.case(one.number, one.options.on)
    values = error.values | {"step": one.act.word, "lawful": listed(steps.lawful(case)) or "—"}
    _bad(run.table, one.row, "step", error.message, **values)


def _mates(desk: Desk, one: Filled) -> list[str]:
    """Return the other findings of the paper that a step signs or serves."""
    was = {"sign": casework.DRAFTED, "deliver": casework.ISSUED}.get(one.act.name, ())
    papers = casework.papers_of(desk, [one.number], *was)
    found = {finding.number for paper in papers for finding in casework.covered(desk, paper)}
    return sorted(found - {one.number})


def _blamed(error: JsupError) -> str:
    """Return the column that a refusal speaks of: the option that it names last, or the day."""
    for option in reversed(re.findall(r"--([a-z-]+)", error.message)):
        if option.replace("-", "_") in _COLUMN:
            return _COLUMN[option.replace("-", "_")]
    return "period" if "{period}" in error.message else "on"
