"""Compliance guides of agencies, handed to enterprises before they are inspected. Source: 二（二）1 第三步."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from jsup import codes, register, tables
from jsup.errors import N_, Problem, RefusedError, UnknownError, UsageError, checked, file_name, not_future, read_bytes
from jsup.ledger import Ledger
from jsup.outcomes import Guide, GuideDelivery
from jsup.periods import Span
from jsup.reads import Reads, Row, row_number
from jsup.register import Imported, Tally, set_fields
from jsup.tables import Column, Table

COLUMNS: Final = (
    Column("guide", ("指引编号",)),
    Column("agency_code", ("单位代码",)),
    Column("field", ("领域", "监管领域")),
    Column("enterprise_code", ("企业代码", "统一社会信用代码"), required=True),
    Column("enterprise", ("企业名称",)),
    Column("delivered_on", ("送达日期",), required=True, dated=True),
    Column("way", ("送达方式",)),
)
_TOLD: Final = ("enterprise", "way")
"""What a later table may correct in a delivery."""

# Guides -----------------------------------------------------------------------------------------


def add(book: Ledger, agency: str, field: str, title: str, on: date, file: Path | None = None) -> int:
    """Enter the next version of an agency's guide for a field, and return its number; of its file the fingerprint is kept.

    Raises:
        UnknownError: no such agency, or the file cannot be read.
        RefusedError: the day is in the future, before the last version's, or after the agency was retired; or the last version
            is the same file.
    """
    field, title = checked(field, "--field"), checked(title, "--title")
    data = read_bytes(file) if file is not None else None
    digest = sha256(data).hexdigest() if data is not None else None
    not_future(on, book.entry.today)
    with book.change() as session:
        body = register.get(session, agency)
        if body.retired_on is not None and on > body.retired_on:
            raise RefusedError(N_("agency {code} was retired on {on} already"), code=agency, on=body.retired_on)
        versions = _versions(session, agency, field)
        last = next((one for one in versions if one.withdrawn_on is None), None)
        if last is not None and digest is not None and last.sha256 == digest:
            raise RefusedError(
                N_("{file} is version {version} of this guide already, number {number}: nothing was added"),
                file=file, version=last.version, number=last.id,
            )  # fmt: skip
        if last is not None and on < last.issued_on:
            raise RefusedError(
                N_("{on} is before {floor}, the day of version {version}: enter versions in the order of their days"),
                on=on, floor=last.issued_on, version=last.version,
            )  # fmt: skip
        row = Guide(
            agency_code=agency, field=field, version=versions[0].version + 1 if versions else 1, title=title, issued_on=on,
            file_name=file_name(file) if file is not None else None, bytes=len(data) if data is not None else None,
            sha256=digest, officer=book.entry.officer,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id or 0


def _versions(session: Session, agency: str, field: str) -> list[Guide]:
    """Return every version of a guide, the latest first."""
    same = select(Guide).where(Guide.agency_code == agency, Guide.field == field)
    return list(session.exec(same.order_by(col(Guide.version).desc())))


def withdraw(book: Ledger, number: int, on: date, why: str) -> None:
    """Withdraw a version that was entered by mistake; its deliveries count no more.

    Raises:
        UnknownError: no such guide.
        RefusedError: it is withdrawn already, or the day is in the future or before it was issued.
    """
    why = checked(why, "--why", lines=True)
    not_future(on, book.entry.today)
    with book.change() as session:
        row = _get(session, number)
        _not_before_issue(row, on)
        row.withdrawn_on, row.withdrawn_why = on, why


def _get(session: Session, number: int) -> Guide:
    row = session.get(Guide, number)
    if row is None:
        raise UnknownError(N_("no guide has the number {number}: `jsup guide list --all` shows all"), number=number)
    if row.withdrawn_on is not None:
        raise RefusedError(N_("guide {number} was withdrawn on {on}"), number=number, on=row.withdrawn_on)
    return row


def _not_before_issue(guide: Guide, on: date) -> None:
    if on < guide.issued_on:
        raise RefusedError(
            N_("guide {number} was issued on {issued_on}, and {on} is before that"),
            number=guide.id, issued_on=guide.issued_on, on=on,
        )  # fmt: skip


def listed(ledger: Reads, *, agency: str | None = None, field: str | None = None, every: bool = False) -> list[Row]:
    """Return the latest versions, those withdrawn aside, by agency and field; with `every`, all of them.

    Raises:
        UnknownError: no such agency.
    """
    if agency is not None:
        ledger.agencies(agency)
    rows = ledger.rows(
        "SELECT * FROM guides WHERE (:agency IS NULL OR agency_code = :agency) AND (:field IS NULL OR field = :field)"
        " ORDER BY agency_code, field, version",
        agency=agency,
        field=field,
    )
    latest = {(row["agency_code"], row["field"]): row["id"] for row in rows if row["withdrawn_on"] is None}
    return rows if every else [row for row in rows if latest.get((row["agency_code"], row["field"])) == row["id"]]


# Deliveries -------------------------------------------------------------------------------------


def deliver(book: Ledger, number: int, enterprise: str, on: date, *, name: str | None = None, way: str | None = None) -> int:
    """Enter that an enterprise got a guide, and return the delivery's number.

    Raises:
        UnknownError: no such guide.
        UsageError: the enterprise's code is none.
        RefusedError: the guide is withdrawn, the day is in the future or before it was issued, or this was entered already.
    """
    code = codes.credit_code(enterprise)
    name, way = name and checked(name, "--name"), way and checked(way, "--way")
    not_future(on, book.entry.today)
    with book.change() as session:
        guide = _get(session, number)
        _not_before_issue(guide, on)
        same = (GuideDelivery.guide_id == number, GuideDelivery.enterprise_code == code, GuideDelivery.delivered_on == on)
        stands = col(GuideDelivery.withdrawn_on).is_(None)
        if session.exec(select(GuideDelivery.id).where(*same, stands)).first() is not None:
            raise RefusedError(
                N_("that {enterprise} got guide {number} on {on} was entered already: nothing was changed"),
                enterprise=code, number=number, on=on,
            )  # fmt: skip
        row = GuideDelivery(
            guide_id=number, enterprise_code=code, enterprise=name, delivered_on=on, way=way, officer=book.entry.officer
        )
        session.add(row)
        session.flush()
        return row.id or 0


def take_back(book: Ledger, number: int, on: date, why: str) -> int:
    """Withdraw a delivery that was entered by mistake, with a reason; return its guide's number.

    Raises:
        UnknownError: no such delivery.
        RefusedError: it is withdrawn already, or the day is in the future or before it.
    """
    why = checked(why, "--why", lines=True)
    not_future(on, book.entry.today)
    with book.change() as session:
        row = session.get(GuideDelivery, number)
        if row is None:
            raise UnknownError(N_("no delivery has the number {number}: `jsup guide show ID` shows a guide's"), number=number)
        if row.withdrawn_on is not None:
            raise RefusedError(N_("delivery {number} was withdrawn on {on} already"), number=number, on=row.withdrawn_on)
        if on < row.delivered_on:
            raise RefusedError(
                N_("{on} is before {floor}, the day of delivery {number}"), on=on, floor=row.delivered_on, number=number
            )
        row.withdrawn_on, row.withdrawn_why = on, why
        return row.guide_id


def take_over(book: Ledger, path: Path, *, dry_run: bool = False) -> Imported:
    """Enter the new deliveries of a table, and correct the name and the way of those whose rows changed, all or nothing.

    A row names its guide by number, or by agency and field: then it is the version of that day. A delivery is known again by
    guide, enterprise and day; an empty cell leaves what is there.

    Raises:
        TableError: the file or any of its cells cannot be taken; each problem has row and column.
    """
    table = tables.read(path, COLUMNS)
    step = f"guide import {file_name(path)}"
    with book.change(dry_run=dry_run) as session:
        guides = {row.id or 0: row for row in session.exec(select(Guide).order_by(col(Guide.version)))}
        rows = rows_of(table, guides, book.entry.today)
        tables.refuse(path, table.problems)
        named = {values["guide_id"] for values in rows}
        there = select(GuideDelivery).where(col(GuideDelivery.guide_id).in_(named), col(GuideDelivery.withdrawn_on).is_(None))
        known = {_key(row.model_dump()): row for row in session.exec(there)}
        tally = Tally(len(rows), table.unknown)
        for values in rows:
            row = known.get(_key(values))
            if row is None:
                session.add(GuideDelivery(**values, officer=book.entry.officer))
                tally.new += 1
                continue
            changed = set_fields(row, {key: values[key] for key in _TOLD if values.get(key) is not None})
            tally.take({"code": row.enterprise_code}, changed)
            if changed:
                told = {"guide": row.guide_id, "enterprise": row.enterprise_code, "set": changed, "why": step}
                register.event(session, book, guides[row.guide_id].agency_code, "guide import", book.entry.today, **told)
    return tally.imported()


def _key(values: Mapping[str, Any]) -> tuple[object, ...]:
    return values["guide_id"], values["enterprise_code"], values["delivered_on"]


def rows_of(table: Table, guides: Mapping[int, Guide], today: date) -> list[dict[str, Any]]:
    """Return the values of a table's rows; what is wrong with them goes to the table's problems.

    `guides` are all of the ledger by their numbers, in the order of their versions.
    """
    seen: dict[tuple[object, ...], int] = {}
    found = []
    for number, row in table.rows:
        on = date.fromisoformat(row["delivered_on"]) if "delivered_on" in row else None
        if on is not None and on > today:
            _bad(table, number, "delivered_on", N_("{on} is in the future: today is {today}"), on=on, today=today)
        code = None
        if "enterprise_code" in row:
            try:
                code = codes.credit_code(row["enterprise_code"])
            except UsageError as error:
                _bad(table, number, "enterprise_code", error.message, **error.values)
        guide = _guide_of(row, guides, on)
        if not isinstance(guide, Guide):
            key, message, told = guide
            _bad(table, number, key, message, **told)
            continue
        if on is not None and on < guide.issued_on:
            _bad(
                table, number, "delivered_on", N_("guide {number} was issued on {issued_on}, and {on} is before that"),
                number=guide.id, issued_on=guide.issued_on, on=on,
            )  # fmt: skip
        if code is None or on is None:
            continue
        values = {"guide_id": guide.id, "enterprise_code": code, "delivered_on": on} | {key: row.get(key) for key in _TOLD}
        first = seen.setdefault(_key(values), number)
        if first != number:
            _bad(table, number, "enterprise_code", N_("{value} stands in row {row} already"), value=code, row=first)
        found.append(values)
    return found


def _bad(table: Table, row: int, key: str, message: str, /, **values: object) -> None:
    heading = table.columns.get(key, next(column.headings[0] for column in COLUMNS if column.key == key))
    table.problems.append(Problem(row, heading, message, values))


def _guide_of(row: Mapping[str, str], guides: Mapping[int, Guide], on: date | None) -> Guide | tuple[str, str, dict[str, Any]]:
    """Return the guide that a row names, or what is wrong with that: the column, a message, its values."""
    agency, field, number = row.get("agency_code"), row.get("field"), row.get("guide")
    if number is None and (agency is None or field is None):
        key = "guide" if agency is None and field is None else "agency_code" if agency is None else "field"
        return key, N_("it is empty: name the guide by its number, or by agency and field"), {}
    if number is None:
        same = [one for one in guides.values() if (one.agency_code, one.field, one.withdrawn_on) == (agency, field, None)]
        there = [one for one in same if on is None or one.issued_on <= on] or same
        if not there:
            message = N_("{agency} has no guide for {field}: `jsup guide list` shows all")
            return "field", message, {"agency": agency, "field": field}
        return there[-1]
    guide = guides.get(row_number(number) or 0)
    if guide is None:
        return "guide", N_("no guide has the number {number}: `jsup guide list --all` shows all"), {"number": number}
    if guide.withdrawn_on is not None:
        return "guide", N_("guide {number} was withdrawn on {on}"), {"number": number, "on": guide.withdrawn_on}
    for key, told, own in (("agency_code", agency, guide.agency_code), ("field", field, guide.field)):
        if told not in (None, own):
            return key, N_("guide {number} is one of {own}, not of {value}"), {"number": number, "own": own, "value": told}
    return guide


def shown(ledger: Reads, number: int) -> Row:
    """Return one version of a guide, withdrawn or not.

    Raises:
        UnknownError: no such guide.
    """
    rows = ledger.rows("SELECT * FROM guides WHERE id = :id", id=number)
    if not rows:
        raise UnknownError(N_("no guide has the number {number}: `jsup guide list --all` shows all"), number=number)
    return rows[0]


def deliveries(ledger: Reads, number: int) -> list[Row]:
    """Return who got a guide, in the order of the days."""
    return ledger.rows("SELECT * FROM guide_deliveries WHERE guide_id = :id ORDER BY delivered_on, id", id=number)


# Coverage ---------------------------------------------------------------------------------------

COVERED: Final = """
SELECT v.agency_code, v.enterprise_code, v.visited_on, g.since, CASE WHEN g.since <= v.visited_on THEN 1 ELSE 0 END AS covered
FROM (
    SELECT DISTINCT i.agency_code, i.enterprise_code, i.visited_on FROM inspection i
    WHERE i.latest = 1 AND i.offsite = 0 AND i.day BETWEEN :day AND :end
) v
LEFT JOIN (
    WITH RECURSIVE line(old, agency_code) AS (
        SELECT code, code FROM agency
        UNION
        SELECT l.old, s.new FROM line l JOIN succession s ON s.old = l.agency_code
    )
    SELECT l.agency_code, d.enterprise_code, MIN(d.delivered_on) AS since
    FROM guide_delivery d JOIN guide g ON g.id = d.guide_id JOIN line l ON l.old = g.agency_code
    WHERE g.withdrawn_on IS NULL AND d.withdrawn_on IS NULL
    GROUP BY l.agency_code, d.enterprise_code
) g ON g.enterprise_code = v.enterprise_code AND g.agency_code = v.agency_code"""
"""Each on-site visit (one agency, one enterprise, one day) with the first day on which the enterprise had a guide of that agency.

A guide of an agency whose place it took counts. `:day` and `:end` are the period's days as numbers.
"""


def coverage(ledger: Reads, span: Span, agency: str | None = None) -> list[Row]:
    """Return how many on-site visits of a period had a guide of that agency, on or before their day, at their enterprise.

    A visit is one agency at one enterprise on one day. One row for each agency with visits, in the order of the codes:
    `agency_code, agency, visits, covered`. A guide of an agency whose place it took counts; one that was withdrawn does not.

    Raises:
        UnknownError: no such agency.
    """
    if agency is not None:
        ledger.agencies(agency)
    return ledger.rows(
        "SELECT q.agency_code, COALESCE(MAX(a.name), q.agency_code) AS agency, COUNT(*) AS visits, SUM(q.covered) AS covered"
        f" FROM ({COVERED}) q LEFT JOIN agency a ON a.code = q.agency_code"
        " WHERE :agency IS NULL OR q.agency_code = :agency GROUP BY q.agency_code ORDER BY q.agency_code",
        day=span.first.toordinal(), end=span.last.toordinal(), agency=agency,
    )  # fmt: skip
