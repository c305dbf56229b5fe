"""A year of supervision on the district's real register and the made-up year of year.py, and the report of a quarter.

    python examples/jinshan/report.py [DIR] [--seed 1] [--inspections 3000] [--page report.html]

makes DIR/report.db (a temporary folder if none is named), month by month as an office would: each month's data taken in, scanned
and looked through, anomalies verified, warned of, rectified or not, a quarter's draw, clues, guides, guidance, meetings. With
--page the report of the third quarter is written there as a web page; the same seed gives the same page, byte for byte. Each
command is one that an officer types; all of it is invented but the register.
"""

import argparse
import contextlib
import io
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import year as years

HERE = Path(__file__).parent
PERIOD, TODAY = "2026Q3", date(2026, 10, 31)


class Office:
    """The officers at work: each command is typed on a day, in this process."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        """Set to work on a ledger in a folder."""
        self.folder, self.chance = folder, chance
        os.environ |= {"JSUP_LEDGER": str(folder / "report.db"), "JSUP_OFFICER": "经办人", "JSUP_LANG": "zh"}

    def types(self, on: date, *args: object) -> Any:
        """Type a command on a day; return its JSON."""
        from jsup import cli  # noqa: PLC0415 - after the language is settled

        shown = io.StringIO()
        wants_json = args[0] != "init"
        try:
            with contextlib.redirect_stdout(shown):
                cli.root.main(["--today", on.isoformat(), *map(str, args), *(["--json"] if wants_json else [])])
        except SystemExit as ended:
            if ended.code:
                raise SystemExit(f"jsup {' '.join(map(str, args))}: {ended.code}") from None
        return json.loads(shown.getvalue()) if wants_json else None


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each month that begins by the last day, from one that begins on the first."""
    while first <= last:
        after = (first + timedelta(days=31)).replace(day=1)
        yield first, after - timedelta(days=1)
        first = after


def supervise(folder: Path, seed: int, inspections: int) -> Office:
    """Make the ledger."""
    year = years.make(folder, seed, inspections, TODAY)
    office = Office(folder, random.Random(seed))  # noqa: S311 - a year that can be made again
    start = year.first
    office.types(start, "init")
    office.types(start, "agency", "import", HERE / "agencies-jinshan.csv")
    for name in ("item", "inspector", "entrustment", "plan"):
        office.types(TODAY, name, "import", folder / f"{name}s.csv")
    codes = [agency.code for agency in year.own]
    for first, last in months(start, TODAY):
        month, on = f"{first:%Y-%m}", min(last + timedelta(days=6), TODAY)
        rows = [row for row in year.rows if row["检查时间"].startswith(month) and row["报送时间"] <= TODAY.isoformat()]
        file = folder / f"{month}.csv"
        years.write(folder, file.name, iter([years.HEADINGS, *([row.get(head, "") for head in years.HEADINGS] for row in rows)]))
        office.types(TODAY, "inspection", "import", file)
        office.types(on, "scan", "--month", month)
        for code in codes[:3] if last < TODAY else []:
            office.types(on, "look", "--month", month, "--agency", code, "--cases", 5, "--result", "已查看")
        if first.month in (1, 4, 7, 10) and first.year == TODAY.year:
            quarter = f"{first.year}Q{(first.month + 2) // 3}"
            office.types(first + timedelta(days=1), "sample", "--quarter", quarter, "--public-value", f"样例{quarter}")
        if last < TODAY:
            judge(office, month, on)
        serve(office, year, month, on)
    last_steps(office, year)
    return office


def judge(office: Office, month: str, on: date) -> None:
    """Verify some anomalies of a month, dismiss others, and take what was found through the steps."""
    chance = office.chance
    found = office.types(on, "anomaly", "list", "--month", month, "--state", "open")
    by_agency: dict[tuple[str, str], list[int]] = {}
    for row in found:
        by_agency.setdefault((row["agency_code"], row["rule"]), []).append(row["id"])
    for place, (_key, ids) in enumerate(sorted(by_agency.items())):
        if place % 5 == 4:  # noqa: PLR2004 - of five kinds one is an error of the upload, three are verified
            office.types(on, "anomaly", "dismiss", *ids, "--why", "经核实，系填报有误（样例）")
        elif place % 5 < 3:  # noqa: PLR2004
            for one in office.types(on, "anomaly", "verify", *ids, "--yes"):
                follow(office, one["number"], on, chance.random())


def serve(office: Office, year: years.Year, month: str, on: date) -> None:
    """Take in a month's clues and complaints, hand out guides, note what agencies did for enterprises, meet."""
    chance, at = office.chance, date.fromisoformat(f"{month}-20")
    for name in ("clues", "complaints"):
        head, *rows = getattr(year, name)()
        place = head.index("收到日期")
        own = [row for row in rows if row[place].startswith(month)]
        if name == "complaints":
            own = [[cell if cell <= on.isoformat() or at_ < place else "" for at_, cell in enumerate(row)] for row in own]
        if own:
            file = office.folder / f"{name}-{month}.csv"
            years.write(office.folder, file.name, iter([head, *([f"{row[1]}-{month}" if at_ == 1 else cell for at_, cell in
                        enumerate(row)] for row in own)]))  # fmt: skip
            office.types(max(on, date.fromisoformat(max(row[place] for row in own))), name[:-1], "import", file)
    for place, clue in enumerate(office.types(on, "clue", "list", "--state", "open")):
        if place % 3 == 0:
            office.types(on, "clue", "triage", clue["number"], "--dismiss", "--why", "不属于涉企行政检查（样例）")
        elif place % 3 == 1:
            office.types(
                on, "clue", "triage", clue["number"], "--finding", "--category", "frequency", "--title", "检查次数多（样例）"
            )
    for agency in chance.sample(year.own, 3):
        field, title = f"样例领域{agency.items[0][4:6]}", "合规指引（样例）"
        guide = office.types(at, "guide", "add", "--agency", agency.code, "--field", field, "--title", title)
        visited = {row["行政相对人编码"]: row for row in year.rows if row["实施机构编码"] == agency.code}
        handed = [[str(guide["id"]), code, at.isoformat(), "上门送达"] for code in sorted(visited)[: len(visited) // 2]]
        file = office.folder / f"deliveries-{guide['id']}.csv"
        years.write(office.folder, file.name, iter([["指引编号", "企业代码", "送达日期", "送达方式"], *handed]))
        office.types(at, "guide", "import", file)
    seen = [
        row["检查行为编号"] for row in year.rows if row["检查时间"].startswith(month) and row["报送时间"] <= TODAY.isoformat()
    ]
    for kind, text in (("lenient", "轻微违规，当场教育指导（样例）"), ("advice", "建议完善台账（样例）")):
        for record in chance.sample(seen, min(2, len(seen))):
            office.types(on, "inspection", "note", record, "--kind", kind, "--text", text)
    office.types(at, "publicity", "add", "--title", f"普法宣传（样例）{month}")
    office.types(at, "clue", "gathering", "add", "--kind", "forum", "--who", "企业代表（样例）", "--subject", "检查频次（样例）")


def last_steps(office: Office, year: years.Year) -> None:
    """Check the drawn agencies, propose and issue guidance, hold a round of self-checks, meet, gather a case."""
    on = date(2026, 9, 28)
    for draw in office.types(on, "sample", "status"):
        if draw["quarter"] > PERIOD:
            continue
        for one in draw["taken"][:-1]:
            office.types(on, "sample", "result", "--quarter", draw["quarter"], "--agency", one["uid"], "--method", "records",
                         "--note", "已检查（样例）")  # fmt: skip
    for place, one in enumerate(office.types(on, "guidance", "propose")):
        if place % 2 == 0:
            office.types(on, "guidance", "dismiss", one["id"], "--why", "已在专项培训中解决（样例）")
        else:
            office.types(on, "guidance", "open", one["id"])
    round_ = office.types(date(2026, 7, 6), "self-check", "open", "--title", "三季度自查自纠（样例）", "--until", "2026-08-31")
    for agency in year.own[:20]:
        found = office.chance.randint(0, 4)
        office.types(date(2026, 8, 20), "self-check", "report", round_["id"], "--agency", agency.code, "--found", found,
                     "--mended", max(found - 1, 0), "--enterprises", 10)  # fmt: skip
    meeting = office.types(date(2026, 8, 5), "consultation", "add", "--kind", "consultation", "--title", "三季度工作会商（样例）",
                           "--who", "相关执法单位（样例）")  # fmt: skip
    office.types(date(2026, 8, 5), "consultation", "decide", meeting["id"], "--text", "统筹下半年入企检查（样例）", "--agency",
                 year.own[0].code, "--until", "2026-09-15")  # fmt: skip
    training = office.types(date(2026, 8, 10), "training", "ask", "--title", "检查程序培训（样例）", "--until", "2026-09-20")
    office.types(date(2026, 9, 10), "training", "hold", training["id"], "--by", "区司法局（样例）")
    case = office.types(date(2026, 9, 2), "case", "add", "--kind", "experience", "--agency", year.own[1].code, "--title",
                        "综合查一次的做法（样例）", "--text", "几个事项一次查完，减少入企次数。")  # fmt: skip
    office.types(date(2026, 9, 4), "case", "consent", case["id"], "--by", "单位负责人（样例）")


def follow(office: Office, number: str, on: date, way: float) -> None:
    """Take a finding as far as chance and the calendar have it."""

    def step(days: int, *args: object) -> bool:
        nonlocal on
        if on + timedelta(days=days) > TODAY:
            return False
        on += timedelta(days=days)
        office.types(on, *args)
        return True

    until = on + timedelta(days=14)
    warned = "--method", "phone", "--rectify-by", until, "--by", "经办人", "--receiver", "联络员"
    if way > 0.92 or not step(2, "warn", number, *warned):  # noqa: PLR2004
        return
    if way < 0.7:  # noqa: PLR2004 - seven of ten rectify when they are warned
        if step(10, "confirm", number, "--rectified"):
            step(1, "close", number)
        return
    if not step(11, "confirm", number, "--unrectified"):
        return
    office.types(on, "amend", number, "--set", "basis=金司〔2025〕26号二（三）", "--why", "补充依据")
    papers = office.folder / "papers"
    late = way > 0.88  # noqa: PLR2004 - now and then the bureau is late itself
    if not (step(1, "recommend", number, "--out", papers) and step(9 if late else 3, "sign", number, "--by", "局负责人")):
        return
    if not step(1, "deliver", number, "--by-way", "direct", "--receiver", "收发室"):
        return
    if way < 0.82:  # noqa: PLR2004
        if step(14, "rectify", number) and step(9, "review", number, "--result", "full"):
            step(1, "close", number)
    elif step(28, "review", number, "--result", "none", "--remaining", "尚未建立统筹机制（样例）"):
        case = office.types(on, "next", number)
        if any(one["step"] == "escalate" for one in case["steps"]) and step(3, "escalate", number):
            case = office.types(on, "next", number)
            if any(one["step"] == "decide" for one in case["steps"]):
                decided = step(12, "decide", number, "--number", f"金府监决〔2026〕{int(number[5:])}号", "--rectify-by",
                               min(on + timedelta(days=45), date(2026, 12, 31)))  # fmt: skip
                if decided and step(2, "deliver", number):
                    office.types(on, "account", number, "--measure", "circular")


def main() -> None:
    """Read the command line, make the ledger, write the page."""
    parser = argparse.ArgumentParser(description="Make a year of supervision and the report of a quarter.")
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inspections", type=int, default=3_000)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        office = supervise(folder, given.seed, given.inspections)
        if given.page is not None:
            given.page.unlink(missing_ok=True)
            office.types(TODAY, "report", "--period", PERIOD, "--format", "html", "--out", given.page)
            print(given.page)
        else:
            print(folder / "report.db")


if __name__ == "__main__":
    sys.exit(main())
