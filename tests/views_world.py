"""A ledger with a row in every table, and much more of what the views reckon from, made up at random (seeded)."""

import lzma
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Boolean, Date, Integer
from sqlmodel import Session, SQLModel, select

from jsup import backups, words
from jsup.journal import Entry, canonical
from jsup.ledger import Ledger
from jsup.models import Agency, Deadline, Draw, DrawCheck, DrawPlace, DrawSubstitution, Event, Finding, Paper, PaperFinding
from jsup.outcomes import (
    Activity,
    Experience,
    Guidance,
    Guide,
    GuideDelivery,
    InspectionNote,
    Resolution,
    ScoreAgency,
    ScoreRound,
)  # fmt: skip
from jsup.watched import (
    AgencyName,
    Anomaly,
    CertificateState,
    Clue,
    Complaint,
    Entrustment,
    Inspection,
    Inspector,
    Plan,
    PlanVisit,
)  # fmt: skip

NEWEST = sorted((Path(__file__).parent / "ledgers").glob("*.db.xz"))[-1]
FIRST = date(2026, 10, 1)
DECOY = 'said "result":"none","measure":"circular","agency":"x"'
"""A text that looks like what the views look for."""


def made(place: Path, folder: Path, seed: int) -> None:
    """Restore the newest of the older ledgers into a place, and let it grow."""
    old = folder / "old.db"
    old.write_bytes(lzma.decompress(NEWEST.read_bytes()))
    backups.restore(old, place)
    with Ledger(place, Entry("grow", "officer", date(2026, 11, 24))).change() as session:
        World(session, Random(seed)).grow()


class World:
    """One session and one source of chance."""

    def __init__(self, session: Session, chance: Random) -> None:
        self.session, self.chance, self.serial = session, chance, count(1)

    def day(self) -> date:
        """Return one of a few days, so that many fall together."""
        return FIRST + timedelta(days=self.chance.randrange(12))

    def some(self, model: type[SQLModel], **given: Any) -> Any:
        """Add an entity: what is not given is made up, every text another one, what may be missing is missing now and then."""
        for column in model.__table__.columns:
            if column.name in given or (column.primary_key and column.autoincrement is True):
                continue
            if column.primary_key and isinstance(column.type, Integer):
                continue
            if column.foreign_keys or (column.nullable and self.chance.random() < 0.3):
                given[column.name] = None
            elif isinstance(column.type, Date):
                given[column.name] = self.day()
            elif isinstance(column.type, Boolean):
                given[column.name] = self.chance.random() < 0.5
            elif isinstance(column.type, Integer):
                given[column.name] = self.chance.randrange(100)
            else:
                given[column.name] = f"{column.name}-{next(self.serial)}"
        row = model(**given)
        self.session.add(row)
        self.session.flush()
        return row

    def often(self, most: int) -> range:
        return range(self.chance.randrange(most + 1))

    def maybe(self, value: Any, share: float = 0.5) -> Any:
        return value if self.chance.random() < share else None

    def grow(self) -> None:
        """Add what the views reckon from."""
        self.agencies = self.chance.sample(sorted(row.code for row in self.session.exec(select(Agency))), 12)
        self.rename()
        for number in range(40):
            self.finding(f"V-{number:02}")
        self.papers()
        self.draws()
        self.watch()
        self.outcomes()

    def agency(self) -> str:
        return self.chance.choice(self.agencies)

    def rename(self) -> None:
        """Rename agencies, some twice, some twice on one day; retire some; settle the management of others."""
        for code in self.agencies[:7]:
            agency = self.session.get_one(Agency, code)
            days = sorted(self.day() for _ in range(self.chance.randint(1, 3)))
            for until_on in [*days, days[-1]] if self.chance.random() < 0.4 else days:
                self.some(AgencyName, agency_code=code, name=agency.name, until_on=until_on)
                agency.name = f"{agency.name}甲"
            if self.chance.random() < 0.4:
                self.some(AgencyName, agency_code=code, name=f"更早{agency.name}", until_on=min(days))
        for code in self.agencies[5:8]:
            self.session.get_one(Agency, code).retired_on = self.day()
        for code in self.agencies[6:]:
            agency = self.session.get_one(Agency, code)
            agency.management, agency.superior = self.chance.choice(["local", "vertical", "dual", "unknown"]), f"superior {code}"

    def finding(self, number: str) -> None:
        """Add a finding with clocks, met, cancelled and open, and with what was done to it."""
        stage = self.chance.choice([*words.STAGES, "open", "open", "unrectified", "unrectified"])
        severity = self.chance.choice([None, "minor", "serious"])
        agency = self.agency()
        category = self.chance.choice(["repeat", "plan", "code", "other"])
        self.some(Finding, number=number, stage=stage, agency_code=agency, category=category, severity=severity)
        before = None
        for _ in self.often(5):
            end = self.chance.choice(["met_on", "cancelled_on", None])
            ends = {"met_on": None, "cancelled_on": None} | ({end: self.day()} if end else {})
            clock = self.some(
                Deadline, finding_number=number, policy_id=1, calendar_id=self.chance.randint(1, 20), **ends,
                period=self.chance.choice(["warning", "recommendation", "rectification", "review", "decision"]),
                owner=self.chance.choice(["agency", "bureau"]), after_id=self.maybe(before),
            )  # fmt: skip
            before = clock.id
        for _ in self.often(5):
            self.event(number)

    def event(self, number: str) -> None:
        step = self.chance.choice(["object", "answer", "notify", "review", "account", "account", "warn", "confirm"])
        details = {"note": DECOY} if self.chance.random() < 0.5 else {}
        if step in ("review", "confirm"):
            details["result"] = self.chance.choice(["partial", "none", "full"])
        elif step == "account":
            details["measure"] = self.chance.choice([*words.MEASURES])
        elif step == "warn":
            details |= {"result": "none", "measure": "revoke"}
        self.some(Event, finding_number=number, step=step, details=canonical(details))

    def papers(self) -> None:
        """Add papers: recommendations that cover some of the findings, and others; what they say of their agency varies."""
        names = {row.code: [row.name] for row in self.session.exec(select(Agency))}
        for row in self.session.exec(select(AgencyName)):
            names[row.agency_code].append(row.name)
        findings = [row.number for row in self.session.exec(select(Finding)) if row.number.startswith("V-")]
        for _ in range(60):
            code = self.chance.choice([None, *self.agencies[:8]])
            said = self.chance.choice([*names.get(code, ()), *names.get(code, ()), "各单位", "更早", ""])
            data = {"title": DECOY, "agency": said}
            if self.chance.random() < 0.2:
                data = {"title": "t", "agency": "", "findings": [{"agency": said}]}
            paper = self.some(
                Paper, agency_code=code, data=self.maybe(canonical(data), 0.7),
                kind=self.chance.choice(["recommendation", "recommendation", "reminder"]),
                state=self.chance.choice(["draft", "reviewed", "signed", "sealed", "served", "void"]),
                ground=self.chance.choice(["outstanding", "unrectified", ""]), draw_id=self.maybe("2026Q3"),
            )  # fmt: skip
            for number in self.chance.sample(findings, self.chance.randint(0, 2)):
                self.some(PaperFinding, paper_id=paper.id, finding_number=number)

    def draws(self) -> None:
        """Add draws, voided ones among them, with places handed on and checks that were withdrawn."""
        for draw_id, quarter in (("A1", "2026Q1"), ("A2", "2026Q2"), ("A3", "2026Q3"), ("A4", "2026Q4"), ("A5", "2025Q4")):
            voided_on = self.day() if draw_id == "A3" else None
            self.some(Draw, draw_id=draw_id, quarter=quarter, voided_on=voided_on, drawn_on=self.day())
            held = self.chance.sample(self.agencies, 9)
            for place, uid in enumerate(held[:5], 1):
                self.some(DrawPlace, draw_id=draw_id, place=place, uid=uid)
            # place 1 is handed on twice, place 2 once
            for place, replaced, uid in ((1, held[0], held[5]), (1, held[5], held[6]), (2, held[1], held[7])):
                self.some(DrawSubstitution, draw_id=draw_id, place=place, replaced=replaced, uid=uid)
            for _ in range(12):
                uid = self.chance.choice(held[:4] + held[6:8])
                self.some(DrawCheck, draw_id=draw_id, uid=uid, withdrawn_on=self.maybe(self.day(), 0.6))

    def watch(self) -> None:
        """Add clues, complaints, certificates in several states, plans, inspections in several versions, anomalies."""
        for number in range(8):
            self.some(Clue, number=f"C-{number}", agency_code=self.maybe(self.agency()), gathering_id=self.maybe(1),
                      finding_number=self.maybe("V-01"), paper_id=self.maybe(1), merged_into=self.maybe("X-1"))  # fmt: skip
            self.some(Complaint, agency_code=self.agency())
            self.some(Entrustment, organ_code=self.agency())
            self.some(Anomaly, agency_code=self.chance.choice([self.agency(), "unknown"]), finding_number=self.maybe("V-02"))
            certificate = self.some(Inspector, agency_code=self.agency()).certificate
            for state in self.chance.sample(["suspended", "revoked", "valid", "suspended"], self.chance.randint(0, 4)):
                self.some(CertificateState, certificate=certificate, state=state)
            plan = self.some(Plan, agency_code=self.agency()).code
            for _ in self.often(4):
                self.some(PlanVisit, plan_code=plan, dropped_on=self.maybe(self.day()))
            versions = self.chance.randint(1, 3)
            for version in range(1, versions + 1):
                known = self.chance.random() < 0.6
                self.some(
                    Inspection, record=f"V-R{number}", version=version, latest=int(version == versions), offsite=number % 2,
                    agency_code=self.agency() if known else "unknown", enterprise_code=f"E{number // 3}",
                    triggered=number // 2 % 2, enterprise="一公司",
                )  # fmt: skip

    def outcomes(self) -> None:
        """Add guidance, activities, guides with deliveries that were withdrawn, notes, cases, scores."""
        for number in range(8):
            self.some(Guidance, policy_id=1, calendar_id=self.chance.randint(1, 20), paper_id=self.maybe(17 + number, 0.7))
            activity = self.some(
                Activity, agency_code=self.maybe(self.agency()), guidance_id=self.maybe(1), paper_id=self.maybe(3)
            )
            for _ in self.often(2):
                self.some(Resolution, activity_id=activity.id, agency_code=self.maybe(self.agency()))
            guide = self.some(Guide, agency_code=self.agency())
            for _ in self.often(4):
                self.some(GuideDelivery, guide_id=guide.id, withdrawn_on=self.maybe(self.day()))
            self.some(InspectionNote, agency_code=self.chance.choice([self.agency(), "unknown"]))
            self.some(Experience, agency_code=self.agency(), finding_number=self.maybe("V-03"))
        for _ in range(4):
            of = self.some(ScoreRound, policy_id=1, calendar_id=1)
            for code in self.agencies[:4]:
                self.some(ScoreAgency, round_id=of.id, agency_code=code)
