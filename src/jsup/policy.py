"""The plan's numbers, each with its clause and its words, and the bureau's own settings apart."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from jsup.errors import N_, LedgerError, UnknownError, UsageError, invisible, read_bytes

if TYPE_CHECKING:
    from fractions import Fraction

Value = TypeVar("Value")

DEFAULT = "jinsi-2025-26"

LARGEST = 1 << 20
"""Bytes of a policy file."""
_DOTS = 100
"""Dots in a line of a policy file; with the square of a key's parts grows the time that `tomllib` takes for it."""

MOST = 1000
"""Days or months that no period of a policy is longer than; more is a slip of the pen."""

_OWNERS = ("agency", "bureau", "government")
_UNITS = ("working_day", "month", "date")
# What the steps and the draw ask of every policy.
_RULES = ("draw_share",)
_NUMBERED = ("recommendation", "rectification", "review")
_NAMED = ("warning", "decision")
_OWN = {"warning_working_days": int, "remind_working_days": int, "draw_entrusted": bool}
_LATER = {"draw_coverage": int, "backup_days": int, "pending": list, "substitution": dict, "office": dict, "watch": dict}
_LATER |= {"report": dict, "score": dict}
_WATCH_DAYS = (
    "repeat_days", "multiple_days", "upload_days", "anomaly_working_days", "look_working_days", "accept_working_days",
    "handle_working_days", "alert_days", "overlap_days", "file_days", "publish_months", "systemic_agencies", "systemic_days",
)  # fmt: skip
_WATCH = {"publish_by": str, "park_municipal": bool, "keep_complainants": bool, "never": dict, "caps": dict}
_REPORT_NUMBERS = ("most_visited", "quarters")
_REPORT = ("number", "arbitrary", *_REPORT_NUMBERS)
_SCORE_NUMBERS = ("start", "line", "object_working_days", "late", "decision", "credit", "credit_most")
_SCORE = ("points", *_SCORE_NUMBERS)
SETTINGS = (_OWN, _LATER, _WATCH_DAYS, _WATCH, _REPORT, _SCORE)
"""The names of all settings that a policy has."""
SEVERITIES = ("minor", "ordinary", "serious")
"""How grave a finding is; the plan knows no degrees, they are the bureau's own."""
_PATTERN = re.compile(r"[^〔〕{}\s]+〔\{year\}〕\{n\}号")
_PENDING = {"document": str, "from": date, "settled": bool}
_OFFICE = ("name", "government", "discipline")


class Period(NamedTuple):
    """A period of the plan. Without `count` it runs until a date that is named when it starts."""

    key: str
    count: int | None  # type: ignore[assignment]  # nobody misses a tuple's own method of that name
    unit: str
    owner: str
    clause: str
    quote: str
    reading: str


class Category(NamedTuple):
    """A kind of finding, with the words of the prohibition where it is one, and the plan's words for its clause."""

    key: str
    title: str
    text: str
    clause: str
    quote: str

    @property
    def named(self) -> str:
        """The title, and the words of the prohibition behind it."""
        return f"{self.title}（{self.text}）" if self.text else self.title


class Item(NamedTuple):
    """An item of a check sheet; `category` is that of a finding which follows from it, `points` 0 if it is not scored."""

    key: str
    text: str
    clause: str
    category: str
    points: int


class Way(NamedTuple):
    """A way of checking a drawn agency, with its sheet. Source: 二（一）1."""

    key: str
    title: str
    clause: str
    quote: str
    items: dict[str, Item]


class Basis(NamedTuple):
    """What a paper cites, in force from its first to its last day; with `ground`, only where that is the paper's ground."""

    document: str
    clause: str
    quote: str
    ground: str
    first: date
    last: date


class PaperKind(NamedTuple):
    """A kind of official paper; `number` is the pattern of its document numbers, empty if it has none."""

    key: str
    title: str
    number: str
    bases: tuple[Basis, ...]

    def basis(self, on: date, ground: str = "") -> list[Basis]:
        """Return what a paper of this kind cites on a day; before anything is in force, what is first to be."""
        bases = [basis for basis in self.bases if basis.ground in ("", ground)]
        on = max(on, min((basis.first for basis in bases), default=on))
        return [basis for basis in bases if basis.first <= on <= basis.last]


def known(table: Mapping[str, Value], key: str, message: str) -> Value:
    """Return what a table holds under a key.

    Raises:
        UnknownError: it holds nothing there; the message's {keys} name what it holds.
    """
    if key not in table:
        words = {name: getattr(value, "text", "") or getattr(value, "title", name) for name, value in table.items()}
        raise UnknownError(message, key=key, keys=words)
    return table[key]


class Policy(NamedTuple):
    """One policy file, read and checked."""

    name: str
    document: str
    title: str
    in_force_on: date
    rules: dict[str, dict[str, str]]
    periods: dict[str, Period]
    categories: dict[str, Category]
    ways: dict[str, Way]
    papers: dict[str, PaperKind]
    own: dict[str, Any]

    def period(self, key: str) -> Period:
        """Return a period of the plan.

        Raises:
            UnknownError: the policy has none of that key.
        """
        return known(self.periods, key, N_("no period is called {key}: choose one of {keys}"))

    def category(self, key: str) -> Category:
        """Return a category of findings, by its key or by the words that are its alone.

        Raises:
            UnknownError: the policy has none of that key.
        """
        meant = [one.key for one in self.categories.values() if key in (one.title, one.text)]
        key = meant[0] if len(meant) == 1 else key
        return known(self.categories, key, N_("no category is called {key}: choose one of {keys}"))

    def paper(self, key: str) -> PaperKind:
        """Return a kind of paper.

        Raises:
            UnknownError: the policy has none of that key.
        """
        return known(self.papers, key, N_("no paper is called {key}: choose one of {keys}"))

    def item(self, name: str) -> tuple[Way, Item]:
        """Return an item of a check sheet by its whole name, such as records.code.

        Raises:
            UnknownError: the policy has none of that name.
        """
        way, _, key = name.partition(".")
        if way in self.ways and key in self.ways[way].items:
            return self.ways[way], self.ways[way].items[key]
        names = [f"{way.key}.{key}" for way in self.ways.values() for key in way.items]
        raise UnknownError(N_("no item of a check sheet is called {key}: choose one of {keys}"), key=name, keys=names)

    @property
    def draw_floor(self) -> "Fraction":
        """The smallest share of a draw. Source: 二（一）1."""
        from jsup import sampling  # noqa: PLC0415 - for a draw

        return sampling.share(self.rules["draw_share"]["value"])


def flat(value: Any, key: str = "") -> dict[str, Any]:
    """Return every single value of a policy under its key, written with dots."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else None
    if items is None:
        return {key: value.isoformat() if isinstance(value, date) else value}
    return {name: one for part, item in items for name, one in flat(item, f"{key}.{part}" if key else str(part)).items()}


def plain(value: Any) -> Any:
    """Return a policy or a part of it as dicts, lists and values."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def graded(severity: str | None, what: str) -> str | None:
    """Return how grave a finding is as the ledger keeps it: None is ordinary.

    Raises:
        UsageError: there is no such degree.
    """
    if severity is not None and severity not in SEVERITIES:
        message = N_("{what} cannot be {value}: choose one of {keys}")
        raise UsageError(message, what=what, value=severity, keys=SEVERITIES)
    return None if severity == "ordinary" else severity


def packaged_text(name: str = DEFAULT) -> str:
    """Return the text of a policy file that the package ships."""
    return (Path(__file__).parent / "policies" / f"{name}.toml").read_text("utf-8")


def text_of(path: Path | None) -> str:
    """Return the text of a policy file, or of the packaged one.

    Raises:
        UnknownError: it cannot be read.
        LedgerError: it is no UTF-8.
    """
    if path is None:
        return packaged_text()
    try:
        return read_bytes(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LedgerError(N_("{source} is no text in UTF-8: save it as UTF-8"), source=path) from error


def parse(text: str, source: str) -> Policy:
    """Read a policy file's text.

    Raises:
        LedgerError: it is not TOML, or a key is missing or of the wrong kind; the sentence names it.
    """
    try:
        data = loaded(text)
    except (ValueError, RecursionError) as error:
        raise LedgerError(N_("{source} is not a policy file: {error}"), source=source, error=error) from error
    try:
        _complete(data)
        law = _law(data)
        _check(law)
    except ValueError as error:
        raise LedgerError(
            N_("{source}: the policy lacks or misuses the key {error}: compare it with `jsup policy show`"),
            source=source,
            error=error,
        ) from error
    return law


def loaded(text: str) -> dict[str, Any]:
    """Read TOML; raise ValueError if it is none, RecursionError if it is nested too deep."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > _DOTS:
            raise RecursionError(f"too many dots (at line {number})")
    import tomllib  # noqa: PLC0415

    return tomllib.loads(text)


def is_complete(data: dict[str, Any]) -> bool:
    """Tell whether a policy's TOML says all that this program asks of one."""
    plan, own = _get(data, "", "plan", dict), _get(data, "", "own", dict)
    if not ("ways" in plan and "sheets" in data and "papers" in data and _LATER.keys() <= own.keys()):
        return False
    inner = {"watch": (*_WATCH_DAYS, *_WATCH), "report": _REPORT, "score": _SCORE}
    return all({*keys} <= _get(own, "own.", name, dict).keys() for name, keys in inner.items())


def _complete(data: dict[str, Any]) -> None:
    """Add to a policy that is older than this program what no date hangs on: sheets, papers, quotes, settings of the draw."""
    if is_complete(data):
        return
    plan, own = _get(data, "", "plan", dict), _get(data, "", "own", dict)
    packaged = loaded(packaged_text())
    known = _get(data, "", "categories", dict)
    plan.setdefault("ways", packaged["plan"]["ways"])
    sheets = {
        way: {key: item for key, item in sheet.items() if item["category"] in known} for way, sheet in packaged["sheets"].items()
    }
    data.setdefault("sheets", sheets)
    if data.get("document") == packaged["document"]:  # another plan has its own words
        for key, category in packaged["categories"].items():
            if isinstance(known.get(key), dict) and known[key].get("clause") == category["clause"]:
                known[key].setdefault("quote", category["quote"])
        data.setdefault("papers", packaged["papers"])
    data.setdefault("papers", {})
    points = packaged["own"]["score"]["points"]
    packaged["own"]["score"]["points"] = {key: value for key, value in points.items() if key == "*" or key in known}
    for key in _LATER:
        own.setdefault(key, packaged["own"][key])
    for key in ("watch", "report", "score"):
        if isinstance(own[key], dict):
            own[key] = packaged["own"][key] | own[key]


def _law(data: dict[str, Any]) -> Policy:
    plan, sheets = _get(data, "", "plan", dict), _get(data, "", "sheets", dict)
    periods, ways = (_get(plan, "plan.", key, dict) for key in ("periods", "ways"))
    return Policy(
        name=_get(data, "", "name", str),
        document=_get(data, "", "document", str),
        title=_get(data, "", "title", str),
        in_force_on=_get(data, "", "in_force_on", date),
        rules={
            key: {word: _get(_get(plan, "plan.", key, dict), f"plan.{key}.", word, str) for word in ("value", "clause", "quote")}
            for key in plan
            if key not in ("periods", "ways")
        },
        periods={key: _period(key, _get(periods, "plan.periods.", key, dict)) for key in periods},
        categories={
            key: Category(
                key,
                *(
                    _get(value, f"categories.{key}.", word, str, default)
                    for word, default in (("title", None), ("text", ""), ("clause", None), ("quote", ""))
                ),
            )
            for key, value in _tables(data, "categories").items()
        },
        ways={key: _way(key, _get(ways, "plan.ways.", key, dict), _get(sheets, "sheets.", key, dict, {})) for key in ways},
        papers={key: _paper(key, value) for key, value in _tables(data, "papers").items()},
        own=_get(data, "", "own", dict),
    )


def _paper(key: str, value: dict[str, Any]) -> PaperKind:
    place = f"papers.{key}."
    bases = []
    for number, basis in enumerate(_get(value, place, "basis", list)):
        if not isinstance(basis, dict):
            raise ValueError(f"{place}basis")  # noqa: TRY004 - every misuse of a key is a ValueError here
        inside = f"{place}basis[{number}]."
        document, clause, quote = (_get(basis, inside, word, str) for word in ("document", "clause", "quote"))
        days = _get(basis, inside, "from", date), _get(basis, inside, "until", date, date.max)
        bases.append(Basis(document, clause, quote, _get(basis, inside, "ground", str, ""), *days))
    return PaperKind(key, _get(value, place, "title", str), _get(value, place, "number", str, ""), tuple(bases))


def _way(key: str, value: dict[str, Any], sheet: dict[str, Any]) -> Way:
    items = {}
    for name in sheet:
        place = f"sheets.{key}.{name}."
        item = _get(sheet, f"sheets.{key}.", name, dict)
        text, clause, category = (_get(item, place, word, str) for word in ("text", "clause", "category"))
        items[name] = Item(name, text, clause, category, _get(item, place, "points", int, 0))
    title, clause, quote = (_get(value, f"plan.ways.{key}.", word, str) for word in ("title", "clause", "quote"))
    return Way(key, title, clause, quote, items)


def _tables(data: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    tables = _get(data, "", name, dict)
    return {key: _get(tables, f"{name}.", key, dict) for key in tables}


def _period(key: str, value: dict[str, Any]) -> Period:
    def word(name: str, default: str | None = None) -> str:
        return str(_get(value, f"plan.periods.{key}.", name, str, default))

    count = _get(value, f"plan.periods.{key}.", "count", int, 0) or None
    return Period(key, count, word("unit", "date"), word("owner"), word("clause"), word("quote"), word("reading", ""))


def _get(table: dict[str, Any], place: str, key: str, kind: type, default: object = None) -> Any:
    """Return a value of a table, or raise ValueError with its whole key."""
    value = table.get(key, default)
    if type(value) is not kind or (isinstance(value, str) and (invisible(value) is not None or (not value and default is None))):
        raise ValueError(f"{place}{key}")
    return value


def _check(law: Policy) -> None:
    """Raise ValueError with the key that no step could work with."""
    for key, period in law.periods.items():
        count = period.count
        fits = count is None if period.unit == "date" else count is not None and 0 < count <= MOST
        if period.owner not in _OWNERS or period.unit not in _UNITS or not fits:
            raise ValueError(f"plan.periods.{key}")
    for key in _RULES:
        if key not in law.rules:
            raise ValueError(f"plan.{key}")
    for key in (*_NUMBERED, *_NAMED):
        if key not in law.periods or (law.periods[key].count is None) != (key in _NAMED):
            raise ValueError(f"plan.periods.{key}")
    try:
        floor = law.draw_floor
    except UsageError:
        floor = None
    if floor is None:
        raise ValueError("plan.draw_share.value")
    for key, kind in {**_OWN, **_LATER}.items():
        _get(law.own, "own.", key, kind)
    for key in _OFFICE:
        _get(law.own["office"], "own.office.", key, str)
    _get(law.own["office"], "own.office.", "contact", str, "")
    for paper in law.papers.values():
        if paper.number and not _PATTERN.fullmatch(paper.number):
            raise ValueError(f"papers.{paper.key}.number")
    for key in law.own["substitution"]:
        _get(law.own["substitution"], "own.substitution.", key, str)
    for law_ in law.own["pending"]:
        if not isinstance(law_, dict):
            raise ValueError("own.pending")  # noqa: TRY004 - as for every other key
        for key, kind in _PENDING.items():
            _get(law_, "own.pending.", key, kind)
    _check_watch(law.own["watch"])
    _check_report(law.own["report"])
    _check_score(law.own["score"], law.categories)
    if not 0 <= law.own["draw_coverage"] <= MOST:
        raise ValueError("own.draw_coverage")
    for way in law.ways.values():
        for item in way.items.values():
            if item.category not in law.categories or not 0 <= item.points <= MOST:
                raise ValueError(f"sheets.{way.key}.{item.key}")
    for key in ("warning_working_days", "remind_working_days", "backup_days"):
        if not 0 < law.own[key] <= MOST:
            raise ValueError(f"own.{key}")
    if "other" not in law.categories:
        raise ValueError("categories.other")


def _check_watch(watch: dict[str, Any]) -> None:
    """Raise ValueError with the key of the watch's settings that no scan could work with."""
    for key in _WATCH_DAYS:
        if not 0 < _get(watch, "own.watch.", key, int) <= MOST:
            raise ValueError(f"own.watch.{key}")
    for key, kind in _WATCH.items():
        _get(watch, "own.watch.", key, kind)
    try:
        date.fromisoformat(f"2025-{watch['publish_by']}")
    except ValueError:
        raise ValueError("own.watch.publish_by") from None
    for key in ("bodies", "persons"):
        words = _get(watch["never"], "own.watch.never.", key, list)
        if not all(isinstance(word, str) and word and invisible(word) is None for word in words):
            raise ValueError(f"own.watch.never.{key}")
    for agency in watch["caps"]:
        caps = _get(watch["caps"], "own.watch.caps.", agency, dict)
        for risk in caps:
            if not 0 < _get(caps, f"own.watch.caps.{agency}.", risk, int) <= MOST:
                raise ValueError(f"own.watch.caps.{agency}.{risk}")
    if "*" not in watch["caps"] or "*" not in watch["caps"]["*"]:
        raise ValueError("own.watch.caps.*")


def _check_report(report: dict[str, Any]) -> None:
    """Raise ValueError with the key of the report's settings that no report could be made with."""
    for key in _REPORT_NUMBERS:
        if not 0 < _get(report, "own.report.", key, int) <= MOST:
            raise ValueError(f"own.report.{key}")
    if not _PATTERN.fullmatch(_get(report, "own.report.", "number", str)):
        raise ValueError("own.report.number")
    rules = _get(report, "own.report.", "arbitrary", list)
    if not rules or not all(isinstance(rule, str) and rule and invisible(rule) is None for rule in rules):
        raise ValueError("own.report.arbitrary")


def _check_score(score: dict[str, Any], categories: Mapping[str, Category]) -> None:
    """Raise ValueError with the key of the score's weights that do not add up to a score."""
    for key in _SCORE_NUMBERS:
        if not 0 <= _get(score, "own.score.", key, int) <= MOST:
            raise ValueError(f"own.score.{key}")
    if score["object_working_days"] == 0:
        raise ValueError("own.score.object_working_days")
    if score["line"] > score["start"]:
        raise ValueError("own.score.line")
    points = _get(score, "own.score.", "points", dict)
    for category in points:
        if category != "*" and category not in categories:
            raise ValueError(f"own.score.points.{category}")
        by_severity = _get(points, "own.score.points.", category, dict)
        for severity in {*SEVERITIES, *by_severity}:
            if severity not in SEVERITIES or not 0 <= _get(by_severity, f"own.score.points.{category}.", severity, int) <= MOST:
                raise ValueError(f"own.score.points.{category}.{severity}")
    if "*" not in points:
        raise ValueError("own.score.points.*")
