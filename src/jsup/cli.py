"""The front door: global options and a static table of rooms; a room opens when it is called."""

import errno
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, MutableMapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Annotated, Any

from jsup import __version__, console
from jsup.console import columns, wrapped
from jsup.errors import N_, JsupError, UsageError, optional_day

console.speak()  # before click and Typer, whose sentences follow the text domain

from gettext import gettext as _  # noqa: E402

import click  # noqa: E402
import typer  # noqa: E402
from click.shell_completion import CompletionItem  # noqa: E402
from typer.core import TyperGroup  # noqa: E402
from typer.main import get_command, get_group  # noqa: E402

from jsup.commands import Here  # noqa: E402

ROOMS = {
    N_("Ledger"): {
        "init": ("setup", N_("Make a new ledger")),
        "migrate": ("setup", N_("Bring an older ledger up to this program")),
        "demo": ("setup", N_("Try jsup on the real register, in a new folder")),
        "log": ("setup", N_("Show the journal, or what was done to a finding")),
        "verify": ("trust", N_("Check that nothing was changed behind the journal")),
        "seal": ("trust", N_("Print the journal's head, to be kept elsewhere")),
        "backup": ("trust", N_("Copy the ledger to one file")),
        "restore": ("trust", N_("Put a backup or an export in the ledger's place")),
        "export": ("trust", N_("Write the whole ledger, or its draws, to a folder")),
        "doctor": ("trust", N_("Look for what will become a trouble")),
    },
    N_("Register and draw"): {
        "agency": ("agency", N_("The agencies under supervision")),
        "inspector": ("inspector", N_("The inspectors and their certificates")),
        "entrustment": ("entrustment", N_("Who inspects in whose name")),
        "sample": ("sample", N_("Draw the quarter's sample, show and verify it")),
    },
    N_("The watch"): {
        "scan": ("anomaly", N_("Look through a month's records by every rule")),
        "anomaly": ("anomaly", N_("What scans turned up, and what becomes of it")),
        "look": ("look", N_("The monthly look at each agency's cases")),
        "duty": ("look", N_("Recurring duties")),
        "plan": ("plan", N_("Inspection plans: filed, published, overlapping; visits made one")),
        "inspection": ("inspection", N_("Take over inspections as they were uploaded")),
        "heading": ("inspection", N_("What the headings of inspection files mean")),
        "item": ("inspection", N_("The municipal list of inspection items")),
        "clue": ("clue", N_("What came in, and what became of it")),
        "complaint": ("complaint", N_("How agencies handle complaints")),
        "search": ("search", N_("Search agencies, findings, clues and papers")),
    },
    N_("Findings"): {
        "finding": ("finding", N_("Enter, list and show findings")),
        "worklist": ("worklist", N_("Fill in steps in Excel, and take them all at once")),
        "assign": ("assignment", N_("Say who works on findings and clues")),
        "handover": ("assignment", N_("Pass everything of one officer on to another")),
        "warn": ("steps", N_("Step 1: warn the agency")),
        "confirm": ("steps", N_("Step 1: was the warned problem rectified?")),
        "recommend": ("steps", N_("Step 2: draft the recommendation in Word")),
        "sign": ("steps", N_("Step 2: the recommendation was signed")),
        "notify": ("steps", N_("Step 2: the superior body was told")),
        "deliver": ("steps", N_("Step 2: the paper was served")),
        "rectify": ("steps", N_("Step 2: the agency reports its rectification")),
        "review": ("steps", N_("Step 2: the follow-up review")),
        "escalate": ("steps", N_("Step 2: ask for a decision")),
        "return": ("steps", N_("Step 2: the request came back without a decision")),
        "decide": ("steps", N_("Step 2: the district government decided")),
        "account": ("steps", N_("Enter an accountability measure")),
        "close": ("steps", N_("Close the finding")),
        "withdraw": ("steps", N_("Withdraw a finding that was none")),
        "extend": ("steps", N_("Extend an agency's period before it expires")),
        "object": ("steps", N_("Enter the agency's objection")),
        "answer": ("steps", N_("Enter the answer to an objection")),
        "attach": ("steps", N_("Attach a file by its fingerprint")),
        "amend": ("steps", N_("Correct a finding, with a reason")),
    },
    N_("Papers"): {
        "paper": ("paper", N_("Draft, issue, list, void and print official papers")),
        "template": ("paper", N_("The Word templates of the papers")),
    },
    N_("Results"): {
        "report": ("report", N_("Report on a month, a quarter or a year")),
        "brief": ("brief", N_("One side for a leader each week; a work briefing from the cases")),
        "score": ("score", N_("The agencies' scores, each point with its reason")),
        "guidance": ("guidance", N_("Systemic problems and the guidance opinions on them")),
        "consultation": ("consultation", N_("Consultations and joint actions, with what they decided")),
        "training": ("activity", N_("Trainings asked for and held")),
        "reminder": ("activity", N_("General reminders of common problems")),
        "self-check": ("activity", N_("The agencies' own checks, and what they report")),
        "publicity": ("activity", N_("Publicity among enterprises")),
        "discipline": ("activity", N_("What was notified to 区纪委监委: date, number, receipt")),
        "guide": ("guide", N_("Compliance guides, and which enterprises got them")),
        "case": ("case", N_("Cases gathered, with their agencies' consent")),
    },
    N_("Deadlines"): {
        "overdue": ("clocks", N_("What is late, or soon due")),
        "next": ("clocks", N_("What may be done next")),
        "why": ("clocks", N_("Explain a finding's dates day by day")),
        "due": ("clocks", N_("Reckon a date; needs no ledger")),
        "calendar": ("calendar", N_("The working days and how sure they are")),
        "policy": ("policy", N_("The plan's numbers and the bureau's settings")),
    },
}
_COMMANDS = {name: room for rooms in ROOMS.values() for name, room in rooms.items()}
_GLOBAL = ("--ledger", "--today", "--officer")


class Pages(click.HelpFormatter):
    """Help pages measured in columns of a terminal, where a Chinese character takes two."""

    def write_dl(self, rows: Any, col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of terms and what they mean."""
        rows = list(rows)
        first = min(max((columns(term) for term, _meaning in rows), default=0), col_max) + col_spacing
        indent = " " * self.current_indent
        for term, meaning in rows:
            lines = wrapped(meaning, max(self.width - first - self.current_indent, 10))
            head = f"{indent}{term}"
            if columns(term) > first - col_spacing or not lines:
                self.write(f"{head}\n")
            else:
                self.write(head + " " * (first - columns(term)) + lines.pop(0) + "\n")
            for line in lines:
                self.write(f"{indent}{' ' * first}{line}\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        indent = " " * self.current_indent
        for line in wrapped(text, max(self.width - self.current_indent, 10)):
            self.write(f"{indent}{line}\n")


def _each_once(make_parser: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command refuse an option that is given twice, and bytes that are no text; click would take the last without a word.

    Of the global options the last does count, so that a line that begins with them can be typed on. The name of a file
    may be any bytes.
    """

    def made(command: click.Command, ctx: click.Context) -> Any:
        parser = make_parser(command, ctx)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:
            found = parse(args)
            for option, times in Counter(found[2]).items():
                plain = isinstance(option, click.Option) and (
                    option.multiple or option.count or (option.is_flag and not option.secondary_opts)
                )
                if times > 1 and ctx.parent is not None and isinstance(option, click.Option) and not plain:
                    raise click.UsageError(_("{option} is given twice: give it once").format(option=option.opts[0]), ctx)
                found_text = found[0].get(option.name)
                if isinstance(option, click.Option) and option.metavar == "KEY":
                    found[0][option.name] = found_text = _key_meant(option, found_text)
                if ctx.parent is not None and not isinstance(option.type, click.Path):
                    _only_text(option.opts[0].lstrip("-"), found_text if isinstance(found_text, list | tuple) else [found_text])
            return found

        parser.parse_args = parse_args
        return parser

    return made


def _key_meant(option: click.Option, value: object) -> object:
    """Return the key for which a Chinese word of the option's help page, or of a list, stands; anything else as it is."""
    told = re.findall(r"([a-z][a-z_-]*)(?: |（)([^\sa-z、，。；（）][^\s、，。；（）]*)", option.help or "")
    told += [(key, console.term(f"{option.name} {key}")) for key in console.within(f"{option.name} ")]
    meant = {key for key, word in told if word == value}
    return meant.pop() if len(meant) == 1 else value


def _only_text(name: str, values: Iterable[object]) -> None:
    """Refuse bytes that are no text in UTF-8; Python reads each of them as half a character."""
    for value in values:
        half = re.search("[\ud800-\udfff]", value) if isinstance(value, str) else None
        if half is not None:
            raise UsageError(
                N_("{what} holds the invisible character U+{point}: type it again without it"),
                what=name, point=f"{ord(half[0]):04X}",
            )  # fmt: skip


def _first_sentence(command: click.Command, limit: int = 45) -> str:  # noqa: ARG001 - click's signature
    """Return what a list of commands says of one; click would cut it after a number of letters, Chinese to nothing."""
    return re.split(r"(?<=。)|(?<=\.)\s", (command.short_help or command.help or "").strip())[0]


click.Command.get_short_help_str = _first_sentence  # type: ignore[method-assign, assignment]
click.Command.make_parser = _each_once(click.Command.make_parser)  # type: ignore[method-assign]
click.Context.formatter_class = Pages  # commands make their own contexts; this is where all of them look
click.types.IntParamType.name = click.types.IntRange.name = _("whole number")  # click has no words for it


class Front(TyperGroup):
    """The root command: finds rooms by the table, and shows every failure in one place."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name every command without opening its room."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Open the room of one command."""
        if cmd_name not in _COMMANDS:
            return None
        return _room(_COMMANDS[cmd_name][0])[cmd_name]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without opening any room, and the options."""
        found = [
            CompletionItem(name, help=_(text))
            for rooms in ROOMS.values()
            for name, (_module, text) in rooms.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the table of commands without opening any room."""
        for title, rooms in ROOMS.items():
            with formatter.section(_(title)):
                formatter.write_dl([(name, _(text)) for name, (_module, text) in rooms.items()])

    def main(self, args: Any = None, prog_name: str | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run a command line; every failure becomes one sentence and an exit status here."""
        arguments = _globals_first(list(sys.argv[1:] if args is None else args))
        extra["standalone_mode"] = False
        sys.exit(_status(lambda: super(Front, self).main(arguments, prog_name or "jsup", **extra)))


@cache
def _room(module: str) -> MutableMapping[str, click.Command]:
    """Return the commands of one module of `commands`."""
    room = import_module(f"jsup.commands.{module}").app
    room.rich_markup_mode, room.suggest_commands = None, False  # its groups follow; click suggests too, and in Chinese
    return get_group(room).commands


def _status(run: Any) -> int:
    try:
        result = run()
        sys.stdout.flush()
    except JsupError as error:
        return console.refuse(error)
    except click.exceptions.Abort:
        console.complain(_("Aborted!"))
        return 1
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    except click.ClickException as error:
        words = error.format_message().split()
        if console.language() == "zh":  # click ends a sentence by itself
            words[-1] = words[-1].rstrip(".。")
            words[-1] += "" if words[-1][-1:] in "？！" else "。"
        if isinstance(error, click.UsageError) and error.ctx is not None:
            words.append(_("Try '{command} {option}' for help.").format(command=error.ctx.command_path, option="--help"))
        console.complain(" ".join(words))
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF):
            return _bug(error)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        console.complain(_("the output cannot be written; what was to be done was done"))
        return 1
    except Exception as error:  # noqa: BLE001 - the one place: nobody should see a traceback
        return _bug(error)
    return result if isinstance(result, int) else 0


def _bug(error: Exception) -> int:
    if os.environ.get("JSUP_DEBUG"):
        raise error
    return console.bug(error, _report())


def _report() -> str:
    import tempfile  # noqa: PLC0415 - only for a report
    import traceback  # noqa: PLC0415

    try:
        descriptor, name = tempfile.mkstemp(prefix="jsup-report-", suffix=".txt")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"jsup {__version__}, Python {sys.version}\n{traceback.format_exc()}")
    except OSError:
        return "—"
    return name


def _globals_first(arguments: list[str]) -> list[str]:
    """Let the global options stand anywhere on the line, as people type them."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _GLOBAL:
            front += [word, *(value for value in [next(words, None)] if value is not None)]
        elif word.startswith(tuple(f"{name}=" for name in _GLOBAL)):
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def _version(wanted: bool) -> None:
    if wanted:
        print(f"jsup {__version__}")
        raise typer.Exit


app = typer.Typer(cls=Front, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback(help=_("The ledger of those who supervise how agencies inspect enterprises (涉企行政检查执法监督台账)."))
def front(
    ctx: typer.Context,
    ledger: Annotated[
        str | None, typer.Option(envvar="JSUP_LEDGER", metavar="PATH|URL", help=_("The ledger: a file, or a database's address"))
    ] = None,
    today: Annotated[str | None, typer.Option(envvar="JSUP_TODAY", metavar="DATE", help=_("The day to reckon from"))] = None,
    officer: Annotated[str | None, typer.Option(envvar="JSUP_OFFICER", metavar="NAME", help=_("Who is at work"))] = None,
    version: Annotated[bool, typer.Option("--version", is_eager=True, callback=_version, help=_("Print the version"))] = False,
) -> None:
    """Settle what every command needs to know."""
    del version
    ctx.obj = Here(ledger, optional_day(today, "--today") or _today(), officer)


def _today() -> date:
    """Return the date in China, whatever zone the machine is set to."""
    return (datetime.now(UTC) + timedelta(hours=8)).date()


def main() -> None:
    """Run the command line."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - nobody reads it
    sys.stderr = sys.stderr or sys.stdout
    if hasattr(sys.stdout, "reconfigure"):  # a file's name may hold bytes that are no text
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="backslashreplace")
    root.main()


root = get_command(app)
for option in root.params:  # Typer's own words for these two are not in its catalogue
    if isinstance(option, click.Option) and option.name == "install_completion":
        option.help = _("Install completion for the current shell")
    elif isinstance(option, click.Option) and option.name == "show_completion":
        option.help = _("Print completion for the current shell")
