"""SQLModel entities, nothing else. Every table has one key column; the journal names rows by it."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel


class Journal(SQLModel, table=True):
    """One entry of the hash chain: hash = sha256(prev_hash LF body)."""

    __tablename__ = "journal"

    seq: int = Field(primary_key=True)
    prev_hash: str = Field(unique=True)
    hash: str
    body: str = Field(sa_type=Text)


class PolicyText(SQLModel, table=True):
    """One version of the policy: the whole text of its file, and what it says as JSON; without that the text is read."""

    __tablename__ = "policy"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    in_force_on: date
    sha256: str
    text: str = Field(sa_type=Text)
    ready: str | None = Field(default=None, sa_type=Text)


class CalendarYear(SQLModel, table=True):
    """One announcement of a year: `days` is JSON, {"rest": {date: holiday}, "work": {date: holiday}}.

    The latest row of a year is in force; a calendar version is the id of the last row it includes.
    """

    __tablename__ = "calendar_year"

    id: int | None = Field(default=None, primary_key=True)
    year: int = Field(index=True)
    source: str
    number: str | None = None
    published_on: date | None = None
    why: str | None = None
    days: str = Field(sa_type=Text)


class Agency(SQLModel, table=True):
    """An agency under supervision; `code` is its uid in a draw."""

    __tablename__ = "agency"

    code: str = Field(primary_key=True)
    name: str
    level: str
    status: str
    management: str
    superior: str | None = None
    head: str | None = None
    contact: str | None = None
    phone: str | None = None
    retired_on: date | None = None


class Succession(SQLModel, table=True):
    """A reorganised agency and one that takes its place; it counts for draws after `after_id`, the last one then."""

    __tablename__ = "succession"

    id: int | None = Field(default=None, primary_key=True)
    old: str = Field(foreign_key="agency.code", index=True)
    new: str = Field(foreign_key="agency.code", index=True)
    done_on: date
    document: str
    after_id: int | None = Field(default=None, foreign_key="draw.id")


class Draw(SQLModel, table=True):
    """One draw with the frame's bytes and everything that recomputes it; ids follow the order of freezing.

    It is frozen, then announced where that was done, then drawn, and may be voided at any time.
    `coverage` is empty where none was asked for.
    """

    __tablename__ = "draw"

    id: int | None = Field(default=None, primary_key=True)
    draw_id: str = Field(unique=True)
    quarter: str = Field(index=True)
    share: str
    coverage: int | None = None
    frame: str = Field(sa_type=Text)
    frame_sha256: str
    frame_size: int
    sample_size: int
    frozen_on: date | None = None
    announced_on: date | None = None
    source: str | None = None
    published_at: str | None = None
    public_value: str | None = None
    known_on: date | None = None
    seed: str | None = None
    anchored: bool
    drawn_on: date | None = None
    voided_on: date | None = None
    void_why: str | None = None


class DrawPlace(SQLModel, table=True):
    """One unit taken by a draw; `place` counts from 1."""

    __tablename__ = "draw_place"
    __table_args__ = (Index("draw_place_of", "draw_id", "place", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: str = Field(foreign_key="draw.draw_id")
    place: int
    uid: str = Field(foreign_key="agency.code")
    name: str
    stratum: str
    weight: int
    wait: int
    ticket: str
    forced: bool


class DrawSubstitution(SQLModel, table=True):
    """A place that was handed on: `replaced` held it, `uid` holds it from then on."""

    __tablename__ = "draw_substitution"
    __table_args__ = (Index("draw_substitution_of", "draw_id", "replaced", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: str = Field(foreign_key="draw.draw_id")
    place: int
    replaced: str = Field(foreign_key="agency.code")
    uid: str = Field(foreign_key="agency.code")
    name: str
    stratum: str
    weight: int
    wait: int
    ticket: str
    reason: str
    note: str
    officer: str
    done_on: date


class DrawCheck(SQLModel, table=True):
    """One check of a drawn agency; `methods` are the ways of checking, with commas between."""

    __tablename__ = "draw_check"
    __table_args__ = (Index("draw_check_of", "draw_id", "uid"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: str = Field(foreign_key="draw.draw_id")
    uid: str = Field(foreign_key="agency.code")
    methods: str
    done_on: date
    officer: str
    note: str | None = Field(default=None, sa_type=Text)
    withdrawn_on: date | None = None
    withdrawn_why: str | None = None


class DrawCheckItem(SQLModel, table=True):
    """One item of a check sheet as answered, or (without `item`) a finding that the check as a whole led to.

    The latest answer of a drawn agency's item counts.
    """

    __tablename__ = "draw_check_item"

    id: int | None = Field(default=None, primary_key=True)
    check_id: int = Field(foreign_key="draw_check.id", index=True)
    way: str | None = None
    item: str | None = None
    result: str
    points: int | None = None
    note: str | None = Field(default=None, sa_type=Text)
    finding_number: str | None = Field(default=None, foreign_key="finding.number")


class Finding(SQLModel, table=True):
    """One problem at one agency: the matter that goes through the three steps."""

    __tablename__ = "finding"
    __table_args__ = (
        Index("finding_common", "category", "found_on", "agency_code", sqlite_where=text("stage <> 'withdrawn'"),
              postgresql_where=text("stage <> 'withdrawn'")),
    )  # fmt: skip

    number: str = Field(primary_key=True)
    agency_code: str = Field(foreign_key="agency.code", index=True)
    category: str
    title: str
    found_on: date
    source: str | None = None
    facts: str | None = Field(default=None, sa_type=Text)
    basis: str | None = Field(default=None, sa_type=Text)
    stage: str
    rectified_on: date | None = None
    remaining: str | None = Field(default=None, sa_type=Text)
    decision_number: str | None = None
    decision_until: date | None = None
    assigned_to: str | None = None
    severity: str | None = None
    """minor or serious; none is ordinary."""


class Deadline(SQLModel, table=True):
    """One clock of a finding, with the versions of policy and calendar under which it was reckoned.

    `count` is empty where the last day was named. `given_on` is the last day that an agency has in
    writing: its period never ends before. `after_id` is the clock from whose last day this one starts.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index("deadline_open", "due_on", sqlite_where=text("met_on IS NULL AND cancelled_on IS NULL"),
              postgresql_where=text("met_on IS NULL AND cancelled_on IS NULL")),
        CheckConstraint("met_on IS NULL OR cancelled_on IS NULL", name="deadline_one_end"),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    finding_number: str = Field(foreign_key="finding.number", index=True)
    period: str
    owner: str
    start_event: str
    started_on: date
    count: int | None = None
    unit: str
    due_on: date
    provisional: bool
    given_on: date | None = None
    met_on: date | None = None
    cancelled_on: date | None = None
    clause: str
    after_id: int | None = Field(default=None, foreign_key="deadline.id")
    policy_id: int = Field(foreign_key="policy.id")
    calendar_id: int = Field(foreign_key="calendar_year.id")


class Paper(SQLModel, table=True):
    """One official paper: `state` is draft, reviewed, signed, sealed, served or void.

    `number` is its document number (文号); where jsup's pattern made it, `series` is that pattern and
    `serial` the place in the year, and `number_why` explains a gap before it. `data` is JSON of all that it says. Its file
    lies in `folder`; `sha256` is the file's as jsup wrote it last. Papers of before schema 0003 have neither.
    """

    __tablename__ = "paper"
    __table_args__ = (
        Index("paper_number", "number", unique=True),
        Index("paper_folder", "folder", sqlite_where=text("folder IS NOT NULL"), postgresql_where=text("folder IS NOT NULL")),
        Index("paper_series", "series", "series_year", "serial", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    agency_code: str | None = Field(default=None, foreign_key="agency.code")
    ground: str
    state: str
    number: str | None = None
    series: str | None = None
    series_year: int | None = None
    serial: int | None = None
    number_why: str | None = None
    drafted_on: date
    drafted_by: str | None = None
    reviewed_on: date | None = None
    reviewed_by: str | None = None
    signed_on: date | None = None
    signed_by: str | None = None
    sealed_on: date | None = None
    sealed_by: str | None = None
    served_on: date | None = None
    served_way: str | None = None
    served_to: str | None = None
    voided_on: date | None = None
    voided_by: str | None = None
    void_why: str | None = None
    draw_id: str | None = Field(default=None, foreign_key="draw.draw_id")
    data: str | None = Field(default=None, sa_type=Text)
    folder: str | None = None
    file_name: str
    sha256: str


class PaperFinding(SQLModel, table=True):
    """A finding that a paper covers, in the paper's order."""

    __tablename__ = "paper_finding"

    id: int | None = Field(default=None, primary_key=True)
    paper_id: int = Field(foreign_key="paper.id", index=True)
    finding_number: str = Field(foreign_key="finding.number", index=True)


class PaperFile(SQLModel, table=True):
    """A file attached to a paper, such as its signed scan, kept by its fingerprint."""

    __tablename__ = "paper_file"

    id: int | None = Field(default=None, primary_key=True)
    paper_id: int = Field(foreign_key="paper.id", index=True)
    file_name: str
    bytes: int
    sha256: str
    added_on: date
    officer: str
    note: str | None = Field(default=None, sa_type=Text)


class PaperTemplate(SQLModel, table=True):
    """A template that the bureau set for a kind of paper, in base64; the latest counts, one without text is the package's."""

    __tablename__ = "paper_template"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    set_on: date
    officer: str
    file_name: str | None = None
    sha256: str | None = None
    document: str | None = Field(default=None, sa_type=Text)


class Event(SQLModel, table=True):
    """What was done to a finding or an agency; `details` is JSON of the step's options."""

    __tablename__ = "event"

    id: int | None = Field(default=None, primary_key=True)
    finding_number: str | None = Field(default=None, foreign_key="finding.number", index=True)
    agency_code: str | None = Field(default=None, foreign_key="agency.code", index=True)
    step: str
    done_on: date
    stage: str | None = None
    officer: str
    details: str = Field(sa_type=Text)
