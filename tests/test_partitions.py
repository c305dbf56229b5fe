"""Inspections by month on a server: the script beside the roles, and every command as before."""

from pathlib import Path

import pytest

from jsup import ledger as ledgers
from tests.conftest import ask, rows
from tests.imports.inspections import CODES, FEW, record, sheet_csv, table

SCRIPT = (Path(ledgers.__file__).parent / "data" / "partitions.sql").read_text("utf-8")
VISITS = [record(n, enterprise_code=CODES[0], visited_on=f"2026-{10 - n // 10}-{n % 10 + 8:02}") for n in range(20)]
"""Twenty visits to one enterprise, ten in October and ten in September."""


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


def test_every_command_works_on_inspections_by_month_as_before(jsup, city, tmp_path):
    file = tmp_path / "visits.csv"
    file.write_bytes(sheet_csv(table(VISITS[:15], FEW)))
    assert jsup("inspection", "import", file).status == 0
    shown = jsup("inspection", "show", VISITS[0]["record"], "--json").json
    laid_out(city)
    assert in_months(city) == {"inspection_2026_09": 5, "inspection_2026_10": 10}
    assert jsup("inspection", "show", VISITS[0]["record"], "--json").json == shown
    changed = [one | {"result": "责令整改"} for one in VISITS[:2]]
    late = [record(40, visited_on="2025-02-03"), record(41, visited_on="2025-02-03")]
    file.write_bytes(sheet_csv(table([*changed, *VISITS[2:], *late], FEW)))
    done = jsup("inspection", "import", file, "--json").json
    assert [done[key] for key in ("new", "changed", "unchanged")] == [7, 2, 13]
    assert in_months(city) == {"inspection_2026_09": 10, "inspection_2026_10": 12, "inspection_other": 2}
    assert jsup("verify").status == 0
    laid_out(city)  # once more: what had no month has one now
    assert in_months(city) == {"inspection_2025_02": 2, "inspection_2026_09": 10, "inspection_2026_10": 12}
    found = jsup("scan", "--month", "2026-10", "--json").json
    assert (found["inspections"], {one["rule"] for one in found["anomalies"]} >= {"repeat", "unplanned"}) == (10, True)
    plan = "\n".join(row[0] for row in rows(city, "EXPLAIN SELECT * FROM inspection WHERE day BETWEEN 739890 AND 739920"))
    assert plan.count("inspection_20") == plan.count("inspection_2026_10") > 0
    for words in (("verify",), ("doctor",), ("overdue",), ("log",), ("backup", "b.db"), ("export", "whole"), ("migrate",)):
        assert jsup(*words).status == 0, words
    assert jsup("--ledger", "file.db", "restore", "b.db").status == jsup("--ledger", "file.db", "verify").status == 0
    assert jsup("--ledger", "file.db", "inspection", "show", VISITS[0]["record"], "--json").json["versions"][1]["result"] == "责令整改"
    assert jsup("restore", "whole").status == 0  # one table again, and by month after the next run
    assert in_months(city) == {"inspection": 24}
    laid_out(city)
    assert jsup("verify").status == 0


def test_what_is_changed_in_a_month_is_told(jsup, city, tmp_path):
    file = tmp_path / "visits.csv"
    file.write_bytes(sheet_csv(table(VISITS, FEW)))
    assert jsup("inspection", "import", file).status == 0
    laid_out(city)
    copied = ", ".join(row[0] for row in rows(city, "SELECT attname FROM pg_attribute WHERE attrelid = 'inspection'::regclass"
                                                    " AND attnum > 0 AND attname NOT IN ('day', 'record') ORDER BY attnum"))  # fmt: skip
    for meddle, back, said in (
        ("UPDATE inspection_2026_10 SET result = 'x' WHERE id = 1", "UPDATE inspection_2026_10 SET result = '合格' WHERE id = 1",
         "row 1: it was changed"),
        ("UPDATE inspection_2026_10 SET latest = 0 WHERE id = 2", "UPDATE inspection_2026_10 SET latest = 1 WHERE id = 2",
         "row 2, column version, latest"),
        (f"INSERT INTO inspection (record, day, {copied}) SELECT 'twin', day + 30, {copied} FROM inspection WHERE id = 20",
         "DELETE FROM inspection WHERE record = 'twin'", "row 20: it was added"),
        ("CREATE RULE quiet AS ON DELETE TO inspection_2026_10 DO INSTEAD NOTHING", "DROP RULE quiet ON inspection_2026_10",
         "rule inspection_2026_10.quiet"),
        ("ALTER TABLE inspection_2026_10 ADD CONSTRAINT few CHECK (id < 99)", "ALTER TABLE inspection_2026_10 DROP CONSTRAINT few",
         "constraint inspection_2026_10.few"),
        ("CREATE INDEX mine ON inspection_2026_10 (result)", "DROP INDEX mine", "index mine"),
        ("ALTER TABLE inspection DETACH PARTITION inspection_2026_09", "", "table inspection_2026_09"),
    ):  # fmt: skip
        rows(city, meddle)
        result = jsup("verify")
        assert (result.status, said in result.err + result.out) == (1, True), (meddle, result)
        if back:
            rows(city, back)
            assert jsup("verify").status == 0, back
