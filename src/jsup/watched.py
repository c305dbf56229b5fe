"""SQLModel entities of the watch: inspectors, clues, plans, inspections, anomalies. Nothing else, as in models.py."""

from datetime import date

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel


class AgencyName(SQLModel, table=True):
    """A name that an agency bore until (not on) a day, with the document that gave it another."""

    __tablename__ = "agency_name"

    id: int | None = Field(default=None, primary_key=True)
    agency_code: str = Field(foreign_key="agency.code", index=True)
    name: str
    until_on: date
    document: str


class Inspector(SQLModel, table=True):
    """An inspector's certificate, valid from its first to its last day, both inclusive, while nothing else says otherwise."""

    __tablename__ = "inspector"

    certificate: str = Field(primary_key=True)
    name: str
    agency_code: str = Field(foreign_key="agency.code", index=True)
    valid_from: date | None = None
    valid_to: date | None = None


class CertificateState(SQLModel, table=True):
    """A change of a certificate: `state` is suspended, revoked or valid (again), from its first day on; the latest counts."""

    __tablename__ = "certificate_state"

    id: int | None = Field(default=None, primary_key=True)
    certificate: str = Field(foreign_key="inspector.certificate", index=True)
    state: str
    from_on: date
    until_on: date | None = None
    document: str | None = None
    officer: str
    entered_on: date


class Entrustment(SQLModel, table=True):
    """Who inspects in whose name: `body` for `organ_code`, within a scope, from the first to the last day, both inclusive.

    `scope` names items with semicolons between; 全部 is everything. `ended_on` is the first day without it, where it was ended.
    """

    __tablename__ = "entrustment"

    id: int | None = Field(default=None, primary_key=True)
    organ_code: str = Field(foreign_key="agency.code", index=True)
    body: str = Field(index=True)
    scope: str = Field(sa_type=Text)
    from_on: date
    to_on: date
    document: str
    ended_on: date | None = None
    ended_why: str | None = None


class Gathering(SQLModel, table=True):
    """An exchange with those who watch along: of which kind (`words.GATHERINGS`), when, who, and what came of it."""

    __tablename__ = "gathering"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    held_on: date
    who: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    outcome: str | None = Field(default=None, sa_type=Text)
    officer: str


class Clue(SQLModel, table=True):
    """What came in, by channel; `state` is open, finding, referred, merged or dismissed. `source_number` is its number there."""

    __tablename__ = "clue"
    __table_args__ = (Index("clue_source", "channel", "source_number", unique=True),)

    number: str = Field(primary_key=True)
    channel: str
    source_number: str | None = None
    agency_code: str | None = Field(default=None, foreign_key="agency.code", index=True)
    received_on: date
    title: str
    content: str | None = Field(default=None, sa_type=Text)
    officer: str
    gathering_id: int | None = Field(default=None, foreign_key="gathering.id")
    state: str
    triaged_on: date | None = None
    why: str | None = Field(default=None, sa_type=Text)
    finding_number: str | None = Field(default=None, foreign_key="finding.number", index=True)
    merged_into: str | None = Field(default=None, foreign_key="clue.number")
    referred_to: str | None = None
    paper_id: int | None = Field(default=None, foreign_key="paper.id")


class Complainant(SQLModel, table=True):
    """Who complained, kept apart: the journal holds `digest` only, a SHA-256 salted by `salt`.

    Erasing empties everything but the clue's number, the digest, and when and why that was done.
    """

    __tablename__ = "complainant"

    id: int | None = Field(default=None, primary_key=True)
    clue_number: str = Field(foreign_key="clue.number", unique=True)
    name: str | None = None
    phone: str | None = None
    identity: str | None = None
    address: str | None = None
    salt: str | None = None
    digest: str
    erased_on: date | None = None
    erased_why: str | None = None


class Complaint(SQLModel, table=True):
    """An agency's own handling of a complaint of an enterprise, by its number there; no complainant's name is kept."""

    __tablename__ = "complaint"
    __table_args__ = (
        Index("complaint_of", "agency_code", "number", unique=True),
        Index("complaint_open", "received_on", sqlite_where=text("done_on IS NULL"), postgresql_where=text("done_on IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    agency_code: str = Field(foreign_key="agency.code")
    number: str
    subject: str | None = Field(default=None, sa_type=Text)
    received_on: date
    accepted_on: date | None = None
    done_on: date | None = None
    result: str | None = Field(default=None, sa_type=Text)


class Plan(SQLModel, table=True):
    """An inspection plan by its code: `kind` is annual or special; `ordered_by` is the superior body that ordered a campaign."""

    __tablename__ = "plan"

    code: str = Field(primary_key=True)
    agency_code: str = Field(foreign_key="agency.code", index=True)
    title: str
    kind: str
    year: int
    from_on: date
    to_on: date
    field: str | None = None
    ordered_by: str | None = None
    made_on: date | None = None
    municipal_on: date | None = None
    municipal_number: str | None = None
    filed_on: date | None = None
    filed_number: str | None = None
    published_on: date | None = None
    published_at: str | None = None
    legality: str | None = Field(default=None, sa_type=Text)
    reasonableness: str | None = Field(default=None, sa_type=Text)
    coordination: str | None = Field(default=None, sa_type=Text)


class PlanVisit(SQLModel, table=True):
    """A visit that a plan foresees: an enterprise, from a first to a last day, both inclusive; `merge_id` once it is merged."""

    __tablename__ = "plan_visit"
    __table_args__ = (Index("plan_visit_at", "enterprise_code", "from_on"),)

    id: int | None = Field(default=None, primary_key=True)
    plan_code: str = Field(foreign_key="plan.code", index=True)
    enterprise_code: str
    enterprise: str
    item: str | None = None
    from_on: date
    to_on: date
    merge_id: int | None = Field(default=None, foreign_key="plan_merge.id", index=True)
    dropped_on: date | None = None


class PlanMerge(SQLModel, table=True):
    """Visits that were made one (综合查一次): on which day, and how many visits were saved."""

    __tablename__ = "plan_merge"

    id: int | None = Field(default=None, primary_key=True)
    enterprise_code: str
    merged_on: date
    visit_on: date
    joint: str | None = None
    saved: int
    officer: str


class Batch(SQLModel, table=True):
    """Rows that were taken in together: those of `name` with the ids from `first_id` on, `count` of them, held by `digest`.

    `digest` is the SHA-256 of their own, in order, with line feeds between.
    """

    __tablename__ = "batch"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    file_name: str
    file_sha256: str
    taken_on: date
    rows: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    first_id: int
    count: int
    digest: str


class Inspection(SQLModel, table=True):
    """One record of an inspection, in one of its versions; the latest counts. Bulk rows: each holds its own SHA-256.

    `day` is `visited_on` as a number of days, `lag` the days until the upload, `crew` the number of inspectors.
    An empty text is an empty cell; None is a column that the file did not have.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        Index("inspection_record", "record", "version", unique=True),
        Index("inspection_day", "day", "agency_code", sqlite_where=text("latest = 1"), postgresql_where=text("latest = 1")),
        Index("inspection_visit", "enterprise_code", "day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    version: int
    latest: int
    sha256: str
    record: str
    title: str
    agency_code: str
    agency: str | None = None
    body: str | None = None
    enterprise: str | None = None
    enterprise_code: str
    district: str | None = None
    form: str | None = None
    kind: str | None = None
    method: str | None = None
    result: str | None = Field(default=None, sa_type=Text)
    visited_on: date
    inspectors: str | None = Field(default=None, sa_type=Text)
    certificates: str | None = Field(default=None, sa_type=Text)
    uploaded_on: date | None = None
    code: str | None = None
    plan_code: str | None = None
    reason: str | None = Field(default=None, sa_type=Text)
    joint: str | None = None
    item: str | None = None
    risk: str | None = None
    trigger: str | None = None
    notice: str | None = None
    rating: str | None = None
    day: int
    lag: int | None = None
    crew: int
    offsite: int
    triggered: int


class HeadingWord(SQLModel, table=True):
    """A heading of inspection files that the bureau added, and the column that it stands for; the latest counts."""

    __tablename__ = "heading"

    id: int | None = Field(default=None, primary_key=True)
    heading: str = Field(index=True)
    field: str | None = None
    added_on: date
    officer: str


class MunicipalItem(SQLModel, table=True):
    """An inspection item of the municipal list (市级清单), until (not on) the day on which it was struck."""

    __tablename__ = "municipal_item"

    name: str = Field(primary_key=True)
    field: str | None = None
    added_on: date
    struck_on: date | None = None


class Look(SQLModel, table=True):
    """The monthly look at an agency's uploaded cases: how many cases, and what it showed."""

    __tablename__ = "look"
    __table_args__ = (Index("look_of", "month", "agency_code"),)

    id: int | None = Field(default=None, primary_key=True)
    month: str
    agency_code: str = Field(foreign_key="agency.code", index=True)
    looked_on: date
    cases: int
    result: str = Field(sa_type=Text)
    officer: str


class Duty(SQLModel, table=True):
    """A recurring duty: `every` is week, month, quarter, half-year or year; it runs from its first day until it is ended."""

    __tablename__ = "duty"

    id: int | None = Field(default=None, primary_key=True)
    title: str
    every: str
    from_on: date
    clause: str | None = None
    ended_on: date | None = None
    ended_why: str | None = None


class DutyDone(SQLModel, table=True):
    """A duty as it was done: by whom and with what result."""

    __tablename__ = "duty_done"

    id: int | None = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty.id", index=True)
    done_on: date
    note: str | None = Field(default=None, sa_type=Text)
    officer: str


class Anomaly(SQLModel, table=True):
    """What a scan turned up: `state` is open, verified or dismissed; `key` names it once and for all, whatever is scanned again.

    `records` are the numbers of the inspections that show it, with semicolons between; `reason` is JSON of its values.
    """

    __tablename__ = "anomaly"
    __table_args__ = (
        Index("anomaly_key", "rule", "key", unique=True),
        Index(
            "anomaly_common",
            "rule",
            "found_on",
            "agency_code",
            sqlite_where=text("state IN ('open', 'verified')"),
            postgresql_where=text("state IN ('open', 'verified')"),
        ),
        Index("anomaly_open", "found_on", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    rule: str
    key: str
    month: str = Field(index=True)
    clause: str
    agency_code: str = Field(index=True)
    enterprise_code: str
    records: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    found_on: date
    state: str
    decided_on: date | None = None
    decided_by: str | None = None
    why: str | None = Field(default=None, sa_type=Text)
    finding_number: str | None = Field(default=None, foreign_key="finding.number", index=True)
