"""`overdue`, `next`, `why` and `due`: what is late, what comes next, and how a date came about."""

from gettext import gettext as _
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jsup import console
from jsup.commands import Here, Json, Number, here
from jsup.console import Column
from jsup.errors import N_, UsageError, iso_date

if TYPE_CHECKING:
    from jsup.policy import Policy
    from jsup.workdays import Calendar

app = typer.Typer()

AWAITED = N_(
    "The rest days of {year} are not in the ledger yet: look for the notice and take it over with `jsup calendar import FILE`."
)
REMIND = N_("{number} {agency}: {period} ends on {due}, {working_days_left} working days left.")

ENDS = {
    "certificate": N_("{agency}: the certificate {number} of {name} ends on {ends_on}."),
    "entrustment": N_("{agency}: the entrustment of {name} ends on {ends_on}."),
}

EXTENDED = N_("extended on {on} by {officer}, approved by {approved_by}, from {from} to {until}: {why}")
SOURCE = N_("the days of {year}: {source}")
NO_SOURCE = N_("the days of {year}: not announced")

SOON = 2
"""Working days left from which on a deadline is shown as near."""

FOUND = 3
"""Exit status of --check when anything is shown."""


def due_text(row: dict[str, Any]) -> str:
    """Write a due day, marked where it hangs on days not announced yet."""
    words = [row["due_on"] or "", _("(provisional)") if row["provisional"] else ""]
    return " ".join(word for word in words if word)


def due_lines(row: dict[str, Any]) -> str:
    """Write a due day for a table, the mark on a line of its own."""
    return due_text(row).replace(" ", "\n", 1)


def step_text(step: str | None, clause: str | None) -> str:
    """Write a step with its clause, in Chinese behind what it is called."""
    if not step:
        return ""
    if console.language() == "en":
        return f"{step} ({clause})" if clause else step
    from jsup.words import STEPS  # noqa: PLC0415 - for a screen alone

    named = f"{STEPS.get(step.split(' --')[0], '')} {step}".lstrip()
    return f"{named}（{clause}）" if clause else named


def steps_text(steps: list[dict[str, Any]], between: str = "; ") -> str:
    """Write lawful steps with their clauses."""
    return between.join(step_text(step["command"], step["clause"]) for step in steps)


def urgency(item: dict[str, Any]) -> str:
    """Return a colour: late, due within 2 working days, later."""
    if item["overdue"]:
        return "bold red"
    return "yellow" if item["working_days_left"] <= SOON else ""


def period_text(item: dict[str, Any]) -> str:
    """Write what period of a finding, or what other work, an item is, and who must act."""
    period = f"duty {item['next_step']} {item['owner']}" if item["period"] == "duty" else item["period"]
    return f"{console.term(period)}\n({console.term(item['owner'])})"


OVERDUE = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("finding"), lambda row: row["title"]),
    Column(N_("period"), period_text, whole=True),
    Column(N_("due"), due_lines, whole=True),
    Column(N_("days left"), lambda row: row["working_days_left"]),
    Column(N_("next step"), lambda row: step_text(row["next_step"], row["next_clause"])),
)


@app.command(help=_("What is late, and with --within what is due in so many working days."))
def overdue(
    ctx: typer.Context,
    within: Annotated[int | None, typer.Option(min=0, max=9999, metavar="DAYS", help=_("Working days to look ahead"))] = None,
    agency: Annotated[str | None, typer.Option(metavar="CODE", help=_("One agency only"))] = None,
    check: Annotated[bool, typer.Option("--check", help=_("Exit with 3 if anything is shown"))] = False,
    as_json: Json = False,
) -> None:
    """Print the morning's list."""
    from jsup import agenda  # noqa: PLC0415 - not for `--help`

    today = here(ctx).today
    with here(ctx).reads() as ledger:
        items = agenda.overdue(ledger, today, within=within, agency=agency)
        ending = agenda.alerts(ledger, today, agency=agency)
        reminders = ledger.reminders(today, agency=agency)
        awaited = ledger.awaited(today)

    def text() -> None:
        console.table(items, OVERDUE, style=urgency)
        for item in reminders if within is None else []:
            console.remind(
                REMIND, **{key: item[key] for key in ("number", "agency", "period", "working_days_left")}, due=due_text(item)
            )
        for item in ending:
            console.remind(ENDS[item["kind"]], **{key: item[key] for key in ("number", "name", "agency", "ends_on")})
        if awaited is not None:
            console.remind(AWAITED, year=awaited)

    row = {"as_of": today, "items": items, "reminders": reminders, "alerts": ending, "awaited_year": awaited}
    console.show(row, as_json=as_json, text=text)
    if check and items:
        raise typer.Exit(FOUND)


NEXT = (
    Column(N_("number"), lambda row: row["number"], whole=True),
    Column(N_("agency"), lambda row: row["agency"]),
    Column(N_("stage"), lambda row: console.term(row["stage"])),
    Column(N_("due"), due_lines, whole=True),
    Column(N_("days left"), lambda row: row["working_days_left"]),
    Column(N_("next step"), lambda row: steps_text(row["steps"], ";\n")),
)


@app.command("next", help=_("What may be done next, the most urgent first; for one finding or for all."))
def next_(
    ctx: typer.Context,
    number: Annotated[str | None, typer.Argument(metavar="[N]", help=_("The finding's number, such as 2026-0001"))] = None,
    as_json: Json = False,
) -> None:
    """Print the lawful steps."""
    with here(ctx).reads() as ledger:
        items = ledger.next(here(ctx).today, number)
    shown: Any = items if number is None else items[0]
    console.show(shown, as_json=as_json, text=lambda: console.table(items, NEXT))


@app.command(help=_("Explain every date of a finding: clause, words, and each day."))
def why(ctx: typer.Context, number: Number, as_json: Json = False) -> None:
    """Print each deadline with its days."""
    with here(ctx).reads() as ledger:
        found = spoken(ledger.why(number))

    console.show(found, as_json=as_json, text=lambda: show_why(found))


def spoken(found: dict[str, Any]) -> dict[str, Any]:
    """Put what each date rests on into words."""
    for row in found["deadlines"]:
        row["assumptions"] = [console.say(message) for message in row["assumptions"]]
    return found


def show_why(found: dict[str, Any]) -> None:
    """Print each deadline with its clause, its words and its days."""
    for row in found["deadlines"]:
        print()
        console.whole(f"{found['number']}  {console.term(row['period'])}  {row['clause']}")
        console.prose(f"「{row['quote']}」")
        if row["reading"]:
            console.prose(row["reading"])
        console.line(N_("from {on}, {event}, itself not counted"), on=row["started_on"], event=console.term(row["start_event"]))
        show_days(row)
        for extension in row["extensions"]:
            console.line(EXTENDED, **extension)
        show_sources(row)
        console.line(N_("policy {name}, version {policy}; calendar version {calendar}"), name=row["policy"]["name"],
                     policy=row["policy"]["version"], calendar=row["calendar"]["version"])  # fmt: skip


def show_sources(row: dict[str, Any]) -> None:
    """Print where each year's days come from."""
    for source in row["calendar"]["sources"]:
        console.line(SOURCE if source["source"] else NO_SOURCE, **source)


def show_days(row: dict[str, Any]) -> None:
    """Print each day with its number or the reason why it does not count, then the due day."""
    numbered = []
    count = 0
    counted = row["unit"] != "month"
    for day in row["days"]:
        count += day["working"]
        numbered.append({**day, "number": count if day["working"] and counted else ""})
    console.table(numbered, DAYS)
    for sentence in row["assumptions"]:
        console.prose(sentence)
    console.line(N_("due on {due}"), due=due_text(row))


def reason_text(day: dict[str, Any]) -> str:
    """Write why a day counts or not."""
    words = [console.term(day["reason"]), day["holiday"], "" if day["certain"] else _("(not announced)")]
    return " ".join(word for word in words if word)


DAYS = (
    Column(N_("day"), lambda day: day["date"], whole=True),
    Column(N_("weekday"), lambda day: weekday(day["date"])),
    Column(N_("counts"), lambda day: day["number"]),
    Column(N_("reason"), reason_text),
)


def weekday(text: str) -> str:
    """Return the weekday's name."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[iso_date(text, "day").weekday()]


@app.command(help=_("Reckon the last day of a period; without a ledger by the packaged calendar and policy."))
def due(
    ctx: typer.Context,
    start: Annotated[str, typer.Option("--from", metavar="DATE", help=_("The day of the event, itself not counted"))],
    period: Annotated[str | None, typer.Option(metavar="KEY", help=_("A period of the policy, such as rectification"))] = None,
    days: Annotated[int | None, typer.Option(min=1, max=100_000, metavar="N", help=_("So many working days"))] = None,
    months: Annotated[int | None, typer.Option(min=1, max=10_000, metavar="N", help=_("So many months"))] = None,
    explain: Annotated[bool, typer.Option("--explain", help=_("Show each day"))] = False,
    as_json: Json = False,
) -> None:
    """Print the due day."""
    from jsup import deadlines, reads  # noqa: PLC0415 - not for `--help`

    calendar, policy = law(here(ctx))
    count, unit = _length(policy, period, days, months)
    clause, quote = (policy.period(period).clause, policy.period(period).quote) if period else (None, None)
    started = iso_date(start, "--from")
    found = deadlines.due(calendar, started, count, unit)
    listed = deadlines.explain(calendar, started, found.on)
    shown = [reads.day_row(day) for day in listed]
    rests = [console.say(message) for message in deadlines.assumptions(unit, provisional=found.provisional)]
    row = {
        "from": start, "due_on": found.on.isoformat(), "provisional": found.provisional,
        "unit": unit, "clause": clause, "quote": quote, "assumptions": rests, "days": shown,
        "policy": {"name": policy.name}, "calendar": {"sources": reads.sources(calendar, listed)},
    }  # fmt: skip

    def text() -> None:
        if not explain:
            print(due_text(row))
            return
        if quote:
            console.prose(f"{clause}「{quote}」")
        console.line(N_("from {on}, itself not counted"), on=start)
        show_days(row)
        show_sources(row)

    console.show(row, as_json=as_json, text=text)


def _length(policy: "Policy", period: str | None, days: int | None, months: int | None) -> tuple[int, str]:
    if sum(given is not None for given in (period, days, months)) != 1:
        raise UsageError(N_("give one of --period, --days and --months"))
    if period is None:
        return (days, "working_day") if days is not None else (months or 0, "month")
    wanted = policy.period(period)
    if wanted.count is None:
        raise UsageError(N_("the period {period} has no length of its own: its last day is named when it starts"), period=period)
    return wanted.count, wanted.unit


def law(where: Here) -> "tuple[Calendar, Policy]":
    """Return the calendar and policy of the ledger if there is one, else the packaged ones."""
    if not isinstance(where.place, Path) or where.place.exists():
        with where.reads() as ledger:
            return ledger.in_force, ledger.policy()
    from jsup import ready, workdays  # noqa: PLC0415

    return workdays.Calendar(workdays.packaged()), ready.packaged()
