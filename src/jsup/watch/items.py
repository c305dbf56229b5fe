"""The municipal list of inspection items (市级清单), with the day on which an item was struck."""

from pathlib import Path
from typing import Final

from sqlmodel import select

from jsup import tables
from jsup.errors import N_, Problem
from jsup.ledger import Ledger
from jsup.tables import Column
from jsup.watched import MunicipalItem

COLUMNS: Final = (
    Column("name", ("检查事项", "检查事项名称", "事项名称", "item"), required=True),
    Column("field", ("检查领域", "领域", "条线")),
)


def take_over(book: Ledger, path: Path, *, dry_run: bool = False) -> dict[str, int]:
    """Take the list over whole: what it lacks is struck from today on; return how many rows, new, changed, unchanged, struck.

    Raises:
        TableError: a row has no item, or one that stands above already.
    """
    table = tables.read(path, COLUMNS)
    listed: dict[str, tuple[int, str | None]] = {}
    for number, row in table.rows:
        name = row.get("name")
        if name in listed:
            values: dict[str, object] = {"code": name, "row": listed[name][0]}
            table.problems.append(Problem(number, table.columns["name"], N_("{code} stands in row {row} already"), values))
        elif name is not None:
            listed[name] = number, row.get("field")
    tables.refuse(path, table.problems)
    counts = {"rows": len(listed), "new": 0, "changed": 0, "unchanged": 0, "struck": 0}
    today = book.entry.today
    with book.change(dry_run=dry_run) as session:
        known = {item.name: item for item in session.exec(select(MunicipalItem))}
        for name, (_row, field) in listed.items():
            item = known.get(name)
            if item is None:
                session.add(MunicipalItem(name=name, field=field, added_on=today))
                counts["new"] += 1
            elif (item.field, item.struck_on) != (field, None):
                item.field, item.struck_on = field, None
                counts["changed"] += 1
            else:
                counts["unchanged"] += 1
        for name, item in known.items():
            if name not in listed and item.struck_on is None:
                item.struck_on = today
                counts["struck"] += 1
    return counts
