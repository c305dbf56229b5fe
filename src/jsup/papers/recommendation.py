"""行政执法监督建议书: one Word draft for each agency and ground, its problems numbered.

This module owns the transaction that issues a paper: the file is whole and has its name before the
ledger knows of it, and is taken away again if the ledger cannot be written.
"""

import itertools
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jsup import casework, steps
from jsup import ledger as ledgers
from jsup.casework import Options
from jsup.clocks import Desk
from jsup.errors import N_, LedgerError
from jsup.ledger import Ledger
from jsup.models import Agency, Finding, Paper
from jsup.register import get as get_agency

KIND = "recommendation"
TITLE = "行政执法监督建议书"
_METHODS = {"phone": "电话", "visit": "走访", "meeting": "座谈会", "letter": "提醒函", "order": "责令整改", "other": "其他方式"}
_LONGEST_NAME = 60
"""Characters of a file's name, of at most three or four bytes each where 255 bytes are allowed."""
_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


@dataclass(frozen=True)
class Draft:
    """A draft that was written: whom it is for, what it covers, and where it lies."""

    agency_code: str
    numbers: list[str]
    file: Path


def recommend(ledger: Ledger, numbers: Sequence[str], options: Options, out: Path) -> list[Draft]:
    """Draft the paper for the findings, one for each agency and ground, and return the drafts.

    The draft stops no clock; only the signature does. No file is ever overwritten.

    Raises:
        RefusedError: a draft is not lawful for one of them.
        LedgerError: the folder cannot be written.
    """
    placed: list[Path] = []
    drafts = []
    made = False
    try:
        made = not out.exists()
        ledgers.make_folder(out)
        with ledger.change() as session:
            desk = Desk(session, ledger)
            groups: dict[tuple[str, str], list[Finding]] = {}
            for finding in casework.take_all(desk, "recommend", numbers, options):
                groups.setdefault((finding.agency_code, finding.stage), []).append(finding)
            for (code, stage), findings in groups.items():
                ground = next(key for key, of in steps.GROUNDS.items() if of == stage)
                agency = get_agency(session, code)
                data = _render(desk, agency, findings)
                place = _write(data, out, f"{TITLE}-{agency.name}", findings[0].number)
                placed.append(place)
                casework.file_draft(
                    desk,
                    findings,
                    Paper(
                        kind=KIND, agency_code=code, ground=ground, state="draft",
                        drafted_on=options.on, file_name=place.name, sha256=sha256(data).hexdigest(),
                    ),
                )  # fmt: skip
                drafts.append(Draft(code, [finding.number for finding in findings], place))
    except BaseException as error:
        for place in placed:
            place.unlink(missing_ok=True)
        if made:
            with suppress(OSError):
                out.rmdir()
        if isinstance(error, OSError):
            raise LedgerError(
                N_("the draft cannot be written to {folder} ({error}): name another folder with --out"),
                folder=out,
                error=error.strerror,
            ) from error
        raise
    return drafts


def _write(data: bytes, out: Path, words: str, number: str) -> Path:
    """Write a file whole under a name that nothing has, safe on Windows too, and return its place."""
    stem = words.translate(_NOT_IN_NAMES)[:_LONGEST_NAME].rstrip(". ")
    new = out / f".{number}.{os.getpid()}.new"
    try:
        new.write_bytes(data)
        for count in itertools.count(1):
            place = out / f"{stem}-{number}{f'-{count}' if count > 1 else ''}.docx"
            with suppress(FileExistsError):
                ledgers.place(new, place)
                return place
    finally:
        new.unlink(missing_ok=True)
    raise AssertionError("a name is always found")


def _render(desk: Desk, agency: Agency, findings: list[Finding]) -> bytes:
    import io  # noqa: PLC0415 - with docx, only where a paper is written

    import docx  # noqa: PLC0415
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415

    policy = desk.policy
    document = docx.Document()
    document.core_properties.author = ""
    title = document.add_paragraph(TITLE)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(f"{agency.name}：")
    document.add_paragraph(
        f"根据{policy.document}《{policy.title}》{policy.periods[KIND].clause}，现就下列问题提出行政执法监督建议："
    )
    for index, finding in enumerate(findings, 1):
        category = policy.categories[finding.category]
        document.add_paragraph(f"{index}. {finding.title}（问题编号{finding.number}，{_day(finding.found_on)}发现）")
        document.add_paragraph(f"类别：{category.title}{'，' + category.text if category.text else ''}（{category.clause}）")
        document.add_paragraph(f"事实：{finding.facts or f'【待补：jsup amend {finding.number} --set facts=…】'}")
        document.add_paragraph(f"依据：{finding.basis or f'【待补：jsup amend {finding.number} --set basis=…】'}")
        for line in _warnings(desk, finding):
            document.add_paragraph(line)
    count = policy.periods["rectification"].count
    document.add_paragraph(f"请自收到本建议书之日起{count}个工作日内完成整改，并将整改情况书面告知本局。")
    document.add_paragraph("（签发人、印章、日期）").alignment = WD_ALIGN_PARAGRAPH.RIGHT
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _warnings(desk: Desk, finding: Finding) -> list[str]:
    """Tell when and how the agency was warned: the proof of 经过预警提醒."""
    lines = []
    for event in casework.events(desk, finding):
        details: dict[str, Any] = json.loads(event.details)
        if event.step == "warn":
            lines.append(f"经过预警提醒：{_day(event.done_on)}以{_METHODS[details['method']]}方式提醒。")
        elif event.step == "confirm":
            lines.append(f"核实整改：{_day(event.done_on)}核实，未整改。")
    return lines


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
