"""A finding's way, as one table: which step may follow which, and what each sets in motion.

Each row has its clause. Rows of one command differ by `variant`. The order of the rows is the order
in which lawful steps are proposed.
"""

from typing import NamedTuple

from jsup.errors import N_

OPEN, WARNED, UNRECTIFIED, RECTIFIED = N_("open"), N_("warned"), N_("unrectified"), N_("rectified")
SIGNED, SERVED, UNRESOLVED, ESCALATED = N_("signed"), N_("served"), N_("unresolved"), N_("escalated")
DECIDED, DECISION_SERVED, CLOSED, WITHDRAWN = N_("decided"), N_("decision-served"), N_("closed"), N_("withdrawn")
STAGES = (
    OPEN, WARNED, UNRECTIFIED, RECTIFIED, SIGNED, SERVED, UNRESOLVED, ESCALATED, DECIDED, DECISION_SERVED, CLOSED, WITHDRAWN,
)  # fmt: skip
ENDED = (CLOSED, WITHDRAWN)
_LIVE = tuple(stage for stage in STAGES if stage not in ENDED)

METHODS = (N_("phone"), N_("visit"), N_("meeting"), N_("letter"), N_("order"), N_("other"))
WAYS = (N_("direct"), N_("exchange"), N_("confidential"), N_("electronic"), N_("left"))
RESULTS = (N_("full"), N_("partial"), N_("none"))
MEASURES = (N_("circular"), N_("interview"), N_("criticism"), N_("suspend"), N_("revoke"), N_("transfer"))
GROUNDS = {UNRECTIFIED: UNRECTIFIED, N_("outstanding"): OPEN}
"""Why a recommendation is made, and the stage of its findings."""
IN_WRITING = ("letter", "order")
"""Ways of warning that put the agency's date on paper."""

FIRST, SECOND, HOLD = "二（二）1 第一步", "二（二）1 第二步", "二（二）2"
OUTSTANDING, SUPERIOR = "二（四）2", "国务院令第825号 第四十二条"
OWN = "本局"
"""The plan says nothing of it: the bureau's own rule for its ledger."""


class Start(NamedTuple):
    """A clock that a step starts: from its own day, or from the last day of the clock named in `after`."""

    period: str
    event: str
    after: str = ""


class Step(NamedTuple):
    """One row of the table.

    `needs` are the options asked for once the step is lawful; `conditions` are facts of the case.
    `meets` are the clocks that this act itself meets; `ends_all` cancels every other open one.
    `restarts` moves a clock's start to the earlier of its own and the step's day; `reopens` takes
    back a meeting of a clock. With `after_expiry`, stage and clocks stay as they are until the
    agency's period has expired. `side` steps lie beside the way; a step `until_expiry` is proposed
    only that long.
    """

    command: str
    stages: tuple[str, ...]
    to: str
    clause: str
    variant: str = ""
    needs: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    starts: tuple[Start, ...] = ()
    meets: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    reopens: tuple[str, ...] = ()
    ends_all: bool = False
    after_expiry: bool = False
    side: bool = False
    until_expiry: bool = False

    @property
    def name(self) -> str:
        """The command without its options."""
        return self.command.split(" --")[0]


TABLE = (
    Step("sign", (UNRECTIFIED, OPEN), SIGNED, SECOND, needs=("by",), conditions=("drafted",), meets=("recommendation",)),
    Step(
        "warn", (OPEN,), WARNED, FIRST, needs=("method",),
        starts=(Start("warning", "warn"), Start("recommendation", "warning_end", after="warning")),
    ),
    Step("confirm --unrectified", (WARNED,), UNRECTIFIED, FIRST, "unrectified", meets=("warning",), restarts=("recommendation",)),
    Step("confirm --rectified", (WARNED,), RECTIFIED, FIRST, "rectified", meets=("warning",), ends_all=True),
    Step("recommend", (UNRECTIFIED,), "", SECOND),
    Step("recommend --ground outstanding", (OPEN,), "", OUTSTANDING, "outstanding"),
    Step(
        "deliver", (SIGNED,), SERVED, SECOND, needs=("by_way", "receiver"),
        starts=(Start("rectification", "service"), Start("review", "rectification_end", after="rectification")),
    ),
    Step("deliver", (DECIDED,), DECISION_SERVED, SECOND, starts=(Start("decision", "decision_service"),)),
    Step("rectify", (SERVED,), "", SECOND, conditions=("unreported",), meets=("rectification",), until_expiry=True),
    Step("agency amend", (UNRESOLVED, ESCALATED), "", SUPERIOR, conditions=("unknown",)),
    Step("escalate", (UNRESOLVED,), ESCALATED, SECOND, conditions=("known",)),
    Step("escalate", (RECTIFIED,), ESCALATED, SECOND, conditions=("late", "known")),
    Step(
        "review --result full", (SERVED, UNRESOLVED, DECISION_SERVED), RECTIFIED, SECOND, "full", needs=("result",),
        meets=("rectification", "review", "decision"), ends_all=True,
    ),
    Step(
        "review --result partial/none", (SERVED, DECISION_SERVED), UNRESOLVED, SECOND, "short", needs=("result", "remaining"),
        meets=("review",), reopens=("rectification",), after_expiry=True,
    ),
    Step("decide", (ESCALATED,), DECIDED, SECOND, needs=("number", "rectify_by"), conditions=("known", "local")),
    Step("close", (ESCALATED,), CLOSED, SECOND, conditions=("known", "upward"), ends_all=True),
    Step("return", (ESCALATED,), UNRESOLVED, SECOND),
    Step("close", (RECTIFIED,), CLOSED, SECOND, conditions=("in_time",), ends_all=True),
    Step("close --why", (RECTIFIED,), CLOSED, SECOND, needs=("why",), conditions=("late",), ends_all=True),
    Step("close --why --approved-by", (UNRESOLVED,), CLOSED, SECOND, needs=("why", "approved_by"), ends_all=True),
    Step("notify", (UNRECTIFIED, SIGNED, SERVED), "", SUPERIOR, conditions=("upward",), side=True),
    Step("account", (DECISION_SERVED,), "", HOLD, needs=("measure",), side=True),
    Step(
        "account --measure criticism", tuple(stage for stage in STAGES if stage not in (OPEN, WITHDRAWN)), "", HOLD, "criticism",
        needs=("measure",), side=True,
    ),
    Step("account --measure transfer", STAGES, "", HOLD, "transfer", needs=("measure",), side=True),
    Step(
        "extend", (WARNED, SERVED, DECISION_SERVED), "", OWN, needs=("period", "until", "why", "approved_by"),
        conditions=("extendable",), side=True,
    ),
    Step("object", STAGES, "", OWN, side=True),
    Step("answer", STAGES, "", OWN, conditions=("objected",), side=True),
    Step("attach", STAGES, "", OWN, needs=("file",), side=True),
    Step("amend", STAGES, "", OWN, needs=("set", "why"), side=True),
    Step("withdraw", _LIVE, WITHDRAWN, OWN, needs=("why",), ends_all=True, side=True),
)  # fmt: skip

CONDITIONS = {
    "drafted": N_("there is no draft of the recommendation yet: `jsup recommend {number}` makes it"),
    "known": N_(
        "who stands above {agency} is not settled: `jsup agency amend {agency_code} --set management=local/vertical/dual --why …`"
    ),
    "unknown": N_("who stands above {agency} is settled"),
    "local": N_("{agency} is under vertical or dual management: its superior body decides, not the district government"),
    "upward": N_("{agency} is not under vertical or dual management: the district government decides"),
    "late": N_("it was not rectified late"),
    "in_time": N_("it was rectified late"),
    "unreported": N_("the agency has already reported its rectification"),
    "extendable": N_("no period of the agency is running any more, and an expired one is not extended"),
    "objected": N_("no objection waits for an answer"),
}


class Case(NamedTuple):
    """What the table asks of a finding besides its stage, on a given day."""

    number: str
    stage: str
    agency: str
    agency_code: str
    management: str
    drafted: bool
    late: bool
    unreported: bool
    objected: bool
    notified: bool
    extendable: bool
    expired: bool

    @property
    def in_time(self) -> bool:
        """Not rectified late."""
        return not self.late

    @property
    def unknown(self) -> bool:
        """Nobody has settled who stands above the agency."""
        return self.management == "unknown"

    @property
    def known(self) -> bool:
        """It is settled who stands above the agency."""
        return not self.unknown

    @property
    def local(self) -> bool:
        """The district government decides on the agency."""
        return self.management == "local"

    @property
    def upward(self) -> bool:
        """The agency's superior body decides on it. Source: 国务院令第825号 第四十二条."""
        return self.management in ("vertical", "dual")


def failing(step: Step, case: Case) -> str:
    """Return the first condition of a step that the case does not meet, or nothing."""
    return next((name for name in step.conditions if not getattr(case, name)), "")


def lawful(case: Case) -> list[Step]:
    """Return every step that is lawful now, the ones along the way first."""
    return [step for step in TABLE if case.stage in step.stages and not failing(step, case)]


def proposed(case: Case) -> list[Step]:
    """Return the lawful steps to propose, first the one that the case is waiting for.

    Where management is vertical or dual, `notify` is proposed as soon as the problem is confirmed, until it is done.
    Source: 国务院令第825号 第四十二条.
    """
    steps = [step for step in lawful(case) if not step.side and not (step.until_expiry and case.expired)]
    return steps + [step for step in lawful(case) if step.name == "notify" and not case.notified]


def find(name: str, variant: str | None, case: Case) -> tuple[Step | None, str]:
    """Return the lawful row for a command, or none and the condition that stands in its way.

    `variant` None asks whether any row of the command is lawful.
    """
    rows = [
        step
        for step in TABLE
        if step.name == name and case.stage in step.stages and (variant is None or step.variant in ("", variant))
    ]
    for step in rows:
        if not failing(step, case):
            return step, ""
    return None, failing(rows[0], case) if rows else ""
