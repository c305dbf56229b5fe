"""A policy kept ready beside its text, so that a command that people wait for reads no TOML.

What is kept is of one text and in one form. Of another text, or kept by a program that asks more of a policy, it is not taken:
the text is read.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from jsup import policy
from jsup.policy import Basis, Category, Item, PaperKind, Period, Policy, Way

_KINDS: Final = (Period, Category, Item, Way, Basis, PaperKind, Policy)
_FORM: Final = " ".join(name for names in (*policy.SETTINGS, *(kind._fields for kind in _KINDS)) for name in names)
"""What a policy that is kept ready is made of; one that an earlier program kept is read from its text."""
_DATE: Final = "$date"


def of(text: str, law: Policy) -> str | None:
    """Return a policy as it is kept beside its text, to be read without reading TOML; None where that does not do.

    What a policy does not say itself is filled in from the package of the day: such a one is read from its text each time.
    """
    if not policy.is_complete(policy.loaded(text)):
        return None
    try:
        said = [_FORM, crc32(text.encode()), policy.plain(law)]
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"), default=_dated)
    except TypeError:
        return None


def _dated(value: object) -> object:
    if type(value) is date:
        return {_DATE: value.isoformat()}
    raise TypeError


def read(kept: str, text: str) -> Policy | None:
    """Return a policy that was kept ready; None if that was not of this text, not in this program's form, or is damaged."""
    try:
        form, digest, data = json.loads(kept, object_hook=lambda one: date.fromisoformat(one[_DATE]) if _DATE in one else one)
        if (form, digest) != (_FORM, crc32(text.encode())):
            return None
        tables: dict[str, Any] = {
            key: {name: kind(**value) for name, value in data[key].items()}
            for key, kind in (("periods", Period), ("categories", Category))
        }
        tables["ways"] = {
            name: Way(**{**way, "items": {key: Item(**item) for key, item in way["items"].items()}})
            for name, way in data["ways"].items()
        }
        tables["papers"] = {
            name: PaperKind(**{**kind, "bases": tuple(Basis(**basis) for basis in kind["bases"])})
            for name, kind in data["papers"].items()
        }
        return Policy(**{**data, **tables})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def packaged() -> Policy:
    """Return the policy that the package ships; it is kept ready there too, by tools/policies.py."""
    text = policy.packaged_text()
    kept = Path(__file__).parent / "policies" / f"{policy.DEFAULT}.json"
    return read(kept.read_text("utf-8"), text) or policy.parse(text, policy.DEFAULT)
