"""Keep the Chinese catalogue: take up every message of jsup, click and Typer, and compile it.

`python tools/messages.py` updates jsup.po and jsup.mo and names the messages that still want words.
"""

import io
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
PO = ROOT / "src" / "jsup" / "locale" / "zh_CN" / "LC_MESSAGES" / "jsup.po"
MO = PO.with_suffix(".mo")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def template() -> Catalog:
    """Return every message that can be shown: ours, and those of the libraries whose sentences people see."""
    made = datetime(2026, 1, 1, tzinfo=UTC)  # fixed, so that the same messages give the same file
    catalog = Catalog(
        locale="zh_CN", project="jsup", version="1", header_comment="# The words of jsup in Chinese, kept by tools/messages.py.",
        creation_date=made, revision_date=made, last_translator="jsup", language_team="zh_CN", msgid_bugs_address="jsup",
        fuzzy=False,
    )  # fmt: skip
    folders = {"jsup": ROOT / "src" / "jsup"}
    for package in ("click", "typer"):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        folders[package] = Path(spec.origin).parent
    for package, folder in folders.items():
        for file, _line, message, _comments, _context in extract_from_dir(str(folder), keywords=KEYWORDS):
            place = f"{package}/{file}" if package != "jsup" else f"src/jsup/{file}"
            catalog.add(message, locations=[(place, 0)])
    return catalog


def stored() -> Catalog:
    """Return the catalogue as it stands in the repository."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def compiled(catalog: Catalog) -> bytes:
    """Return the bytes of the compiled catalogue."""
    data = io.BytesIO()
    write_mo(data, catalog)
    return data.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Return the messages that have no words yet, or not in every plural form."""
    wanting = []
    for message in catalog:
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (not all(words) or message.fuzzy):
            wanting.append(message.id if isinstance(message.id, str) else message.id[0])
    return wanting


def main() -> int:
    """Update and compile."""
    catalog = template()
    known = stored() if PO.exists() else Catalog(locale="zh_CN")
    for message in catalog:
        old = known.get(message.id)
        if message.id and old is not None:
            message.string = old.string
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, include_lineno=False)
    MO.write_bytes(compiled(stored()))
    wanting = missing(catalog)
    for message_id in wanting:
        print(message_id)
    return 1 if wanting else 0


if __name__ == "__main__":
    sys.exit(main())
