"""The week for leaders: what is new, due, late, and waits for a signature or a decision."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from jsup import agenda
from jsup.papers.contents import FORMS
from jsup.reads import Reads

Item = dict[str, Any]

LISTS: Final = ("new", "due", "overdue", "to_sign", "to_decide")
TITLES: Final = {"new": "近七日新增", "due": "未来七日到期", "overdue": "已逾期", "to_sign": "待签发", "to_decide": "待决定"}
"""The lists of the weekly side and what stands above each."""
MORE: Final = {
    "new": "jsup finding list、jsup clue list", "due": "jsup overdue --within 7", "overdue": "jsup overdue",
    "to_sign": "jsup paper list", "to_decide": "jsup next",
}  # fmt: skip
"""Where the whole of a list is found."""
WEEK: Final = 7
"""Days of the weekly side: so many up to today, and so many from today on."""
_WORDS: Final = {
    "guidance": "指导", "category": "类别", "action": "议定", "training": "培训", "self-check": "自查", "look": "查看",
    "upload": "上传", "score": "评分", "anomaly": "异常", "duty": "定期",
}  # fmt: skip
"""The words before numbers that jsup has in English."""
_BARE: Final = ("anomaly", "duty")
"""The kinds whose numbers stand without such a word."""


def weekly(ledger: Reads, today: date, agencies: Sequence[str] = (), *, by_agency: bool = False) -> dict[str, Any]:
    """Return the lists of a week: `as_of, week: [first, last]`, and of each of `LISTS` its items, the most urgent first.

    An item is `kind, number, agency_code, agency, title, due_on, on, note`. With `by_agency` the items of one agency stand
    together, the agency with the most urgent first. A transfer to 区纪委监委 is in none of them.

    Raises:
        UnknownError: no agency has one of the codes.
    """
    names = {code: ledger.agencies(code)[0]["name"] for code in agencies}
    first, last = today - timedelta(days=WEEK - 1), today + timedelta(days=WEEK - 1)
    late, due = [], []
    for item in agenda.overdue(ledger, today, within=WEEK):
        if item["overdue"]:
            late.append(_of(item, note="逾期"))
        elif item["due_on"] <= last.isoformat():
            due.append(_of(item, note="到期"))
    found: dict[str, Any] = {
        "new": _new(ledger, first, today), "due": due, "overdue": late, "to_sign": _to_sign(ledger),
        "to_decide": _to_decide(ledger, today),
    }  # fmt: skip
    for key, items in found.items():
        kept = [item for item in items if not names or item["agency_code"] in names]
        found[key] = _together(kept) if by_agency else kept
    return {"as_of": today.isoformat(), "week": [first.isoformat(), last.isoformat()], **found}


def _of(row: dict[str, Any], **more: Any) -> Item:
    item = {
        "kind": "finding",
        "number": "",
        "agency_code": None,
        "agency": None,
        "title": "",
        "due_on": None,
        "on": None,
        "note": "",
    }
    return {key: (row | more).get(key, value) for key, value in item.items()}


def _together(items: list[Item]) -> list[Item]:
    order = {code: place for place, code in reversed(list(enumerate(item["agency_code"] for item in items)))}
    return sorted(items, key=lambda item: order[item["agency_code"]])


def _new(ledger: Reads, first: date, today: date) -> list[Item]:
    """Return findings found, clues and complaints that came in, the latest first."""
    days = {"first": first.isoformat(), "today": today.isoformat()}
    found = []
    for kind, note, query in (
        (
            "finding",
            "问题",
            "SELECT number, agency_code, agency, title, found_on AS came_on FROM findings WHERE stage <> 'withdrawn'",
        ),
        ("clue", "线索", "SELECT number, agency_code, agency, title, received_on AS came_on FROM clues"),
        ("complaint", "投诉举报", "SELECT number, agency_code, agency, subject AS title, received_on AS came_on FROM complaints"),
    ):
        rows = ledger.rows(
            f"SELECT * FROM ({query}) t WHERE came_on BETWEEN :first AND :today ORDER BY came_on DESC, number", **days
        )
        found += [_of(row, kind=kind, on=row["came_on"], note=note, title=row["title"] or note) for row in rows]
    return sorted(found, key=lambda item: item["on"], reverse=True)


def _to_sign(ledger: Reads) -> list[Item]:
    """Letters that were drafted and want a signature, the oldest first."""
    kinds, found = ledger.policy().papers, []
    covered: dict[int, list[dict[str, Any]]] = {}
    for row in ledger.rows(
        "SELECT pf.paper_id, f.number, f.title FROM paper_finding pf JOIN findings f ON f.number = pf.finding_number"
        " JOIN paper p ON p.id = pf.paper_id WHERE p.state IN ('draft', 'reviewed') ORDER BY pf.id"
    ):
        covered.setdefault(row["paper_id"], []).append(row)
    for row in ledger.rows("SELECT * FROM papers WHERE state IN ('draft', 'reviewed') ORDER BY drafted_on, id"):
        kind = row["kind"]
        if kind == "transfer" or kind not in FORMS or not FORMS[kind].letter:
            continue
        about = covered.get(row["id"], [])
        title = kinds[kind].title if kind in kinds else kind
        title += f"（{about[0]['title']}{f'等{len(about)}项' if len(about) > 1 else ''}）" if about else ""
        number = row["number"] or (about[0]["number"] if about else str(row["id"]))
        note = "已审核" if row["state"] == "reviewed" else "拟稿"
        found.append(_of(row, kind="paper", number=number, title=title, on=row["drafted_on"], note=note))
    return found


def _to_decide(ledger: Reads, today: date) -> list[Item]:
    """Return what waits for a leader's word.

    Requests for a decision, findings that may be escalated, objections, systemic problems, objections to scores.
    """
    objected = {row["number"] for row in ledger.rows("SELECT number FROM findings WHERE objected = 1")}
    found = []
    for row in ledger.next(today):
        steps = {step["step"] for step in row["steps"]}
        if row["stage"] == "escalated":
            found.append(_of(row, note="待决定"))
        elif "escalate" in steps:
            found.append(_of(row, note="可以报请"))
        if row["number"] in objected:
            found.append(_of(row, note="异议待答复"))
    for row in ledger.rows(
        "SELECT id, title, state, due_on FROM guidances WHERE state IN ('proposed', 'open') ORDER BY due_on, id"
    ):
        note = "待研判" if row["state"] == "proposed" else "意见待发"
        found.append(_of(row, kind="guidance", number=f"guidance {row['id']}", note=note))
    for row in ledger.rows(
        "SELECT o.id, r.period, o.agency_code, a.name AS agency, o.made_on FROM score_objection o"
        " JOIN score_round r ON r.id = o.round_id JOIN agency a ON a.code = o.agency_code"
        " WHERE o.answered_on IS NULL AND r.state = 'draft' ORDER BY o.made_on, o.id"
    ):
        title = f"对{row['period']}监督评分的异议"
        found.append(_of(row, kind="score", number=f"score {row['period']}", title=title, on=row["made_on"], note="异议待答复"))
    return sorted(found, key=lambda item: (item["due_on"] is None, item["due_on"] or item["on"] or ""))


def numbered(item: Item) -> str:
    """Return an item's number as a Chinese page has it.

    >>> numbered({"kind": "action", "number": "action 3"}), numbered({"kind": "anomaly", "number": "214"})
    ('议定3', '异常214')
    >>> numbered({"kind": "finding", "number": "2026-0001"}), numbered({"kind": "duty", "number": "look 2026-09"})
    ('2026-0001', '查看2026-09')
    """
    first, _, rest = item["number"].partition(" ")
    if rest and first in _WORDS:
        return f"{_WORDS[first]}{rest}"
    return f"{_WORDS[item['kind']]}{item['number']}" if item["kind"] in _BARE and item["number"].isdecimal() else item["number"]


def most_urgent(items: Sequence[Item], key: str, most: int) -> list[Item]:
    """Return the so many most urgent items of a list, in its order: of what is new the latest, else what is due the first."""
    urgent = sorted(items, key=lambda item: item["due_on"] or item["on"] or "", reverse=key == "new")[:most]
    kept = {id(item) for item in urgent}
    return [item for item in items if id(item) in kept]


def counts(items: Sequence[Item]) -> list[tuple[str | None, str, int]]:
    """Return the code, the name and the number of items of each agency, in the order of the items."""
    names = {item["agency_code"]: item["agency"] or "（不涉及单位）" for item in items}
    return [(code, names[code], several) for code, several in Counter(item["agency_code"] for item in items).items()]
