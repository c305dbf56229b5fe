"""Inspections by month on a server: the script beside the roles, and every command as before."""

from pathlib import Path

import pytest

from jsup import ledger as ledgers
from tests.conftest import ask, rows
from tests.imports.inspections import CODES, FEW, record, sheet_csv, table

SCRIPT = (Path(ledgers.__file__).parent / "data" / "partitions.sql").read_text("utf-8")
VISITS = [record(n, enterprise_code=CODES[0], visited_on=f"2026-{10 - n // 10}-{n % 10 + 8:02}") for n in range(20)]
"""Twenty visits to one enterprise, ten in October and ten in September."""
_COLUMNS = "version, latest, sha256, title, agency_code, enterprise_code, visited_on, crew, offsite, triggered"
MEDDLING = {
    "UPDATE inspection_2026_10 SET result = 'x' WHERE id = 3": "row 3: it was changed",
    "UPDATE inspection_2026_10 SET latest = 0 WHERE id = 4": "row 4, column version, latest",
    f"INSERT INTO inspection (id, record, day, {_COLUMNS}) SELECT id, 'twin', day + 31, {_COLUMNS} FROM inspection WHERE id = 5":
        "row 5: it was added",
    "CREATE RULE quiet AS ON DELETE TO inspection_2026_10 DO INSTEAD NOTHING": "rule inspection_2026_10.quiet",
    "ALTER TABLE inspection_2026_10 ADD CONSTRAINT few CHECK (id < 99)": "constraint inspection_2026_10.few",
    "CREATE INDEX mine ON inspection_2026_10 (result)": "index mine",
    "ALTER TABLE inspection DETACH PARTITION inspection_2025_02": "table inspection_2025_02",
}  # fmt: skip
"""What is done behind jsup's back to inspections by month, each with what `verify` says of it."""


def laid_out(address):
    """Run the script as its owner does."""
    whole, vacuum, table = SCRIPT.rpartition("VACUUM")
    ask(address, whole, vacuum + table)


def in_months(address):
    """Return how many inspections lie in each partition that has any."""
    return dict(rows(address, "SELECT tableoid::regclass::text, COUNT(*) FROM inspection GROUP BY 1 ORDER BY 1"))


@pytest.fixture
def city(stock, server, tmp_path, monkeypatch):
    """Return a ledger on a server, with the register."""
    address = stock.fresh("server", "register", tmp_path / "city")
    monkeypatch.setenv("JSUP_LEDGER", address)
    yield address
    ask(stock.address("postgres"), f"DROP DATABASE {address.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")


def test_inspections_by_month_are_as_before_and_what_is_changed_in_a_month_is_told(jsup, city, tmp_path):
    file = tmp_path / "visits.csv"
    file.write_bytes(sheet_csv(table(VISITS[:15], FEW)))
    assert jsup("inspection", "import", file).status == 0
    shown = jsup("inspection", "show", VISITS[0]["record"], "--json").json
    laid_out(city)
    assert in_months(city) == {"inspection_2026_09": 5, "inspection_2026_10": 10}
    assert jsup("inspection", "show", VISITS[0]["record"], "--json").json == shown
    changed = [one | {"result": "责令整改"} for one in VISITS[:2]]
    early = [record(40, visited_on="2025-02-03"), record(41, visited_on="2025-02-03")]
    file.write_bytes(sheet_csv(table([*changed, *VISITS[2:], *early], FEW)))
    done = jsup("inspection", "import", file, "--json").json
    assert [done[key] for key in ("new", "changed", "unchanged")] == [7, 2, 13]
    assert in_months(city) == {"inspection_2026_09": 10, "inspection_2026_10": 12, "inspection_other": 2}
    laid_out(city)  # once more: what had no month has one now
    assert in_months(city) == {"inspection_2025_02": 2, "inspection_2026_09": 10, "inspection_2026_10": 12}
    found = jsup("scan", "--month", "2026-10", "--json").json
    assert (found["inspections"], {one["rule"] for one in found["anomalies"]} >= {"repeat", "unplanned"}) == (10, True)
    plan = "\n".join(row[0] for row in rows(city, "EXPLAIN SELECT * FROM inspection WHERE day BETWEEN 739890 AND 739920"))
    assert plan.count("inspection_20") == plan.count("inspection_2026_10") > 0
    assert jsup("verify").status == 0
    assert jsup("backup", "b.db").status == 0  # which verifies the copy, a file
    for meddle in MEDDLING:
        rows(city, meddle)
    result = jsup("verify")
    assert result.status == 1
    for meddle, said in MEDDLING.items():
        assert said in result.err + result.out, meddle
