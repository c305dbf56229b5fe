"""The demo: the real register, a draw, and five findings that stand at different stages today."""

import shlex
import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsup import casework, draws, ledger, outputs, policy, reads, register
from jsup.casework import Options
from jsup.errors import N_, LedgerError, RefusedError
from jsup.journal import Entry
from jsup.ledger import Ledger
from jsup.papers import issue

REGISTER = "agencies-jinshan.csv"


def run(folder: Path, today: date, officer: str, program: str) -> dict[str, Any]:
    """Set everything up in a new folder, and return what is late, the draw, one explanation and what to type next.

    `program` is how the command line is called here.

    Raises:
        RefusedError: the folder holds something already.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RefusedError(N_("{folder} is there already: name a new folder"), folder=folder)
    except OSError as error:
        raise LedgerError(
            N_("the folder {folder} cannot be made ({error}): name another"), folder=folder, error=error.strerror
        ) from error
    ledger.make_folder(folder)
    try:
        return _run(folder, today, officer, program)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)  # everything in it was made here
        raise


def _run(folder: Path, today: date, officer: str, program: str) -> dict[str, Any]:
    path = folder / "ledger.db"
    ledger.create(path, Entry("init", officer, today), policy.packaged_text(), policy.DEFAULT)
    outputs.make(folder / REGISTER, (files("jsup") / "data" / REGISTER).read_bytes())

    def book(command: str) -> Ledger:
        return Ledger(path, Entry(command, officer, today))

    register.take_over(book("agency import"), folder / REGISTER)
    quarter = f"{today.year}Q{(today.month + 2) // 3}"
    draws.draw(book("sample"), quarter, draws.Wanted())
    late = _findings(book, folder, today)
    with reads.open_ledger(path) as read:
        (row,) = read.draws(quarter)
        return {
            "ledger": str(path),
            "overdue": {"as_of": today.isoformat(), "items": read.overdue(today)},
            "draw": row,
            "why": read.why(late),
            "next": _commands(f"{program} --ledger {shlex.quote(str(path))}", path, late, quarter),
        }


def _findings(book: Any, folder: Path, today: date) -> str:
    """Enter five findings with back-dated steps, two of them late today; return the one whose dates are to be explained."""
    with reads.open_ledger(folder / "ledger.db") as read:
        calendar, plan = read.in_force, read.policy().document

    def ago(days: int) -> date:
        return calendar.before(today, days)

    def add(agency: str, category: str, title: str, days: int) -> str:
        return casework.add(
            book("finding add"), agency=agency, category=category, title=title, found_on=ago(days), source="抽查",
            facts=f"查阅检查资料时发现：{title}。", basis=plan,
        )  # fmt: skip

    def step(name: str, number: str, days: int, **given: Any) -> None:
        casework.take(book(name), name, [number], Options(ago(days), **given))

    first = add("JS-CGZF", "repeat", "一个月内对同一企业重复检查", 45)
    step("warn", first, 44, method="phone", rectify_by=ago(39))
    step("confirm", first, 38, result="unrectified")
    issue.recommend(book("recommend"), [first], Options(ago(37)), folder / "papers")
    issue.sign(book("sign"), [first], Options(ago(36), by="局负责人"))
    step("deliver", first, 35, by_way="direct", receiver="单位收发室")
    step("rectify", first, 19)  # the rectification is reported late, the review is not done: its clock has run out

    second = add("310116102", "code", "入企检查未应用检查码", 14)
    step("warn", second, 13, method="visit", rectify_by=ago(7))
    step("confirm", second, 8, result="unrectified")  # nobody signs the recommendation in time

    third = add("JS-SCJG", "certificate", "检查人员未出示执法证件", 6)
    step("warn", third, 5, method="letter", rectify_by=calendar.after(today, 4))

    add("JS-SWJU", "plan", "检查计划未统筹安排", 2)

    fifth = add("310116112", "disguised", "以督导名义入企检查", 12)
    step("warn", fifth, 11, method="meeting", rectify_by=ago(6))
    step("confirm", fifth, 7, result="rectified")
    step("close", fifth, 5)
    return second


def _commands(jsup: str, path: Path, number: str, quarter: str) -> list[str]:
    return [
        f"{jsup} next",
        f"{jsup} recommend {number} --out {shlex.quote(str(path.parent))}",
        f"{jsup} finding show {number}",
        f"{jsup} overdue --within 10",
        f"{jsup} sample verify --quarter {quarter}",
        f"{jsup} verify",
    ]
