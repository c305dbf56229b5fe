"""A year of inspections for the district's real register, made from a seed, with anomalies in it and the list of them.

    python examples/jinshan/year.py DIR [--seed 1] [--inspections 10000] [--last 2026-10]

writes to DIR: items.csv, inspectors.csv, entrustments.csv, plans.csv, inspections.csv, clues.csv, complaints.csv, each to be
taken over by the import of its name (`jsup item import DIR/items.csv`), and planted.csv, which names each anomaly with its rule,
month, agency, enterprise and records.

The enterprises are invented and called so. Their codes pass the check of GB 32100 (place 18), but the organisation code inside
bears a check digit that GB 11714 does not allow (place 17), so that no company can have one. Everything that is not planted is
lawful, and close to what is not: visits just outside the set days, joint and merged ones, campaigns, triggered and off-site ones.
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from jsup import policy
from jsup.codes import ALPHABET, check_character

HEADINGS = (  # noqa: SIM905 - as a file has them
    "检查行为名称,检查行为编号,实施机构,实施机构编码,受委托部门,监管对象,行政相对人编码,行政区划代码,检查形式,检查类别,检查方式,检查结果,"
    "检查时间,检查人员,执法证号,报送时间,检查码,计划编码,检查理由,联合检查编号,检查事项,风险等级,触发情形,检查通知书文号,扫码评价"
).split(",")
RULES = (
    "repeat", "multiple", "frequency", "unplanned", "early", "triggered", "code", "inspectors", "certificate", "entrustment",
    "forbidden", "item", "upload",
)  # fmt: skip
RESULTS = ("未发现问题", "未发现问题", "未发现问题", "发现问题，已责令整改", "发现问题，已批评教育")
RATINGS = ("满意", "满意", "满意", "基本满意", "不满意", "")
WATCH = policy.parse(policy.packaged_text(), policy.DEFAULT).own["watch"]
REPEAT, MULTIPLE, UPLOAD = (WATCH[f"{key}_days"] for key in ("repeat", "multiple", "upload"))
"""The bureau's settings by which visits are near to each other, and an upload is late."""
APART = 36
"""Days between visits to one enterprise that nothing is wrong with."""


def enterprise_code(number: int) -> str:
    """Return a code that passes the check of the whole, but whose organisation code nobody can have."""
    body = f"MA{number:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(sign) for weight, sign in zip(weights, body, strict=True))
    right = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    wrong = next(sign for sign in ALPHABET[number % 7 :] if sign != right)
    first17 = f"91310116{body}{wrong}"
    return first17 + check_character(first17)


@dataclass
class Agency:
    """An agency of the register, with its inspectors, its items and its plans."""

    code: str
    name: str
    level: str
    inspectors: list[tuple[str, str]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)

    @property
    def plan(self) -> str:
        """The code of its annual plan."""
        return f"JH-{self.code}"


class Year:
    """The year as it is made: rows of each file, and what was planted."""

    def __init__(self, seed: int, inspections: int, last: date) -> None:
        """Set out from a seed."""
        self.chance = random.Random(seed)  # noqa: S311 - a year that can be made again
        self.wanted = inspections
        self.first, self.last = (last.replace(day=1) - timedelta(days=330)).replace(day=1), last
        self.rows: list[dict[str, str]] = []
        self.planted: list[tuple[str, ...]] = []
        self.enterprises = 0
        self.agencies = self._agencies()
        self.own = [agency for agency in self.agencies if agency.level != "园区"]

    # The register, the lists and the plans ------------------------------------------------------

    def _agencies(self) -> list[Agency]:
        with (Path(__file__).parent / "agencies-jinshan.csv").open(encoding="utf-8-sig", newline="") as file:
            found = [Agency(row["单位代码"], row["单位名称"], row["单位层级"]) for row in csv.DictReader(file)]
        for place, agency in enumerate(found, 1):
            agency.inspectors = [
                (f"样例{place:02d}{sign}", f"SL{place:03d}{number:03d}") for number, sign in enumerate("甲乙丙丁戊己庚辛", 1)
            ]
            agency.items = [f"样例事项{place:02d}-{number}" for number in range(1, 6)]
        return found

    def items(self) -> Iterator[list[str]]:
        """Return the municipal list."""
        yield ["检查事项", "检查领域"]
        for agency in self.agencies:
            yield from ([item, f"样例领域{agency.items[0][4:6]}"] for item in agency.items)

    def odd(self, agency: Agency, problem: str) -> tuple[str, str]:
        """Return the inspector of an agency whose certificate is never good in this year."""
        return f"样例{agency.items[0][4:6]}{problem}", f"SL-{problem}-{agency.code}"

    def inspectors(self) -> Iterator[list[str]]:
        """Return every certificate, and those that are not good."""
        yield ["执法证号", "姓名", "单位代码", "有效期起", "有效期至", "状态", "状态起始日", "状态截止日", "依据文书"]
        begin, end = (self.first - timedelta(days=400)).isoformat(), (self.last + timedelta(days=900)).isoformat()
        before, after = (self.first - timedelta(days=1)).isoformat(), (self.last + timedelta(days=1)).isoformat()
        for agency in self.agencies:
            for name, certificate in agency.inspectors:
                yield [certificate, name, agency.code, begin, end, "有效", "", "", ""]
            for problem, term, state in (
                ("expired", (begin, before), ("有效", "", "", "")),
                ("early", (after, end), ("有效", "", "", "")),
                ("suspended", (begin, end), ("暂停使用", self.first.isoformat(), after, "样例文书")),
                ("revoked", (begin, end), ("收回", self.first.isoformat(), "", "样例文书")),
            ):
                name, certificate = self.odd(agency, problem)
                yield [certificate, name, agency.code, *term, *state]

    def entrustments(self) -> Iterator[list[str]]:
        """Return what was entrusted: to one body per town, two of its items, for the year but its last three months."""
        yield ["委托机关代码", "受委托组织", "委托事项", "起始日", "截止日", "委托书"]
        for agency in self.towns():
            yield [
                agency.code,
                self.body(agency),
                ";".join(agency.items[:2]),
                self.first.isoformat(),
                self.term_end.isoformat(),
                "样例委托书",
            ]

    def towns(self) -> list[Agency]:
        """Return the towns."""
        return [agency for agency in self.agencies if agency.level == "街镇"]

    @staticmethod
    def body(agency: Agency) -> str:
        """Return the body that a town has entrusted."""
        return f"{agency.name}样例管理所"

    @property
    def term_end(self) -> date:
        """The last day of the entrustments."""
        return self.last - timedelta(days=92)

    @property
    def late_plan(self) -> tuple[date, date, date]:
        """The first day of the special plans, the day of their filing, that of their publication."""
        start = self.first + timedelta(days=120)
        return start, start + timedelta(days=30), start + timedelta(days=60)

    def plans(self) -> Iterator[list[str]]:
        """Return each agency's plan of the year, a campaign ordered from above, one filed and published late, one never filed."""
        yield [
            "计划编码", "单位代码", "计划名称", "计划类型", "年度", "起始日", "截止日", "检查领域", "部署机关", "制定日期",
            "市级备案日期",
            "市级备案文号", "备案日期", "备案文号", "公布日期", "公布位置",
        ]  # fmt: skip
        made, filed, published = (self.first - timedelta(days=days) for days in (60, 40, 30))
        start, late, later = self.late_plan
        for agency in self.agencies:
            field_ = f"样例领域{agency.items[0][4:6]}"
            for code, title, kind, ordered, days in (
                (agency.plan, "检查计划（样例）", "专项", "", (self.first, made, filed, published)),
                (f"{agency.plan}-DC", "专项行动（样例）", "专项", "样例市级主管部门", (self.first, made, filed, published)),
                (f"{agency.plan}-WB", "补报检查计划（样例）", "专项", "", (start, start - timedelta(days=9), late, later)),
                (f"{agency.plan}-WS", "未备案检查计划（样例）", "专项", "", (self.first, made, None, None)),
            ):
                from_on, made_on, filed_on, published_on = days
                municipal = filed_on.isoformat() if filed_on and agency.level == "区级" else ""
                yield [
                    code, agency.code, title, kind, str(from_on.year), from_on.isoformat(), self.last.isoformat(), field_,
                    ordered,
                    made_on.isoformat(), municipal, "", filed_on.isoformat() if filed_on else "", "",
                    published_on.isoformat() if published_on else "", "样例网站" if published_on else "",
                ]  # fmt: skip

    # Visits -------------------------------------------------------------------------------------

    def enterprise(self) -> tuple[str, str]:
        """Return the next enterprise: its code and its name."""
        self.enterprises += 1
        return enterprise_code(self.enterprises), f"虚构样例企业{self.enterprises:06d}"

    def visit(self, agency: Agency, enterprise: tuple[str, str], on: date, **other: str) -> str:
        """Enter a record of a visit that nothing is wrong with but what `other` says; return its number."""
        number = f"JC{self.last:%y%m}{len(self.rows) + 1:07d}"
        crew = self.chance.sample(agency.inspectors, 2)
        self.rows.append(
            {
                "检查行为名称": "涉企行政检查（样例）", "检查行为编号": number, "实施机构": agency.name,
                "实施机构编码": agency.code,
                "监管对象": enterprise[1], "行政相对人编码": enterprise[0], "行政区划代码": "310116", "检查形式": "现场检查",
                "检查类别": "日常检查", "检查方式": "有计划", "检查结果": self.chance.choice(RESULTS), "检查时间": on.isoformat(),
                "检查人员": ";".join(name for name, _number in crew), "执法证号": ";".join(number for _name, number in crew),
                "报送时间": (on + timedelta(days=self.chance.randint(0, UPLOAD))).isoformat(), "检查码": f"JCM{number}",
                "计划编码": agency.plan, "检查事项": self.chance.choice(agency.items), "风险等级": "D",
                "扫码评价": self.chance.choice(RATINGS),
            }
            | other
        )  # fmt: skip
        return number

    def day(self, first: int = 0, before_last: int = 0) -> date:
        """Return a day of the year, some days from its first and its last."""
        return self.first + timedelta(days=self.chance.randint(first, (self.last - self.first).days - before_last))

    def plant(self, rule: str, agency: Agency, enterprise: tuple[str, str], on: date, *records: str) -> None:
        """Take down an anomaly."""
        self.planted.append((rule, f"{on:%Y-%m}", agency.code, enterprise[0], ";".join(sorted(records))))

    def lawful(self) -> None:
        """Enter the visits to one enterprise that nothing is wrong with, now and then near to what would be."""
        enterprise, chance = self.enterprise(), self.chance
        start = self.first + timedelta(days=chance.randrange(APART))
        places = sorted(chance.sample(range((self.last - start).days // APART + 1), chance.randint(1, 6)))
        other, *several = chance.sample(self.own, len(self.own))
        for agency, place in zip(several, places, strict=False):
            on = start + timedelta(days=place * APART)
            usual = on + timedelta(days=APART // 2) > self.last
            (kind,) = (
                [""]
                if usual
                else chance.choices(("merged", "joint", "campaign", "triggered", "offsite", "near", ""), (1, 1, 1, 1, 1, 1, 19))
            )
            if kind == "merged":  # one visit for two items
                self.visit(agency, enterprise, on)
                self.visit(agency, enterprise, on)
            elif kind == "joint":  # one visit of several agencies
                joint = f"LH{self.last:%y%m}{len(self.rows):07d}"
                for one in chance.sample(several[len(places) :], 3):
                    self.visit(one, enterprise, on, 联合检查编号=joint)
            elif kind == "campaign":  # a campaign near to an ordinary visit
                self.visit(agency, enterprise, on)
                self.visit(
                    agency, enterprise, on + timedelta(days=REPEAT // 2), 计划编码=f"{agency.plan}-DC", 检查类别="专项检查"
                )
            elif kind == "triggered":  # a triggered one likewise
                self.visit(agency, enterprise, on)
                given = {
                    "检查方式": "触发式",
                    "计划编码": "",
                    "检查理由": "投诉举报",
                    "触发情形": "安全生产隐患",
                    "检查通知书文号": "样例通知",
                }
                self.visit(agency, enterprise, on + timedelta(days=REPEAT // 3), **given)
            elif kind == "offsite":  # off-site checks are no visits
                self.visit(agency, enterprise, on)
                self.visit(agency, enterprise, on + timedelta(days=3), 检查形式="非现场检查", 检查码="", 计划编码="")
            elif kind == "near":  # just outside the set days
                self.visit(agency, enterprise, on)
                self.visit(other, enterprise, on + timedelta(days=MULTIPLE + 1))
            else:
                self.visit(agency, enterprise, on)

    # What is planted ----------------------------------------------------------------------------

    def repeat(self) -> None:
        """Plant a second visit within the set days."""
        agency, enterprise, on = self.chance.choice(self.own), self.enterprise(), self.day(0, REPEAT)
        again = on + timedelta(days=self.chance.randint(1, REPEAT))
        records = self.visit(agency, enterprise, on), self.visit(agency, enterprise, again)
        self.plant("repeat", agency, enterprise, again, *records)

    def multiple(self) -> None:
        """Plant a visit of another agency within the set days, now and then on the same day."""
        (one, other), enterprise, on = self.chance.sample(self.own, 2), self.enterprise(), self.day(0, MULTIPLE)
        again = on + timedelta(days=self.chance.randint(0, MULTIPLE))
        records = self.visit(one, enterprise, on), self.visit(other, enterprise, again)
        later = max(one, other, key=lambda agency: agency.code) if again == on else other
        self.plant("multiple", later, enterprise, again, *records)

    def frequency(self) -> None:
        """Plant a second visit of a year to an enterprise whose class allows one."""
        agency, enterprise = self.chance.choice(self.own), self.enterprise()
        new_year = date(self.last.year, 1, 1)
        begin, end = (
            (new_year, self.last) if (self.last - new_year).days > 3 * REPEAT else (self.first, new_year - timedelta(days=1))
        )
        on = begin + timedelta(days=self.chance.randint(0, (end - begin).days - REPEAT - 1))
        again = on + timedelta(days=self.chance.randint(REPEAT + 1, (end - on).days))
        records = [self.visit(agency, enterprise, day, 风险等级="A") for day in (on, again)]
        self.plant("frequency", agency, enterprise, again, *records)

    def unplanned(self) -> None:
        """Plant a visit without a plan, with one that there is not, another agency's, or one never filed."""
        agency, other = self.chance.sample(self.own, 2)
        plan = self.chance.choice(("", "JH-NONE", other.plan, f"{agency.plan}-WS"))
        self.alone("unplanned", agency, self.day(), 计划编码=plan)

    def early(self) -> None:
        """Plant a visit by a plan that was filed, or published, only afterwards."""
        agency = self.chance.choice(self.own)
        start, late, later = self.late_plan
        before = later if agency.level == "区级" else late
        on = start + timedelta(days=self.chance.randrange((before - start).days))
        self.alone("early", agency, on, 计划编码=f"{agency.plan}-WB")

    def triggered(self) -> None:
        """Plant a triggered visit that lacks its reason, its trigger or its notice."""
        given = {"检查理由": "投诉举报", "触发情形": "安全生产隐患", "检查通知书文号": "样例通知"}
        given[self.chance.choice([*given])] = ""
        self.alone("triggered", self.chance.choice(self.own), self.day(), 检查方式="触发式", 计划编码="", **given)

    def code(self) -> None:
        """Plant a visit without an inspection code."""
        self.alone("code", self.chance.choice(self.own), self.day(), 检查码="")

    def inspectors_(self) -> None:
        """Plant a visit of one inspector."""
        agency = self.chance.choice(self.own)
        name, certificate = self.chance.choice(agency.inspectors)
        self.alone("inspectors", agency, self.day(), 检查人员=name, 执法证号=certificate)

    def certificate(self) -> None:
        """Plant a visit with a certificate that is missing, unknown, or not good that day."""
        agency = self.chance.choice(self.own)
        problem = self.chance.choice(("missing", "unknown", "expired", "early", "suspended", "revoked"))
        good, own = self.chance.choice(agency.inspectors), self.odd(agency, problem)
        numbers = good[1] if problem == "missing" else f"{good[1]};{own[1]}"
        self.alone("certificate", agency, self.day(), 检查人员=f"{good[0]};{own[0]}", 执法证号=numbers)

    def entrustment(self) -> None:
        """Plant a visit of an entrusted body that nobody entrusted, or outside its term or scope."""
        agency = self.chance.choice(self.towns())
        what = self.chance.choice(("nobody", "term", "scope"))
        end = (self.term_end - self.first).days
        on = self.day(end + 1) if what == "term" else self.first + timedelta(days=self.chance.randint(0, end))
        body = f"{agency.name}样例服务站" if what == "nobody" else self.body(agency)
        self.alone("entrustment", agency, on, 受委托部门=body, 检查事项=agency.items[4 if what == "scope" else 0])

    def forbidden(self) -> None:
        """Plant a visit with somebody who is no inspector, though a certificate is given."""
        agency = self.chance.choice(self.own)
        one, other = self.chance.sample(agency.inspectors, 2)
        self.alone("forbidden", agency, self.day(), 检查人员=f"{one[0]};{other[0]}（网格员）", 执法证号=f"{one[1]};{other[1]}")

    def item(self) -> None:
        """Plant a visit for an item that the list does not hold."""
        self.alone("item", self.chance.choice(self.own), self.day(), 检查事项="样例清单外事项")

    def upload(self) -> None:
        """Plant a record that was uploaded late."""
        on = self.day()
        self.alone("upload", self.chance.choice(self.own), on, 报送时间=(on + timedelta(days=UPLOAD + 1)).isoformat())

    def alone(self, rule: str, agency: Agency, on: date, **other: str) -> None:
        """Plant an anomaly that one record shows by itself."""
        enterprise = self.enterprise()
        self.plant(rule, agency, enterprise, on, self.visit(agency, enterprise, on, **other))

    def entrusted(self) -> None:
        """Enter a lawful visit of an entrusted body."""
        agency = self.chance.choice(self.towns())
        on = self.first + timedelta(days=self.chance.randint(0, (self.term_end - self.first).days))
        self.visit(agency, self.enterprise(), on, 受委托部门=self.body(agency), 检查事项=self.chance.choice(agency.items[:2]))

    def fill(self) -> None:
        """Make the year."""
        planting: dict[str, Callable[[], None]] = {
            rule: getattr(self, "inspectors_" if rule == "inspectors" else rule) for rule in RULES
        }
        for rule in RULES:
            for _time in range(max(6, self.wanted // 500)):
                planting[rule]()
        for _time in range(max(5, self.wanted // 200)):
            self.entrusted()
        while len(self.rows) < self.wanted:
            self.lawful()
        self._number()

    def _number(self) -> None:
        """Put the records in the order of their days, as a system does, and number them so."""
        self.rows.sort(key=lambda row: (row["检查时间"], row["检查行为编号"][::-1]))
        numbers = {row["检查行为编号"]: f"JC{self.last:%y%m}{place:07d}" for place, row in enumerate(self.rows, 1)}
        for row in self.rows:
            row["检查行为编号"] = numbers[row["检查行为编号"]]
        self.planted = [
            (*rest, ";".join(sorted(numbers[record] for record in records.split(";")))) for *rest, records in self.planted
        ]

    # What comes in ------------------------------------------------------------------------------

    def clues(self) -> Iterator[list[str]]:
        """Return clues of several channels."""
        yield ["渠道", "来源编号", "单位代码", "收到日期", "标题", "内容"]
        for number in range(1, 61):
            channel = self.chance.choice(("12345", "投诉举报平台/电话", "工商联/行业协会", "法治观察员", "行政复议", "媒体"))
            agency = self.chance.choice(self.own)
            yield [
                channel, f"SL{number:05d}", agency.code, self.day().isoformat(), "反映入企检查频次较高（样例）",
                f"虚构样例企业{number:06d}反映检查次数多。",
            ]  # fmt: skip

    def complaints(self) -> Iterator[list[str]]:
        """Return the agencies' own handling of complaints, some of it late."""
        yield ["单位代码", "投诉编号", "事项", "收到日期", "受理日期", "办结日期", "办理结果"]
        waiting = 0.1
        for number in range(1, 41):
            on, kind = self.day(0, 90), self.chance.random()
            accepted = "" if kind < waiting else (on + timedelta(days=3)).isoformat()
            done = "" if kind < 2 * waiting else (on + timedelta(days=20)).isoformat()
            yield [
                self.chance.choice(self.own).code, f"TS{number:05d}", "对检查程序有异议（样例）", on.isoformat(), accepted, done,
                "已答复" if done else "",
            ]  # fmt: skip


def write(folder: Path, name: str, rows: Iterator[list[str]]) -> None:
    """Write one file."""
    with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def make(folder: Path, seed: int = 1, inspections: int = 10_000, last: date = date(2026, 10, 31)) -> Year:
    """Make a year and write its files to a folder."""
    year = Year(seed, inspections, last)
    year.fill()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("items", "inspectors", "entrustments", "plans", "clues", "complaints"):
        write(folder, f"{name}.csv", getattr(year, name)())
    write(folder, "inspections.csv", iter([HEADINGS, *([row.get(head, "") for head in HEADINGS] for row in year.rows)]))
    write(folder, "planted.csv", iter([["规则", "月份", "单位代码", "企业代码", "检查编号"], *map(list, sorted(year.planted))]))
    return year


def main() -> None:
    """Read the command line and make a year."""
    parser = argparse.ArgumentParser(description="Make a year of inspections with anomalies in it.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inspections", type=int, default=10_000)
    parser.add_argument("--last", default="2026-10", help="the last of the twelve months")
    given = parser.parse_args()
    after = date.fromisoformat(f"{given.last}-28") + timedelta(days=4)
    year = make(given.folder, given.seed, given.inspections, after.replace(day=1) - timedelta(days=1))
    print(f"{len(year.rows)} records, {len(year.planted)} anomalies, {year.enterprises} enterprises")


if __name__ == "__main__":
    main()
