"""SQLModel entities of what comes of the supervision: guidance, meetings, guides, cases, scores. Nothing else, as models.py."""

from datetime import date

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel


class Guidance(SQLModel, table=True):
    """A systemic problem and the guidance opinion on it: `state` is proposed, open, issued or dismissed.

    `reached_on` is the day on which the set number of agencies was first reached, or on which the bureau found it; the month runs
    from it, by the versions of policy and calendar named. `why` is the bureau's own reason where no number was reached.
    """

    __tablename__ = "guidance"
    id: int | None = Field(default=None, primary_key=True)
    category: str = Field(index=True)
    title: str
    reached_on: date
    due_on: date
    provisional: bool
    policy_id: int = Field(foreign_key="policy.id")
    calendar_id: int = Field(foreign_key="calendar_year.id")
    state: str
    why: str | None = Field(default=None, sa_type=Text)
    proposed_on: date
    opened_on: date | None = None
    opened_by: str | None = None
    issued_on: date | None = None
    paper_id: int | None = Field(default=None, foreign_key="paper.id")
    dismissed_on: date | None = None
    dismissed_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class GuidanceAgency(SQLModel, table=True):
    """An agency of a systemic problem: `shown` if the problem was found there, `given_on` once it got the opinion."""

    __tablename__ = "guidance_agency"
    __table_args__ = (Index("guidance_agency_of", "guidance_id", "agency_code", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    guidance_id: int = Field(foreign_key="guidance.id")
    agency_code: str = Field(foreign_key="agency.code", index=True)
    shown: bool
    given_on: date | None = None


class Activity(SQLModel, table=True):
    """Something held with agencies or enterprises, of a kind of `words.ACTIVITIES`; asked for, and held once `held_on` is set.

    `agency_code` is the agency that holds it (none: the bureau), `who` who it was with, held it, or where it was, `until_on` by
    when it was asked for, `enterprises` how many publicity reached.
    """

    __tablename__ = "activity"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    title: str
    category: str | None = None
    agency_code: str | None = Field(default=None, foreign_key="agency.code", index=True)
    who: str | None = Field(default=None, sa_type=Text)
    asked_on: date | None = None
    until_on: date | None = None
    held_on: date | None = None
    outcome: str | None = Field(default=None, sa_type=Text)
    guidance_id: int | None = Field(default=None, foreign_key="guidance.id")
    paper_id: int | None = Field(default=None, foreign_key="paper.id")
    ended_on: date | None = None
    ended_why: str | None = Field(default=None, sa_type=Text)
    enterprises: int | None = None
    officer: str


class ActivityAgency(SQLModel, table=True):
    """An agency's part in an activity: called to it, and there (it got it, attended it, or reported) once `done_on` is set.

    Of a self-check it reports the problems `found` and those `mended` of them, and how many enterprises checked themselves.
    """

    __tablename__ = "activity_agency"
    __table_args__ = (Index("activity_agency_of", "activity_id", "agency_code", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(foreign_key="activity.id")
    agency_code: str = Field(foreign_key="agency.code", index=True)
    done_on: date | None = None
    found: int | None = None
    mended: int | None = None
    enterprises: int | None = None
    note: str | None = Field(default=None, sa_type=Text)


class Resolution(SQLModel, table=True):
    """What a consultation or a joint action decided: who does it (an agency, or in words) by when; done, or ended."""

    __tablename__ = "resolution"

    id: int | None = Field(default=None, primary_key=True)
    activity_id: int = Field(foreign_key="activity.id", index=True)
    text: str = Field(sa_type=Text)
    agency_code: str | None = Field(default=None, foreign_key="agency.code", index=True)
    who: str | None = None
    until_on: date
    done_on: date | None = None
    result: str | None = Field(default=None, sa_type=Text)
    ended_on: date | None = None
    ended_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class DisciplineNotice(SQLModel, table=True):
    """Violations notified to 区纪委监委: date, number and receipt, and nothing else; in no report."""

    __tablename__ = "discipline_notice"

    id: int | None = Field(default=None, primary_key=True)
    sent_on: date
    number: str
    receipt: str | None = None
    receipt_on: date | None = None
    officer: str


class Guide(SQLModel, table=True):
    """One version of an agency's compliance guide for a field, kept by its file's fingerprint; the latest of a field counts."""

    __tablename__ = "guide"
    __table_args__ = (Index("guide_of", "agency_code", "field", "version", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    agency_code: str = Field(foreign_key="agency.code")
    field: str
    version: int
    title: str
    issued_on: date
    file_name: str | None = None
    bytes: int | None = None
    sha256: str | None = None
    withdrawn_on: date | None = None
    withdrawn_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class GuideDelivery(SQLModel, table=True):
    """A guide handed to an enterprise on a day; withdrawn where that was entered by mistake."""

    __tablename__ = "guide_delivery"
    __table_args__ = (
        Index(
            "guide_delivery_of",
            "guide_id",
            "enterprise_code",
            "delivered_on",
            unique=True,
            sqlite_where=text("withdrawn_on IS NULL"),
            postgresql_where=text("withdrawn_on IS NULL"),
        ),
        Index("guide_delivery_to", "enterprise_code", "delivered_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    guide_id: int = Field(foreign_key="guide.id")
    enterprise_code: str
    enterprise: str | None = None
    delivered_on: date
    way: str | None = None
    withdrawn_on: date | None = None
    withdrawn_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class InspectionNote(SQLModel, table=True):
    """What the agency did for the enterprise in or after an inspection: `kind` is lenient (handling) or advice."""

    __tablename__ = "inspection_note"

    id: int | None = Field(default=None, primary_key=True)
    record: str = Field(index=True)
    agency_code: str
    kind: str
    done_on: date
    text: str = Field(sa_type=Text)
    withdrawn_on: date | None = None
    withdrawn_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class Experience(SQLModel, table=True):
    """A case gathered: `kind` is experience (经验做法) or typical (典型案例); it is published only with the agency's consent."""

    __tablename__ = "experience"

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    agency_code: str = Field(foreign_key="agency.code", index=True)
    title: str
    text: str = Field(sa_type=Text)
    received_on: date
    finding_number: str | None = Field(default=None, foreign_key="finding.number")
    consent_on: date | None = None
    consent_by: str | None = None
    published_on: date | None = None
    published_in: str | None = None
    withdrawn_on: date | None = None
    withdrawn_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class ScoreRound(SQLModel, table=True):
    """The scores of a period as they went to the agencies: `state` is draft, final or void; objections until `object_by`."""

    __tablename__ = "score_round"

    id: int | None = Field(default=None, primary_key=True)
    period: str = Field(index=True)
    state: str
    drafted_on: date
    object_by: date
    provisional: bool
    start: int
    line: int
    policy_id: int = Field(foreign_key="policy.id")
    calendar_id: int = Field(foreign_key="calendar_year.id")
    final_on: date | None = None
    voided_on: date | None = None
    void_why: str | None = Field(default=None, sa_type=Text)
    officer: str


class ScoreAgency(SQLModel, table=True):
    """An agency of a round, with what its lines come to."""

    __tablename__ = "score_agency"
    __table_args__ = (Index("score_agency_of", "round_id", "agency_code", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="score_round.id")
    agency_code: str = Field(foreign_key="agency.code", index=True)
    score: int


class ScoreLine(SQLModel, table=True):
    """One deduction (points below 0) or credit of a round; withdrawn where an objection to it was upheld.

    `source` names what stands behind it: a finding's number, or `self-check N`. `note` is JSON of how it came about: its words
    (`text`), and of a finding its category and severity, its clause, and the key of its weight in the policy.
    """

    __tablename__ = "score_line"

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="score_round.id", index=True)
    agency_code: str = Field(foreign_key="agency.code")
    points: int
    reason: str
    finding_number: str | None = Field(default=None, foreign_key="finding.number", index=True)
    source: str | None = None
    note: str | None = Field(default=None, sa_type=Text)
    withdrawn_on: date | None = None
    withdrawn_why: str | None = Field(default=None, sa_type=Text)


class ScoreObjection(SQLModel, table=True):
    """An agency's objection to its score in a round, and the answer; `upheld` once it was answered."""

    __tablename__ = "score_objection"

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="score_round.id", index=True)
    agency_code: str = Field(foreign_key="agency.code")
    made_on: date
    text: str = Field(sa_type=Text)
    answered_on: date | None = None
    answer: str | None = Field(default=None, sa_type=Text)
    upheld: bool | None = None
    officer: str
