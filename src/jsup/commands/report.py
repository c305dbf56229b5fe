"""`report`: what a period showed, for the government and the superior body, and the records behind each figure."""

import json
from functools import partial
from gettext import gettext as _
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, here
from jsup.commands.anomaly import STATES as ANOMALY
from jsup.commands.clue import STATES as CLUE
from jsup.console import Column
from jsup.errors import N_, UsageError
from jsup.words import STEPS

app = typer.Typer()

Period = Annotated[str, typer.Option(metavar="PERIOD", help=_("2026Q3, 2026 or 2026-10"))]
FIGURES = (
    Column(N_("figure"), lambda row: row["key"], whole=True),
    Column(N_("about"), lambda row: row["title"]),
    Column(N_("rows"), lambda row: len(row["rows"]), whole=True),
)

HEADINGS = {
    "accepted_on": N_("accepted"), "agency": N_("agency"), "agency_code": N_("agency's code"), "asked_on": N_("asked on"),
    "came": N_("what came of it"), "category": N_("category"), "channel": N_("channel"), "code": N_("code"),
    "covered": N_("with a guide by then"), "decision_number": N_("decision number"), "delivered_on": N_("delivered"),
    "dismissed_on": N_("dismissed on"), "done_on": N_("done on"), "draw_id": N_("draw"), "due_on": N_("due"),
    "enterprise": N_("enterprise"), "enterprise_code": N_("credit code"), "enterprises": N_("enterprises"),
    "field": N_("subject field"), "filed_on": N_("filed on"), "finding_number": N_("finding"), "found": N_("found"),
    "found_on": N_("found on"), "frame_size": N_("agencies in the frame"), "from_on": N_("first day"),
    "given_on": N_("given on"), "guidance_id": N_("opinion"), "held_on": N_("held on"), "id": N_("no."),
    "issued_on": N_("issued"), "item": N_("inspection item"), "joint": N_("joint number"), "kind": N_("kind"),
    "level": N_("level"), "made_on": N_("made on"), "measure": N_("measure"), "mended": N_("mended"), "met_on": N_("met"),
    "month": N_("in the month"), "number": N_("number"), "offsite": N_("off-site"), "outcome": N_("outcome"),
    "owner": N_("who must act"), "paper_number": N_("document number"), "period": N_("period"),
    "published_on": N_("published on"), "quarter": N_("in the quarter"), "rating": N_("rating"), "reached_on": N_("reached on"),
    "reason": N_("reason"), "received_on": N_("received"), "record": N_("record"), "records": N_("records"), "rule": N_("rule"),
    "sample_size": N_("agencies drawn"), "saved": N_("saved"), "severity": N_("severity"), "share": N_("share"),
    "signed_on": N_("signed on"), "since": N_("guide since"), "stage": N_("stage"), "started_on": N_("from"),
    "state": N_("state"), "step": N_("step"), "subject": N_("subject"), "text": N_("text"), "title": N_("title"),
    "to_on": N_("last day"), "until_on": N_("by the day"), "version": N_("version"), "visit_on": N_("on the day"),
    "visited_on": N_("visited on"), "visits": N_("visits"), "who": N_("who"),
}  # fmt: skip
"""What stands above each column of the records; the number of a day is not shown."""
STATES = dict.fromkeys(("anomalies", "repeat", "multiple", "arbitrary"), ANOMALY) | {"clues": CLUE}
"""What states are called of the records of a query."""
TEXTS = ("item", "outcome", "reason", "subject", "text", "title", "who")
"""The columns that may be broken into lines."""
WORDS = ("came", "level", "owner", "period", "severity", "stage", "state")
"""The columns that hold identifiers."""


@app.command(help=_("Report on a period in Word, a web page, Excel or Markdown, or list the records behind a figure."))
def report(
    ctx: typer.Context,
    period: Period,
    formats: Annotated[
        str | None, typer.Option("--format", metavar="LIST", help=_("docx, html, xlsx, md, with commas between"))
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help=_("A new file; each format gets its own ending"))] = None,
    explain: Annotated[str | None, typer.Option(metavar="FIGURE", help=_("List the records behind a figure"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("With --explain: those of one agency only"))] = None,
    as_json: Json = False,
) -> None:
    """Report."""
    from jsup.periods import span  # noqa: PLC0415 - not for `--help`

    if explain is not None:
        if formats is not None or out is not None:
            raise UsageError(N_("--explain takes no --format and no --out"))
        _explain(ctx, period, explain, agency, as_json=as_json)
        return
    if agency is not None:
        raise UsageError(N_("--agency goes with --explain: a report is about all agencies"))
    if formats is not None and out is None:
        raise UsageError(N_("`{step}` wants {missing} as well"), step="report --format", missing="--out")
    from jsup.reports import formats as writing  # noqa: PLC0415
    from jsup.reports import gather  # noqa: PLC0415
    from jsup.reports.report import as_json as said  # noqa: PLC0415

    places = writing.places(out, formats) if out is not None else {}
    with here(ctx).reads() as ledger, console.progress(_("parts")) as done:
        gathered = gather.gather(ledger, span(period), here(ctx).today, done)
        files = writing.write(gathered, places, done)
    told = said(gathered) | {"files": [str(file) for file in files]}
    console.show(told, as_json=as_json, text=lambda: _show(told))


def _show(told: dict[str, Any]) -> None:
    if told["files"]:
        for file in told["files"]:
            console.whole(file)
        for warning in told["warnings"]:
            console.prose(warning)
        return
    console.prose(told["title"])
    for warning in told["warnings"]:
        console.prose(warning)
    for section in told["sections"]:
        console.prose(f"\n{section['title']}（{section['clause']}）\n{section['said']}")
        console.table(section["figures"], FIGURES)
    console.line(N_("`jsup report --period {period} --explain FIGURE` lists the records behind a figure"), period=told["period"])


def _explain(ctx: typer.Context, period: str, figure: str, agency: str | None, *, as_json: bool) -> None:
    from jsup.periods import span  # noqa: PLC0415
    from jsup.reports import gather  # noqa: PLC0415

    with here(ctx).reads() as ledger:
        told = gather.explain(ledger, span(period), here(ctx).today, figure, agency)
        categories = {key: category.title for key, category in ledger.policy().categories.items()}

    def text() -> None:
        for query in told["queries"]:
            console.prose(f"\n{query['title']} [{query['key']}]: {query['count']}")
            console.prose(query["sql"])
            console.prose(json.dumps(query["values"], ensure_ascii=False))
            if agency is not None and not query["by_agency"]:
                console.line(N_("It belongs to no single agency."))
            if query["records"]:
                names = [name for name in HEADINGS if any(row.get(name) is not None for row in query["records"])]
                names.sort(key=[*query["records"][0]].index)
                columns = [
                    Column(HEADINGS[name], partial(_cell, query["key"], name, categories), name not in TEXTS) for name in names
                ]
                console.table(query["records"], columns)

    console.show(told, as_json=as_json, text=text)


def _cell(query: str, name: str, categories: dict[str, str], record: dict[str, Any]) -> object:
    """Write a record's value, an identifier by its word."""
    value = record[name]
    if name == "state" and query in STATES:
        return _(STATES[query][value])
    if name == "state" and query == "guidance":
        return console.term(f"guidance {value}")
    if name == "category":
        return categories.get(value, value)
    if name == "step" and console.language() == "zh":
        return STEPS.get(value, value)
    if name == "rule":
        return console.term(f"rule {value}")
    return console.term(value) if name in WORDS and isinstance(value, str) else value
