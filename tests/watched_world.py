"""A small world of plans, certificates, entrustments, items and visits, entered through the command line; and an oracle of the scan.

The oracle was written from the words of the rules, not from their queries: plain loops over dicts, nothing shared with jsup.
"""

import csv
import random
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jsup import codes

DISTRICT, OTHER, TOWN = "JS-SCJG", "JS-FGJ", "310116101"
LEVELS = {DISTRICT: "district", OTHER: "district", TOWN: "town"}

HEADS = {
    "plan": {
        "code": "计划编码", "agency": "单位代码", "title": "计划名称", "kind": "计划类型", "year": "年度", "from": "起始日",
        "to": "截止日", "ordered_by": "部署机关", "made_on": "制定日期", "municipal_on": "市级备案日期", "filed_on": "备案日期",
        "published_on": "公布日期", "published_at": "公布位置",
    },
    "inspector": {
        "certificate": "执法证号", "name": "姓名", "agency": "单位代码", "from": "有效期起", "to": "有效期至", "state": "状态",
        "state_from": "状态起始日", "state_until": "状态截止日", "document": "依据文书",
    },
    "entrustment": {
        "agency": "委托机关代码", "body": "受委托组织", "scope": "委托事项", "from": "起始日", "to": "截止日", "document": "委托书",
    },
    "item": {"name": "检查事项"},
    "inspection": {
        "record": "检查行为编号", "agency": "实施机构编码", "agency_name": "实施机构", "body": "受委托部门", "enterprise": "行政相对人编码",
        "form": "检查形式", "kind": "检查类别", "method": "检查方式", "day": "检查时间", "inspectors": "检查人员",
        "certificates": "执法证号", "uploaded_on": "报送时间", "code": "检查码", "plan": "计划编码", "reason": "检查理由",
        "joint": "联合检查编号", "item": "检查事项", "risk": "风险等级", "trigger": "触发情形", "notice": "检查通知书文号",
    },
}  # fmt: skip

Row = dict[str, str]


def firm(number: int) -> str:
    """Return the code of an invented enterprise: its organisation code holds letters where none can stand."""
    head = f"91310116{number:08d}Y"
    return head + codes.check_character(head)


def plan(agency: str, **other: str) -> Row:
    """Return a plan of 2025 to 2026 in which nothing is wrong."""
    municipal = "2025-01-08" if LEVELS.get(agency) == "district" else ""
    return {
        "code": f"P-{agency}", "agency": agency, "title": "检查计划", "kind": "专项", "year": "2025", "from": "2025-01-01",
        "to": "2027-12-31", "made_on": "2025-01-05", "municipal_on": municipal, "filed_on": "2025-01-10",
        "published_on": "2025-01-20", "published_at": "网站",
    } | other  # fmt: skip


def inspector(certificate: str, agency: str = DISTRICT, **other: str) -> Row:
    """Return a certificate that is valid from 2025 to 2027."""
    return {
        "certificate": certificate, "name": f"检查员{certificate}", "agency": agency, "from": "2025-01-01", "to": "2027-12-31",
        "state": "有效",
    } | other  # fmt: skip


def visit(record: str, day: str, agency: str = DISTRICT, enterprise: str = firm(1), **other: str) -> Row:
    """Return a visit in which nothing is wrong."""
    return {
        "record": record, "agency": agency, "enterprise": enterprise, "form": "现场检查", "kind": "日常检查", "method": "有计划",
        "day": day, "inspectors": "甲;乙", "certificates": "Z1;Z2", "uploaded_on": day, "code": f"M{record}",
        "plan": f"P-{agency}", "item": "事项一",
    } | other  # fmt: skip


TRIGGERED = {"method": "触发式", "plan": "", "reason": "投诉举报", "trigger": "安全生产隐患", "notice": "通知1号"}


@dataclass
class World:
    """What the ledger holds, as the rows of the files from which it came."""

    plans: list[Row] = field(default_factory=lambda: [plan(agency) for agency in LEVELS])
    inspectors: list[Row] = field(default_factory=lambda: [inspector("Z1"), inspector("Z2"), inspector("Z3")])
    states: list[Row] = field(default_factory=list)
    """Later rows of certificates, taken over one after another."""
    entrustments: list[Row] = field(default_factory=list)
    items: list[str] = field(default_factory=lambda: ["事项一", "事项二"])
    visits: list[Row] = field(default_factory=list)

    def enter(self, jsup: Any, folder: Path) -> None:
        """Take everything over through the command line; the list of items on the first day of 2025."""
        for place, (group, rows) in enumerate(
            [("plan", self.plans), ("inspector", self.inspectors), *(("inspector", [row]) for row in self.states),
             ("entrustment", self.entrustments), ("inspection", self.visits)]
        ):  # fmt: skip
            if rows:
                take(jsup, folder / f"{group}{place}.csv", group, rows)
        if self.items:
            take(jsup, folder / "items.csv", "item", [{"name": name} for name in self.items], today="2025-01-01")


def take(jsup: Any, file: Path, group: str, rows: list[Row], today: str = "2026-11-24") -> Any:
    """Write rows as csv and import them; return what the import said."""
    heads = HEADS[group]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heads.values())
        writer.writerows([row.get(key, "") for key in heads] for row in rows)
    result = jsup("--today", today, group, "import", file, "--json")
    assert (result.status, result.err) == (0, ""), (result.out[:2000], result.err)
    return result.json


def found(jsup: Any, month: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Scan a month and return its hits."""
    result = jsup("scan", "--month", month, "--json")
    assert (result.status, result.err) == (0, ""), result
    return sorted(
        (one["rule"], one["agency_code"], one["enterprise_code"], tuple(sorted(one["records"])))
        for one in result.json["anomalies"]
    )


# The oracle -------------------------------------------------------------------------------------

REPEAT_DAYS, MULTIPLE_DAYS, UPLOAD_DAYS = 30, 7, 10
CAPS = {"A": 1, "B": 2, "C": 4, "D": 6}
ANY_CAP = 4
BODIES = ("领导小组", "协调小组", "联席会议", "指挥部", "委员会办公室", "检测", "检验", "研究院", "研究所", "事务所", "评估", "咨询",
          "中介", "协会")  # fmt: skip
PERSONS = ("网格员", "协管员", "辅助人员", "临时工", "辅警")


def oracle(world: World, month: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return the hits of a month by every rule: rule, agency, enterprise, records in order."""
    latest = {row["record"]: row for row in world.visits}
    visits = [row for row in latest.values() if "非现场" not in row["form"]]
    hits = []
    for row in visits:
        if row["day"].startswith(month):
            hits += [(rule, row["agency"], row["enterprise"], (row["record"],)) for rule in _alone(world, row)]
    year, number = (int(part) for part in month.split("-"))
    days = [f"{month}-{day:02d}" for day in range(1, monthrange(year, number)[1] + 1)]
    for agency in {row["agency"] for row in visits}:
        for enterprise in {row["enterprise"] for row in visits}:
            at = [row for row in visits if row["enterprise"] == enterprise]
            for day in days:
                own = [row for row in at if row["agency"] == agency and row["day"] == day]
                for rule, records in _together(world, at, own, agency, day):
                    hits.append((rule, agency, enterprise, tuple(sorted(records))))
    return sorted(hits)


def _ago(row: Row, day: str) -> int:
    return (date.fromisoformat(day) - date.fromisoformat(row["day"])).days


def _ordinary(world: World, row: Row) -> bool:
    ordered = {one["code"] for one in world.plans if one.get("ordered_by")}
    return "触发" not in row["method"] and row.get("plan", "") not in ordered


def _together(world: World, at: list[Row], own: list[Row], agency: str, day: str) -> list[tuple[str, set[str]]]:
    found = []
    usual = [row for row in own if _ordinary(world, row)]
    mine = [row for row in at if row["agency"] == agency and _ordinary(world, row)]
    before = [row for row in mine if 0 < _ago(row, day) <= REPEAT_DAYS]
    if usual and before:
        found.append(("repeat", {row["record"] for row in usual + before}))
    pairs = [
        (one, other)
        for one in own
        if "触发" not in one["method"]
        for other in at
        if other["agency"] != agency and "触发" not in other["method"] and 0 <= _ago(other, day) <= MULTIPLE_DAYS
        if _ago(other, day) or other["agency"] < agency
        if not one.get("joint") or one["joint"] != other.get("joint")
    ]
    if pairs:
        found.append(("multiple", {row["record"] for pair in pairs for row in pair}))
    year = [row for row in mine if row["day"][:4] == day[:4] and row["day"] <= day]
    if usual:
        cap = min(CAPS.get(row.get("risk", ""), ANY_CAP) for row in usual)
        if len({row["day"] for row in year}) > cap:
            found.append(("frequency", {row["record"] for row in year}))
    return found


def _alone(world: World, row: Row) -> list[str]:
    """Return the rules that one record breaks by itself."""
    day, agency, triggered = row["day"], row["agency"], "触发" in row["method"]
    plans = [one for one in world.plans if one["code"] == row.get("plan") and (one["agency"] == agency or row.get("joint"))]
    in_term = [one for one in plans if one["from"] <= day <= one["to"] and one.get("filed_on")]
    individual = "个案" in row["kind"] and row.get("reason")
    found = []
    if not triggered and not individual and not in_term:
        found.append("unplanned")
    for one in in_term:
        unpublished = LEVELS[one["agency"]] == "district" and day < (one.get("published_on") or "9999")
        if not triggered and (day < one["filed_on"] or unpublished):
            found.append("early")
    if triggered and not (row.get("reason") and row.get("trigger") and row.get("notice")):
        found.append("triggered")
    if not row.get("code"):
        found.append("code")
    names = [one for one in row.get("inspectors", "").split(";") if one]
    numbers = [one for one in row.get("certificates", "").split(";") if one]
    crew = max(len(names), len(numbers))
    if crew < 2:
        found.append("inspectors")
    if len(numbers) < crew or not numbers or any(_bad(world, one, day) for one in numbers):
        found.append("certificate")
    body = row.get("body", "")
    if body and not any(
        one["agency"] == agency and one["body"] == body and one["from"] <= day <= one["to"]
        and ("全部" in one["scope"].split(";") or row.get("item", "") in ["", *one["scope"].split(";")])
        for one in world.entrustments
    ):  # fmt: skip
        found.append("entrustment")
    if any(word in body for word in BODIES) or any(word in row.get("inspectors", "") for word in PERSONS):
        found.append("forbidden")
    if row.get("item") and row["item"] not in world.items:
        found.append("item")
    if row.get("uploaded_on") and -_ago({"day": row["uploaded_on"]}, day) > UPLOAD_DAYS:
        found.append("upload")
    return found


def _bad(world: World, number: str, day: str) -> bool:
    """Tell whether a certificate is not good on a day: the latest state that has begun counts, until its last day."""
    known = [one for one in world.inspectors if one["certificate"] == number]
    if not known:
        return True
    (one,) = known
    if day < one["from"] or day > one["to"]:
        return True
    said = [row for row in [one, *world.states] if row["certificate"] == number and row.get("state_from", "") and
            row["state_from"] <= day]  # fmt: skip
    if not said:
        return False
    last = said[-1]
    return last["state"] != "有效" and day <= (last.get("state_until") or "9999")


# At random --------------------------------------------------------------------------------------


def at_random(seed: int, month: str = "2026-01", visits: int = 160) -> World:
    """Return a world of few agencies and enterprises, so that much of what they do collides; visits from before the month too."""
    chance = random.Random(seed)
    first = date.fromisoformat(f"{month}-01")

    def day(back: int = 50, on: int = 40) -> str:
        return (first + timedelta(days=chance.randint(-back, on))).isoformat()

    def some(*texts: str) -> str:
        return chance.choice(texts)

    world = World()
    for agency, level in LEVELS.items():
        municipal = {"municipal_on": "2025-01-08"} if level == "district" else {"municipal_on": ""}
        world.plans += [
            plan(agency, code=f"D-{agency}", ordered_by="市级主管部门"),
            plan(agency, code=f"F-{agency}", filed_on=day(5, 30), published_on=(first + timedelta(days=31)).isoformat()),
            plan(agency, code=f"U-{agency}", published_on="", published_at=""),
            plan(agency, code=f"N-{agency}", filed_on="", published_on="", published_at="", **municipal),
            plan(agency, code=f"T-{agency}", **{"from": first.isoformat(), "to": (first + timedelta(days=15)).isoformat()}),
        ]
    world.inspectors += [
        inspector("Z4", to=day(0, 20)), inspector("Z5", **{"from": day(0, 20)}),
        inspector("Z6", state="暂停使用", state_from=day(5, 15), state_until=(first + timedelta(days=20)).isoformat(), document="文"),
        inspector("Z7", state="收回", state_from=day(5, 20), document="文"),
        inspector("Z8", state="暂停使用", state_from=first.isoformat(), document="文"),
    ]  # fmt: skip
    world.states = [inspector("Z8", state="有效", state_from=(first + timedelta(days=chance.randint(1, 20))).isoformat(),
                              document="文")]  # fmt: skip
    world.entrustments = [
        {"agency": agency, "body": body, "scope": scope, "from": first.isoformat(),
         "to": (first + timedelta(days=chance.randint(5, 40))).isoformat(), "document": "委托书"}
        for agency, body, scope in ((TOWN, "某所", "事项一;事项三"), (DISTRICT, "某所", "事项二"), (TOWN, "某协会", "全部"))
    ]  # fmt: skip
    for number in range(visits):
        agency = some(*LEVELS)
        on = day(35, 30) if chance.random() < 0.9 else day(360, 30)
        row = visit(f"R{number:03d}", on, agency, firm(chance.randint(1, 12)), risk=some("A", "B", "C", "D", "", "X"))
        for _time in range(chance.choice((0, 0, 1, 1, 2))):
            row |= chance.choice(
                [
                    {"form": "非现场检查"}, {"joint": some("L1", "L2")}, {"joint": "L1"}, {"code": ""},
                    {"plan": some("", "P-NONE", *(f"{kind}-{some(agency, *LEVELS)}" for kind in "PDFUNTDFUNT"))},
                    {"plan": f"D-{agency}"}, {"plan": f"F-{agency}"}, {"plan": "", "kind": "个案检查", "reason": some("举报", "")},
                    TRIGGERED, TRIGGERED | {some("reason", "trigger", "notice"): ""}, TRIGGERED | {"plan": f"F-{agency}"},
                    {"inspectors": "甲", "certificates": some("", "Z1")}, {"inspectors": some("甲", "甲;乙;丙", "甲;网格员乙", "")}, {"certificates": some("Z1", "", "Z1;Z9")},
                    {"certificates": f"Z1;{some('Z4', 'Z5', 'Z6', 'Z7', 'Z8')}"}, {"certificates": f"Z1;{some('Z4', 'Z6', 'Z8')}"},
                    {"body": some("某所", "某协会", "别处"), "item": some("事项一", "事项二", "事项三", "")},
                    {"item": some("事项三", "")}, {"uploaded_on": (date.fromisoformat(on) + timedelta(chance.randint(9, 12))).isoformat()},
                    {"uploaded_on": ""},
                ]
            )  # fmt: skip
        world.visits.append(row)
    return world
