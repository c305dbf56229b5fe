"""`report`: what a period showed, for the government and the superior body, and the records behind each figure."""

import json
from gettext import gettext as _
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import typer

from jsup import console
from jsup.commands import Json, here
from jsup.console import Column
from jsup.errors import N_, UsageError

app = typer.Typer(rich_markup_mode=None)

Period = Annotated[str, typer.Option(metavar="PERIOD", help=_("2026Q3, 2026 or 2026-10"))]
FIGURES = (
    Column(N_("figure"), lambda row: row["key"], whole=True),
    Column(N_("about"), lambda row: row["title"]),
    Column(N_("rows"), lambda row: len(row["rows"]), whole=True),
)


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

    def text() -> None:
        for query in told["queries"]:
            console.prose(f"\n{query['title']} [{query['key']}]: {query['count']}")
            console.prose(query["sql"])
            console.prose(json.dumps(query["values"], ensure_ascii=False))
            if agency is not None and not query["by_agency"]:
                console.line(N_("It belongs to no single agency."))
            if query["records"]:
                names = [name for name in query["records"][0] if any(row[name] is not None for row in query["records"])]
                console.table(query["records"], [Column(name, itemgetter(name)) for name in names])

    console.show(told, as_json=as_json, text=text)
