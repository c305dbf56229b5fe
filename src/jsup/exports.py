"""A draw for outsiders: its frame, everything that recomputes it, a page to read, and a script that verifies it."""

import html
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

from jsup import checks, draws, outputs, reads, sampling
from jsup.errors import N_, LedgerError, RefusedError, visible
from jsup.journal import canonical
from jsup.words import LEVELS, chinese_day

FILES: Final = ("frame.tsv", "draw.json", "draw.html", "verify.sh")
_MOST_ON_PAGE: Final = 20
"""Drawn agencies that fit on one side; the page says where the others stand."""
_FEW: Final = 12
"""Drawn agencies that are listed in one column of the usual size."""
_SHORT, _LONG = 40, 80
"""Characters of a text, and of a public value, that the page has room for; draw.json has all of them."""

_ABOUT: Final = (
    "quarter", "share", "anchored", "frozen_on", "announced_on", "source", "published_at", "known_on", "drawn_on",
    "voided_on", "void_why",
)  # fmt: skip


def write(ledger: reads.Reads, wanted: str, folder: Path) -> list[Path]:
    """Write the files of a quarter's draw into a folder, in place of an earlier export, and return them.

    Raises:
        RefusedError: the quarter was not drawn, or the folder holds anything but an earlier export.
        LedgerError: the folder cannot be written.
    """
    row = draws.of(ledger, wanted)
    if row["drawn_on"] is None:
        raise RefusedError(draws.NOT_DRAWN, quarter=wanted)
    shipped = files("jsup") / "data"
    script = (shipped / "verify.sh").read_bytes()
    contents = {
        "draw.json": draw_json(row).encode(),  # the first that is written, for it tells whose export a folder holds
        "frame.tsv": row["frame"].encode(),
        "draw.html": _page(ledger, row, (shipped / "draw.html").read_text("utf-8"), script.decode()).encode(),
        "verify.sh": script,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _free(folder, row["draw_id"]):
            raise RefusedError(
                N_("{folder} holds something that is no export of {draw}: name a new folder"), folder=folder, draw=row["draw_id"]
            )
        for name, content in contents.items():
            beside = folder / f".{name}.new"
            outputs.make_beside(beside, content)
            beside.replace(folder / name)
        (folder / "verify.sh").chmod(0o755)
    except OSError as error:
        raise LedgerError(
            N_("{path} cannot be written ({error}): name another folder"), path=folder, error=error.strerror
        ) from error
    return [folder / name for name in FILES]


def write_all(ledger: reads.Reads, folder: Path) -> list[Path]:
    """Write each quarter's draw that was drawn and stands into a folder of its own, in a new one; return these.

    Raises:
        RefusedError: the folder is there and not empty, or no quarter was drawn.
    """
    quarters = sorted({row["quarter"] for row in ledger.draws() if row["drawn_on"] is not None and row["voided_on"] is None})
    if not quarters:
        raise RefusedError(N_("no quarter was drawn yet: `jsup sample --quarter QUARTER` draws one"))
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise RefusedError(N_("{folder} is there already: name a new folder"), folder=folder)
    for quarter in quarters:
        write(ledger, quarter, folder / quarter)
    return [folder / quarter for quarter in quarters]


def _free(folder: Path, draw_id: str) -> bool:
    """Tell whether a folder is empty or holds an earlier export of the same draw, whole or left off in the middle."""
    there = {path.name for path in folder.iterdir()}
    if there - {*FILES, *(f".{name}.new" for name in FILES)}:
        return False
    first = f'{{\n"draw_id":{canonical(draw_id)},\n'.encode()
    return not there & set(FILES) or ("draw.json" in there and (folder / "draw.json").read_bytes().startswith(first))


def draw_json(row: dict[str, Any]) -> str:
    """Return a draw as its export has it: lines 2 to 6 are the inputs, each with its SHA-256 on line 7.

    Everything from line 8 on follows from lines 2 to 5 and the frame.
    """
    share = sampling.share(row["share"])
    members = sampling.units(row["frame"])
    groups = sampling.strata(members)
    size = sampling.size(len(members), share)
    places = sampling.quotas({name: len(units) for name, units in groups.items()}, size, row["seed"])
    taken = [
        sampling.Place(sampling.Unit(*(one[key] for key in sampling.Unit._fields)), one["ticket"], one["forced"])
        for one in row["taken"]
    ]
    about = {key: row[key] for key in _ABOUT} | {
        "reasons": [{key: one[key] for key in ("replaced", "reason", "note", "done_on")} for one in row["substitutions"]]
    }
    inputs = [
        f'"draw_id":{canonical(row["draw_id"])},',
        f'"public_value":{canonical(row["public_value"])},',
        f'"share_numerator":{share.numerator},"share_denominator":{share.denominator},"coverage":{row["coverage"] or 0},',
        f'"replaced":{canonical([one["replaced"] for one in row["substitutions"]])},',
        canonical(about)[1:-1] + ",",
    ]
    lines = [
        "{",
        *inputs,
        f'"lines_sha256":{canonical([sampling.digest(line) for line in inputs])},',
        f'"frame_sha256":"{row["frame_sha256"]}",',
        f'"seed":"{row["seed"]}",',
        f'"frame_size":{row["frame_size"]},',
        f'"sample_size":{row["sample_size"]},',
        *_list(
            "strata",
            [
                f'{{"stratum":{canonical(name)},"units":{len(units)},"quota":{places[name]},'
                f'"forced":{sum(place.forced for place in taken if place.unit.stratum == name)}}}'
                for name, units in groups.items()
            ],
        ),
        *_list("units", [_unit(unit, _tickets(row["seed"], unit)) for unit in members]),
        *_list("taken", [_unit(place.unit, _ticket(place)) for place in taken]),
        *_list(
            "substitutions",
            [
                f'{{"replaced":{canonical(one["replaced"])},{_unit(place.unit, _ticket(place))[1:]}'
                for one, place in zip(
                    row["substitutions"], draws.handed_on(row, [one["replaced"] for one in row["substitutions"]]), strict=True
                )
            ],
            last=True,
        ),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _list(name: str, items: list[str], *, last: bool = False) -> list[str]:
    return [f'"{name}":[', *(item + "," for item in items[:-1]), *items[-1:], "]" if last else "],"]


def _unit(unit: sampling.Unit, more: str) -> str:
    return f'{{"uid":{canonical(unit.uid)},"stratum":{canonical(unit.stratum)},"weight":{unit.weight},"wait":{unit.wait},{more}}}'


def _tickets(seed: str, unit: sampling.Unit) -> str:
    return f'"tickets":{canonical([sampling.ticket(seed, unit.uid, k) for k in range(1, unit.weight + 1)])}'


def _ticket(place: sampling.Place) -> str:
    return f'"ticket":"{place.ticket}","forced":{canonical(place.forced)}'


# The page ---------------------------------------------------------------------------------------


def _page(ledger: reads.Reads, row: dict[str, Any], page: str, script: str) -> str:
    """Fill the page that people read; papers are Chinese always."""
    policy = ledger.policy()
    rule = policy.rules["draw_share"]
    members = sampling.units(row["frame"])
    strata = list(sampling.strata(members))
    weighted = sum(unit.weight > 1 for unit in members)
    replaced = {one["replaced"]: one for one in row["substitutions"]}
    listed = []
    for number, one in enumerate(row["taken"][:_MOST_ON_PAGE], 1):
        marks = ["必抽"] if one["forced"] else []
        if one["stratum"] != sampling.WHOLE:
            marks.insert(0, LEVELS.get(one["stratum"], one["stratum"]))
        if one["uid"] in replaced:
            instead = replaced[one["uid"]]
            why = policy.own["substitution"].get(instead["reason"], instead["reason"])
            marks.append(f"{why}，由{instead['name']}（{instead['uid']}）替补")
        mark = f"（{'，'.join([one['uid'], *marks])}）"
        listed.append(f"<li value={number}>{_text(one['name'] + mark)}</li>")
    facts = {
        "document": policy.document, "clause": rule["clause"], "quote": rule["quote"],
        "draw_id": row["draw_id"], "frame_size": row["frame_size"], "sample_size": row["sample_size"],
        "share": row["share"], "percent": checks.percent(row["sample_size"], row["frame_size"]),
        "strata": "、".join(LEVELS.get(name, name) for name in strata) if strata != [sampling.WHOLE] else "不分层",
        "weights": f"{weighted}个单位的权重大于1（1至{sampling.MAX_WEIGHT}）" if weighted else "不加权",
        "known_on": _day(row["known_on"]) if row["known_on"] else "未录入",
        "coverage": f"连续{row['coverage']}次抽查内每一单位至少抽中一次" if row["coverage"] else "不设",
        "frozen_on": _day(row["frozen_on"] or row["drawn_on"]), "drawn_on": _day(row["drawn_on"]),
        "announced": _announced(row),
        "public_value": _short(row["public_value"], _LONG), "frame_sha256": row["frame_sha256"], "seed": row["seed"],
        "proof": _proof(row), "script_sha256": sampling.digest(script),
    }  # fmt: skip
    more = len(row["taken"]) - len(listed)
    pieces = {
        "listed": "\n".join(listed),
        "columns": "1" if len(listed) <= _FEW else "2",
        "size": "11" if len(listed) <= _FEW else "7.5",
        "earlier": _earlier(ledger, row),
        "more": _text(f"另有{more}个单位，见draw.json。") if more else "",
    }
    return Template(page).substitute({key: _text(value) for key, value in facts.items()} | pieces)


def _text(value: object) -> str:
    """Return a value as text of the page, which it can neither mark up nor turn round."""
    return html.escape(visible(str(value)))


def _proof(row: dict[str, Any]) -> str:
    if row["voided_on"] is not None:
        return f"本次抽查已于{_day(row['voided_on'])}作废，事由：{_short(row['void_why'])}。"
    if row["anchored"]:
        return "请核对：名录校验码确已公布；公开值确为约定采用的值，且在公布之后产生。属实的，经办人无法挑选抽查结果。"
    return "名录的校验码未在外部先行公布：本次抽查可以复算，但不能证明未曾试用其他公开值。"


def _earlier(ledger: reads.Reads, row: dict[str, Any]) -> str:
    """Name the quarter's other draws, for a draw that was voided is where somebody may have chosen."""
    others = [one for one in ledger.draws(row["quarter"]) if one["draw_id"] != row["draw_id"]]
    texts = [
        f"{one['draw_id']}（名录校验码{one['frame_sha256'][:16]}…"
        + (f"，{_day(one['voided_on'])}作废：{_short(one['void_why'])}）" if one["voided_on"] else "）")
        for one in others
    ]
    return f"<p>{_text('本季度另有抽查：' + '；'.join(texts[-3:]) + '。')}</p>" if texts else ""


def _announced(row: dict[str, Any]) -> str:
    if row["announced_on"] is None:
        return "未公布"
    return f"{_day(row['announced_on'])}公布于{_short(row['published_at'])}，约定采用{_short(row['source'])}"


def _short(text: str, most: int = _SHORT) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _day(text: str) -> str:
    return chinese_day(date.fromisoformat(text))
