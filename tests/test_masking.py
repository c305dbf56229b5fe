"""Nothing meant for an agency, the public or a leader names a complainant, and nothing but its own list shows a transfer.

Every output of the program is written and searched: what is printed, as a table and as JSON, and each file, unpacked.
"""

import io
import json
import zipfile
from pathlib import Path

import pytest

from jsup import policy
from jsup.reports.queries import FIGURES, all_queries
from tests.conftest import rows

PERSON = {"name": "密某某甲", "phone": "13712340007", "identity": "310116198802020022", "address": "密址路七号"}
TRANSFER = ("密移送〔2026〕7号", "密回执七号", "密通报〔2026〕8号", "密收条八号")
SECRETS = (*PERSON.values(), *TRANSFER)
AGENCY, OTHER = "JS-SCJG", "JS-SWJU"
FACTS = "--facts", "检查记录表明", "--basis", "金司〔2025〕26号"
ENTERPRISE = "91350100M000100Y43"


def secrets_in(data: bytes, place: str = "") -> list[tuple[str, str]]:
    """Return the secrets that a file holds, itself and what is packed in it, as text of UTF-8 or as JSON or XML spells it."""
    found = [(place, secret) for secret in SECRETS for spelt in spellings(secret) if spelt in data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            for name in parts.namelist():
                found += secrets_in(parts.read(name), f"{place}/{name}")
    return found


def spellings(secret: str) -> set[bytes]:
    marked = "".join(f"&#{ord(character)};" for character in secret)
    return {secret.encode(), json.dumps(secret)[1:-1].encode(), marked.encode(), secret.encode("utf-16-le")}


@pytest.mark.in_a_file
def test_a_secret_is_found_however_deep_it_is_packed():
    inside, outside = io.BytesIO(), io.BytesIO()
    for packed, name, data in ((inside, "a.xml", "&#23494;" + PERSON["name"]), (outside, "b.docx", None)):
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr(name, data or inside.getvalue())
    assert secrets_in(outside.getvalue()) == [("/b.docx/a.xml", PERSON["name"])]
    assert secrets_in(json.dumps({"x": TRANSFER[0]}).encode()) == [("", TRANSFER[0])]


@pytest.fixture
def told(jsup, register):
    """Return a ledger that knows a complainant and a transfer, with work of every kind around them."""
    text = policy.packaged_text().replace("keep_complainants = false", "keep_complainants = true")
    Path("keep.toml").write_text(text, encoding="utf-8")
    person = [f"--{key}={value}" for key, value in PERSON.items()]
    said = f"来电人称{PERSON['phone']}，证件{PERSON['identity']}，反映重复检查"
    typed = f"{PERSON['name']}（{PERSON['phone']}，{PERSON['identity']}，{PERSON['address']}）"  # by officers, into other texts
    complaints = "单位代码,投诉编号,事项,收到日期\n{0},TS1,{1}反映,2026-09-01\n"
    Path("complaints.csv").write_text(complaints.format(AGENCY, typed.replace(",", "，")), encoding="utf-8")
    inspections = "检查行为名称,检查行为编号,实施机构编码,监管对象,行政相对人编码,检查时间\n检查,JC1,{0},企业,{1},2026-11-03\n"
    Path("inspections.csv").write_text(inspections.format(AGENCY, ENTERPRISE), encoding="utf-8")
    plans = f"计划编码,单位代码,计划名称,计划类型,年度\nP1,{AGENCY},计划,年度,2026\n"
    Path("plans.csv").write_text(plans, encoding="utf-8")
    for line in (
        ["policy", "import", "keep.toml"],
        ["agency", "amend", OTHER, "--set=phone=021-57920000", "--why", PERSON["phone"]],
        ["clue", "add", "--channel=hotline", "--title", f"重复检查{PERSON['phone']}", "--content", said, f"--agency={AGENCY}", *person],
        ["clue", "add", "--channel=hotline", "--title=一月三次", f"--agency={OTHER}", *person],
        ["clue", "triage", "X2026-0001", "--finding", "--category=repeat", "--title=重复检查", *FACTS],
        ["finding", "add", "--agency", AGENCY, "--agency", OTHER, "--agency", "JS-CZJ", "--category=code", "--title=未用码", *FACTS],
        ["account", "2026-0001", "--measure=transfer", "--number", TRANSFER[0], "--receipt", TRANSFER[1], "--whom", PERSON["name"],
         "--note", "密事由"],
        ["finding", "add", f"--agency={AGENCY}", "--category=complaint", f"--title={typed}未答复", f"--facts={typed}", f"--basis={typed}",
         f"--source={typed}", "--found-on=2026-09-01"],
        ["warn", "2026-0005", "--method=phone", f"--note={typed}", f"--reply={typed}", "--rectify-by=2026-09-10", "--on=2026-09-02"],
        ["confirm", "2026-0005", "--unrectified", "--on=2026-09-11"], ["amend", "2026-0005", f"--set=facts={typed}二", f"--why={typed}"],
        ["recommend", "2026-0005", "--out=papers"], ["complaint", "import", "complaints.csv"],
        ["clue", "add", "--channel=media", f"--title={typed}", f"--content={typed}"],
        ["paper", "draft", "general-reminder", f"--set=subject={typed}", f"--set=text={typed}", "--out=papers"],
        ["discipline", "add", "--number", TRANSFER[2]], ["discipline", "receipt", "1", "--receipt", TRANSFER[3]],
        ["warn", "2026-0001", "2026-0002", "--method=letter", "--rectify-by=2026-12-01"],
        ["paper", "draft", "reminder", "2026-0001", "--out=papers"],
        ["clue", "refer", "X2026-0002", "--to=税务局", f"--why={typed}", f"--materials={typed}", "--out=papers"],
        ["inspection", "import", "inspections.csv"], ["scan", "--month=2026-11"],
        ["inspection", "note", "JC1", "--kind=advice", "--text", f"联系{PERSON['phone']}"],
        ["guidance", "propose"], ["guidance", "draft", "1", f"--opinion={typed}", "--out=papers"],
        ["case", "add", "--kind=typical", f"--agency={AGENCY}", "--title=典型", "--text", f"{typed}反映"],
        ["case", "consent", "1", "--by=负责人"],
        ["score", "draft", "--period=2026-10"], ["score", "letters", "--period=2026-10", "--out=letters"],
        ["consultation", "add", "--title=会商", "--who=各单位", "--kind=consultation"],
        ["clue", "gathering", "add", "--kind=forum", f"--who={typed}", f"--subject={typed}", f"--outcome={typed}"],
        ["recommend", "2026-0003", "--ground=outstanding", "--out=papers"],
        ["self-check", "open", f"--title={typed}", "--until=2026-12-20", f"--agency={AGENCY}"],
        ["self-check", "report", "2", f"--agency={AGENCY}", "--found=1", "--mended=1", "--enterprises=1", f"--note={typed}"],
        ["plan", "import", "plans.csv"], ["plan", "note", "P1", f"--legality={typed}", f"--coordination={typed}"],
        ["anomaly", "dismiss", "1", f"--why={typed}"], ["guidance", "dismiss", "1", f"--why={typed}"],
        ["duty", "add", f"--title={typed}", "--every=month"], ["duty", "end", "1", f"--why={typed}"],
        ["case", "add", "--kind=typical", f"--agency={AGENCY}", "--title=典型二", "--text=反映"], ["case", "withdraw", "2", f"--why={typed}"], ["guide", "add", f"--agency={AGENCY}", "--field=消防", "--title=指引"],
        ["guide", "withdraw", "1", f"--why={typed}"], ["paper", "void", "1", f"--why={typed}"],
    ):  # fmt: skip
        result = jsup(*line)
        assert result.status == 0, (line, result.err)
    return register


SHOWN = (
    "overdue --within 99", "duty list --all", "plan list", "plan show P1", "plan check --year 2026", "guide list --all", "case list --all",
    "next", "next 2026-0001", "finding list", "agency show JS-SCJG", "clue list", "clue gathering list",
    "paper list", "paper show 1", "complaint list", "search 重复", "anomaly list", "anomaly systemic", "inspection notes",
    "inspection show JC1", "guidance list", "guidance show 1", "guide list", "guide coverage --period 2026-11", "case list",
    "case show 1", "consultation list", "training list", "reminder list", "self-check list", "self-check show 2", "publicity list", "score list",
    "score --period 2026-11", "score --period 2026-11 --explain JS-SCJG", "score --period 2026-10", "score propose --period 2026-10",
    "brief --weekly", "brief --weekly --by agency", "report --period 2026-11", "report --period 2026", "doctor", "status",
    *(f"report --period 2026-11 --explain {key}" for key in {*FIGURES, *all_queries(["unplanned"])}),
)  # fmt: skip


@pytest.mark.in_a_file
def test_9_nothing_that_leaves_the_office_names_a_complainant_or_a_transfer(jsup, told, figure):
    assert PERSON["name"] in jsup("clue", "show", "X2026-0001", "--unmask").out  # it is there to be found
    assert TRANSFER[2] in jsup("discipline", "list").out
    assert TRANSFER[0] in jsup("finding", "show", "2026-0001").out
    found, looked = [], 0
    for line in SHOWN:
        for more in ([], ["--json"]):
            result = jsup(*line.split(), *more)
            assert result.status in (0, 2), (line, result.err)
            found += [(line, secret) for secret in SECRETS if secret in result.out + result.err]
            looked += result.status == 0
    for line in (
        "report --period 2026-11 --format docx,html,xlsx,md --out made", "brief --weekly --out week.docx",
        "brief --weekly --by agency --out week.md", "brief --period 2026-11 --out brief.docx", "worklist --out work.xlsx",
        "calendar feed --out feed.ics", "score letters --period 2026-10 --out again",
    ):  # fmt: skip
        assert jsup(*line.split()).status == 0, line
    (kept,) = (one for (one,) in rows(told, "SELECT details FROM event WHERE step = 'agency amend'"))
    assert ("021-57920000" in kept, PERSON["phone"] in kept) == (True, False)
    keys = ("inspections.csv", "keep.toml", "complaints.csv", "plans.csv")
    files = [path for path in Path().rglob("*") if path.is_file() and path.name not in keys and ".db" not in path.name]
    assert {path.suffix for path in files} >= {".docx", ".html", ".xlsx", ".md", ".ics"}
    for path in files:
        found += secrets_in(path.read_bytes(), str(path))
    assert found == []
    figure(f"{looked} outputs and {len(files)} files searched for {len(SECRETS)} secrets: none found")


@pytest.mark.in_a_file
def test_what_is_said_of_a_draw_handed_to_everybody_names_no_complainant(jsup, told):
    typed = f"{PERSON['name']}（{PERSON['phone']}，{PERSON['identity']}，{PERSON['address']}）"
    assert jsup("sample", "--quarter=2026Q4").status == 0
    (taken, *_) = jsup("sample", "status", "--quarter=2026Q4", "--json").json["taken"]
    for line in (
        ["sample", "substitute", "--quarter=2026Q4", f"--agency={taken['uid']}", "--reason=no_inspections", "--note", typed],
        ["sample", "void", "--quarter=2026Q4", "--why", typed],
        ["sample", "export", "--quarter=2026Q4", "draw"],
    ):
        result = jsup(*line)
        assert result.status == 0, (line, result.err)
    assert [found for path in Path("draw").iterdir() for found in secrets_in(path.read_bytes(), str(path))] == []
    shown = jsup("sample", "status", "--quarter=2026Q4", "--json").out
    assert [secret for secret in SECRETS if secret in shown] == []
