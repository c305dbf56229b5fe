"""Who may inspect on a day: certificates and entrustments as they stood then, read through the driver alone."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from jsup.errors import N_, UnknownError
from jsup.reads import Reads, Row

VALID, SUSPENDED, REVOKED = "valid", "suspended", "revoked"
STATES: Final = {VALID: "有效", SUSPENDED: "暂停使用", REVOKED: "收回"}
EVERYTHING: Final = "全部"
"""The scope of an entrustment of everything that the organ inspects."""

ON_DAY: Final = """
SELECT i.certificate, i.name, i.agency_code, a.name AS agency, i.valid_from, i.valid_to,
       COALESCE(s.state, 'valid') AS state, s.from_on AS state_from, s.until_on AS state_until, s.document
FROM inspector i JOIN agency a ON a.code = i.agency_code
LEFT JOIN certificate_state s ON s.id = (
    SELECT MAX(l.id) FROM certificate_state l WHERE l.certificate = i.certificate AND l.from_on <= :day)
"""
"""Every certificate with its state on `:day`: the one entered last of those that hold from that day or before."""


def unusable(row: Mapping[str, Any] | None, on: date) -> str | None:
    """Return why nobody may inspect with a certificate on a day, None if it may be used.

    `row` is a row of `ON_DAY` for that day, None where the register has no such certificate. First and last days are
    inclusive; a suspension without a last day, and a revocation, last until another state is entered.

    >>> term = {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}
    >>> halt = {"state": "suspended", "state_from": "2026-03-01", "state_until": "2026-03-31"}
    >>> [unusable({**term, **halt}, date(2026, month, day)) for month, day in ((2, 28), (3, 1), (3, 31), (4, 1))]
    [None, 'suspended', 'suspended', None]
    >>> unusable({**term, "state": "valid"}, date(2027, 1, 1)), unusable(None, date(2026, 1, 1))
    ('expired', 'missing')
    """
    if row is None:
        return "missing"
    day = on.isoformat()
    begun = (row.get("state_from") or "") <= day
    if row["state"] == REVOKED and begun:
        return "revoked"
    if row["state"] == SUSPENDED and begun and day <= (row.get("state_until") or day):
        return "suspended"
    if day < (row["valid_from"] or ""):
        return "not_yet_valid"
    return "expired" if day > (row["valid_to"] or day) else None


def inspectors(
    ledger: Reads, on: date, *, agency: str | None = None, ending: int | None = None, only_unusable: bool = False
) -> list[Row]:
    """Return the certificates of the register as they stand on a day, in their order.

    With `ending`, those whose term ends within so many days and that were not revoked.

    Raises:
        UnknownError: no such agency.
    """
    if agency is not None:
        ledger.agencies(agency)
    rows = ledger.rows(
        f"{ON_DAY} WHERE :agency IS NULL OR i.agency_code = :agency ORDER BY i.certificate", day=on.isoformat(), agency=agency
    )
    found = [_shown(row, on) for row in rows]
    if ending is not None:
        found = [row for row in found if row["state"] != REVOKED and _ends(row["valid_to"], on, ending)]
    return [row for row in found if not (only_unusable and row["usable"])]


def inspector(ledger: Reads, certificate: str, on: date) -> Row:
    """Return one certificate as it stands on a day, with every state that it was in, in the order of entry.

    Raises:
        UnknownError: the register has no such certificate.
    """
    rows = ledger.rows(f"{ON_DAY} WHERE i.certificate = :certificate", day=on.isoformat(), certificate=certificate)
    if not rows:
        raise unknown(certificate)
    states = "SELECT state, from_on, until_on, document, officer, entered_on FROM certificate_state"
    history = ledger.rows(f"{states} WHERE certificate = :certificate ORDER BY id", certificate=certificate)
    return _shown(rows[0], on) | {"states": history}


def unknown(certificate: str) -> UnknownError:
    """Return the refusal of a certificate that the register does not have."""
    return UnknownError(
        N_("no inspector has the certificate {certificate}: `jsup inspector list` shows all"), certificate=certificate
    )


def _shown(row: Row, on: date) -> Row:
    reason = unusable(row, on)
    return {**row, "usable": reason is None, "reason": reason}


def entrustments(
    ledger: Reads, on: date, *, organ: str | None = None, ending: int | None = None, number: int | None = None
) -> list[Row]:
    """Return the entrustments, each with whether it runs on a day.

    With `ending`, those that end within so many days and were not ended before.

    Raises:
        UnknownError: no such agency.
    """
    if organ is not None:
        ledger.agencies(organ)
    rows = ledger.rows(
        "SELECT * FROM entrustments WHERE (:organ IS NULL OR organ_code = :organ) AND (:id IS NULL OR id = :id)"
        " ORDER BY organ_code, body, from_on, id",
        organ=organ,
        id=number,
    )
    found = [{**row, "in_force": runs(row, on)} for row in rows]
    return [row for row in found if ending is None or (row["ended_on"] is None and _ends(row["to_on"], on, ending))]


def runs(row: Mapping[str, Any], on: date) -> bool:
    """Tell whether an entrustment runs on a day: from its first day to its last, or to the eve of the day it was ended.

    >>> runs({"from_on": "2026-01-01", "to_on": "2026-12-31", "ended_on": "2026-07-01"}, date(2026, 6, 30))
    True
    """
    day = on.isoformat()
    return bool(row["from_on"] <= day <= row["to_on"] and (row["ended_on"] is None or day < row["ended_on"]))


def _ends(last: str | None, on: date, days: int) -> bool:
    return last is not None and on.isoformat() <= last <= (on + timedelta(days=days)).isoformat()
