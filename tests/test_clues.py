"""Clues by every channel, what becomes of them, and their complainants kept apart: clauses 二（一）1, 二（一）2 and 二（三）6."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from jsup import clues, policy, words
from tests.conftest import rows, whole
from tests.test_papers import words_of

AGENCY, OTHER = "JS-SCJG", "JS-SWJU"
PERSON = {"name": "张三丰", "phone": "13800000001", "identity": "310116199001010010", "address": "石化街道某路1号"}


@pytest.fixture
def kept(jsup, register):
    """Return a ledger whose policy keeps complainants' data."""
    text = policy.packaged_text().replace("keep_complainants = false", "keep_complainants = true")
    Path("keep.toml").write_text(text, encoding="utf-8")
    assert jsup("policy", "import", "keep.toml").status == 0
    return register


def add(jsup, *more, channel="hotline", title="一月内三次检查", **options):
    given = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
    result = jsup("clue", "add", f"--channel={channel}", f"--title={title}", *given, *more, "--json")
    assert result.status == 0, result.err
    return result.json


def table(name, head, *lines):
    Path(name).write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return name


def refused(jsup, line, status, *said):
    result = jsup(*line)
    assert (result.status, result.out) == (status, ""), result
    for words_ in said:
        assert words_ in result.err
    return result.err


# One by one


def test_a_clue_of_every_channel_is_entered_and_listed(jsup, register):
    for place, channel in enumerate(words.CHANNELS, 1):
        clue = add(jsup, channel=channel, title=f"t{place}")
        assert (clue["number"], clue["channel"], clue["state"]) == (f"X2026-{place:04}", channel, "open")
    assert len(words.CHANNELS) == 14
    next_year = jsup("clue", "add", "--channel=media", "--title=t", "--today=2027-01-04", "--json").json
    assert next_year["number"] == "X2027-0001"
    assert (next_year["received_on"], next_year["officer"], next_year["complainant"]) == ("2027-01-04", "officer", None)
    clue = add(jsup, agency=AGENCY, source_number="GD1", content="a\nb", received_on="2026-11-20")
    assert clue["number"] == "X2026-0015"
    listed = jsup("clue", "list", "--json").json
    assert [row["number"] for row in listed] == [*(f"X2026-{place:04}" for place in range(1, 16)), "X2027-0001"]
    assert listed[14] == {
        "number": "X2026-0015", "channel": "hotline", "source_number": "GD1", "agency_code": AGENCY,
        "agency": "金山区市场监督管理局", "received_on": "2026-11-20", "title": "一月内三次检查", "content": "a\nb",
        "officer": "officer", "gathering_id": None, "state": "open", "triaged_on": None, "why": None, "finding_number": None,
        "merged_into": None, "referred_to": None, "paper_id": None,
    }  # fmt: skip
    for line, found in (
        (["--channel=media"], ["X2026-0007", "X2027-0001"]), ([f"--agency={AGENCY}"], ["X2026-0015"]),
        ([f"--agency={OTHER}"], []), (["--state=open", "--channel=draw"], ["X2026-0013"]), (["--state=referred"], []),
    ):  # fmt: skip
        assert [row["number"] for row in jsup("clue", "list", *line, "--json").json] == found
    assert "\tto be triaged\n" in jsup("clue", "list").out


ADD = ["clue", "add", "--title=t"]
REFUSED = [
    ([*ADD, "--channel=fax"], 2, "--channel cannot be fax", "reconsideration, hotline"),
    ([*ADD[:2], "--channel=other", "--title=其他"], 2, "wants a title that says what it is"),
    ([*ADD[:2], "--channel=media", "--title= "], 2, "title is empty"),
    ([*ADD, "--channel=media", "--agency=X"], 1, "no agency has the code X"),
    ([*ADD, "--channel=media", "--received-on=2026-11-25"], 1, "2026-11-25 is in the future"),
    ([*ADD, "--channel=media", "--gathering=7"], 1, "no gathering has the number 7"),
    ([*ADD, "--channel=hotline", "--source-number=GD1"], 1, "GD1 of this channel is the clue X2026-0001 already", "clue amend X2026-0001"),
    ([*ADD, "--channel=media", "--name=n", "--phone=1"], 1, "--name, --phone are not kept", "own.watch.keep_complainants"),
    (["clue", "list", "--state=closed"], 2, "--state cannot be closed", "open, finding, referred, merged, dismissed"),
    (["clue", "list", "--channel=fax"], 2, "--channel cannot be fax"),
    (["clue", "list", "--agency=X"], 1, "no agency has the code X"),
    (["clue", "show", "X2026-0009"], 1, "no clue has the number X2026-0009: `jsup clue list` shows all"),
    (["clue", "amend", "X2026-0001", "--set=officer=x", "--why=w"], 2, "a clue has no field officer"),
    (["clue", "amend", "X2026-0001", "--set=channel=fax", "--why=w"], 2, "--channel cannot be fax"),
    (["clue", "amend", "X2026-0001", "--set=title=一月内三次检查", "--why=w"], 1, "has these values already"),
    (["clue", "amend", "X2026-0001", "--set=received_on=2026-11-25", "--why=w"], 1, "in the future"),
    (["clue", "amend", "X2026-0002", "--set=channel=hotline", "--set=source_number=GD1", "--why=w"], 1, "the clue X2026-0001 already"),
    (["clue", "erase", "X2026-0001", "--why=w"], 1, "X2026-0001 holds nothing of a complainant"),
    (["clue", "triage", "X2026-0001"], 2, "exactly one of --finding, --refer-to T, --merge-into N and --dismiss"),
    (["clue", "triage", "X2026-0001", "--dismiss", "--finding", "--why=w"], 2, "exactly one of"),
    (["clue", "triage", "X2026-0001", "--dismiss"], 2, "`clue triage --dismiss` wants --why as well"),
    (["clue", "triage", "X2026-0001", "--finding"], 2, "`clue triage --finding` wants --category as well"),
    (["clue", "triage", "X2026-0001", "--finding", "--category=x"], 2, "say with --agency at which agency"),
    (["clue", "triage", "X2026-0001", "--finding", "--category=x", f"--agency={AGENCY}"], 1, "no category is called x"),
    (["clue", "triage", "X2026-0001", "--dismiss", "--why=w", "--category=x"], 2, "--category does not go with --dismiss"),
    (["clue", "triage", "X2026-0001", "--merge-into=X2026-0001"], 1, "cannot be merged into itself"),
    (["clue", "triage", "X2026-0001", "X2026-0009", "--dismiss", "--why=w"], 1, "no clue has the number X2026-0009"),
    (["clue", "triage", "X2026-0001", "--dismiss", "--why=w", "--on=2026-11-25"], 1, "in the future"),
    (["clue", "triage", "X2026-0001", "--dismiss", "--why=w", "--on=2026-11-19"], 1, "before 2026-11-20, the day on which it was received"),
    (["clue", "refer", "X2026-0001", "--to= "], 2, "--to is empty"),
    (["clue", "gathering", "add", "--kind=x", "--who=w", "--subject=s"], 2, "--kind cannot be x", "forum"),
    (["clue", "gathering", "add", "--kind=forum", "--who= ", "--subject=s"], 2, "--who is empty"),
    (["clue", "gathering", "add", "--kind=forum", "--who=w", "--subject=s", "--on=2026-11-25"], 1, "in the future"),
    (["clue", "gathering", "outcome", "3", "--outcome=x"], 1, "no gathering has the number 3"),
    (["complaint", "list", "--agency=X"], 1, "no agency has the code X"),
    (["search", " "], 2, "is empty"),
]  # fmt: skip


def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(jsup, register):
    add(jsup, source_number="GD1", received_on="2026-11-20")
    add(jsup, channel="media")
    before = whole(register)
    for line, status, *said in REFUSED:
        refused(jsup, line, status, *said)
    assert whole(register) == before
    assert not Path("papers").exists()


def test_a_correction_keeps_the_old_value_and_its_reason(jsup, register):
    add(jsup, source_number="GD1", agency=AGENCY)
    line = ["--set=title=t", "--set=agency_code=", "--set=source_number=GD1", "--why=typed wrongly", "--json"]
    shown = jsup("clue", "amend", "X2026-0001", *line).json
    assert (shown["title"], shown["agency_code"], shown["source_number"]) == ("t", None, "GD1")
    (event,) = shown["events"]
    assert (event["step"], event["done_on"], event["officer"]) == ("clue amend", "2026-11-24", "officer")
    assert event["details"] == {
        "clue": "X2026-0001", "why": "typed wrongly",
        "set": {"title": ["一月内三次检查", "t"], "agency_code": [AGENCY, None]},
    }  # fmt: skip
    assert "corrected agency_code: JS-SCJG → —, title: 一月内三次检查 → t" in jsup("clue", "show", "X2026-0001").out


# What becomes of them


def test_several_clues_become_one_finding_and_are_not_triaged_again(jsup, register):
    add(jsup, agency=AGENCY)
    add(jsup, title="又来一次")
    add(jsup, agency=OTHER)
    line = ["clue", "triage", "X2026-0001", "X2026-0002", "X2026-0003", "--finding", "--category=repeat"]
    assert "these clues name 2" in refused(jsup, line, 2)
    line = ["clue", "triage", "X2026-0001", "X2026-0002", "--finding", "--category=repeat", "--facts=f", "--basis=b", "--json"]
    done = jsup(*line, "--on=2026-11-24").json
    assert [(row["state"], row["finding_number"], row["agency_code"], row["triaged_on"]) for row in done] == [
        ("finding", "2026-0001", AGENCY, "2026-11-24")
    ] * 2
    assert done[0]["finding"] == {"number": "2026-0001", "title": "一月内三次检查", "stage": "open"}
    finding = jsup("finding", "show", "2026-0001", "--json").json
    assert {key: finding[key] for key in ("agency_code", "category", "title", "source", "facts", "basis")} == {
        "agency_code": AGENCY, "category": "repeat", "title": "一月内三次检查", "source": "线索X2026-0001、X2026-0002",
        "facts": "f", "basis": "b",
    }  # fmt: skip
    assert [event["step"] for event in finding["events"]] == ["finding add"]
    again = ["clue", "triage", "X2026-0003", "X2026-0001", "--dismiss", "--why=w"]
    assert "X2026-0001 was triaged on 2026-11-24 already: it became the finding 2026-0001" in refused(jsup, again, 1)
    assert jsup("clue", "show", "X2026-0003", "--json").json["state"] == "open"
    assert jsup("verify").status == 0


def test_clues_are_merged_or_dismissed_with_a_reason(jsup, register):
    for _ in range(4):
        add(jsup)
    done = jsup("clue", "triage", "X2026-0001", "X2026-0002", "--merge-into=X2026-0003", "--json").json
    assert {(row["state"], row["merged_into"]) for row in done} == {("merged", "X2026-0003")}
    assert jsup("clue", "show", "X2026-0003", "--json").json["merged"] == ["X2026-0001", "X2026-0002"]
    assert "Merged into it: X2026-0001, X2026-0002" in jsup("clue", "show", "X2026-0003").out
    said = refused(jsup, ["clue", "triage", "X2026-0004", "--merge-into=X2026-0001"], 1)
    assert "X2026-0001 was merged into X2026-0003 itself: name that one" in said
    gone = jsup("clue", "triage", "X2026-0004", "--dismiss", "--why=不属于涉企行政检查", "--json").json
    assert (gone["state"], gone["why"]) == ("dismissed", "不属于涉企行政检查")
    said = refused(jsup, ["clue", "refer", "X2026-0004", "--to=x"], 1)
    assert "it was dismissed: 不属于涉企行政检查" in said
    assert "it was merged into X2026-0003" in refused(jsup, ["clue", "refer", "X2026-0002", "--to=x"], 1)


def test_a_referral_to_reconsideration_has_its_slip_and_names_no_complainant(jsup, kept):
    person = [f"--{key}={value}" for key, value in PERSON.items()]
    add(
        jsup,
        *person,
        title="张三丰投诉无码检查",
        content="来电人张三丰13800000001称\n未扫检查码",
        source_number="GD1",
        agency=AGENCY,
    )
    add(jsup, channel="reconsideration", title="复议中发现", received_on="2026-11-20")
    line = ["clue", "refer", "X2026-0001", "X2026-0002", "--to=行政复议科", "--why=请一并审查", "--out=papers", "--json"]
    first, second = jsup(*line).json
    assert (first["state"], first["referred_to"], first["paper_id"]) == ("referred", "行政复议科", 1)
    assert second["paper"] == first["paper"]
    assert (first["paper"]["kind"], first["paper"]["state"], first["why"]) == ("clue-slip", "draft", "请一并审查")
    slip = words_of(Path(first["paper"]["file"]))
    for text in (
        "线索移交单", "上海市金山区司法局", "行政复议科", "12345、行政复议", "2026年11月24日、2026年11月20日", "请一并审查",
        "X2026-0001　（投诉举报人）投诉无码检查（来源编号：GD1，涉及单位：金山区市场监督管理局）", "来电人（投诉举报人）（电话）称",
        "未扫检查码", "X2026-0002　复议中发现", "二（一）1",
    ):  # fmt: skip
        assert text in slip
    assert not [value for value in PERSON.values() if value in slip]
    assert "it was referred to 行政复议科" in refused(jsup, ["clue", "refer", "X2026-0001", "--to=x"], 1)
    assert jsup("paper", "show", "1", "--json").json["contents"]["reason"] == "请一并审查"
    assert jsup("verify").status == 0


def test_a_referral_to_another_body_has_a_slip_and_one_to_the_discipline_body_a_letter_that_tells_nothing(jsup, register):
    add(jsup, title="某甲收受礼品", content="内情")
    add(jsup, title="环保")
    done = jsup("clue", "triage", "X2026-0002", "--refer-to=市生态环境局", "--materials=照片", "--out=papers", "--json").json
    assert done["paper"]["kind"] == "clue-slip"
    assert {"市生态环境局", "照片", "请依职责办理。"} <= set(words_of(Path(done["paper"]["file"])).split("\n"))
    done = jsup("clue", "refer", "X2026-0001", "--to=区纪委监委", "--why=涉嫌违纪", "--json").json
    assert (done["paper"]["kind"], done["referred_to"], done["why"]) == ("transfer", "区纪委监委", None)
    letter = words_of(Path(done["paper"]["file"]))
    assert "线索材料（X2026-0001）" in letter
    assert not [text for text in ("某甲", "内情", "涉嫌违纪。", "市场监督管理局") if text in letter]
    assert jsup("search", "收受礼品", "--json").json == []
    assert [row["key"] for row in jsup("search", "环保", "--json").json] == ["X2026-0002", "1"]


def test_a_slip_that_cannot_be_written_leaves_the_clue_as_it_was(jsup, register):
    add(jsup)
    Path("file").write_text("x", encoding="utf-8")
    result = jsup("clue", "refer", "X2026-0001", "--to=x", "--out=file/papers")
    assert (result.status, result.out) == (1, "")
    shown = jsup("clue", "show", "X2026-0001", "--json").json
    assert (shown["state"], shown["paper"], shown["events"]) == ("open", None, [])


# Complainants


def test_a_complainant_is_masked_but_for_the_clue_s_officer_who_asks(jsup, kept):
    shown = add(jsup, *[f"--{key}={value}" for key, value in PERSON.items()])
    hidden = {"name": "张**", "phone": "138****0001", "identity": "310*************10", "address": "****"}
    more = {"masked": True, "erased_on": None, "erased_why": None}
    assert shown["complainant"] == hidden | more
    for line in (["--officer=officer"], ["--officer=other", "--unmask"], ["--officer=other"]):
        assert jsup("clue", "show", "X2026-0001", *line, "--json").json["complainant"] == hidden | more
        assert not [value for value in PERSON.values() if value in jsup("clue", "show", "X2026-0001", *line).out]
    said = jsup("clue", "show", "X2026-0001", "--officer=other", "--unmask")
    assert (said.status, said.err) == (0, "X2026-0001 is officer's clue: for others its complainant stays masked\n")
    assert jsup("clue", "show", "X2026-0001", "--unmask", "--json").json["complainant"] == PERSON | more | {"masked": False}
    assert "complainant: 张三丰\nphone: 13800000001\n" in jsup("clue", "show", "X2026-0001", "--unmask").out
    out = jsup("clue", "list", "--json").out + jsup("clue", "list").out + jsup("search", "张三").out
    assert not [value for value in (*PERSON.values(), *hidden.values()) if value in out]
    journal = json.dumps(rows(kept, "SELECT body FROM journal"), ensure_ascii=False)
    assert '"complainant\\"' in journal
    assert not [value for value in PERSON.values() if value in journal]


@pytest.mark.parametrize(
    ("key", "value", "masked"),
    [
        ("name", "张", "**"), ("name", "欧阳某某", "欧**"), ("name", None, None), ("phone", "57921234", "****"),
        ("phone", "021-57921234", "021****1234"), ("identity", "310116900101001", "310**********01"), ("identity", "12345", "****"),
    ],
)  # fmt: skip
def test_a_mask_hides_what_identifies(key, value, masked):
    assert clues.mask(key, value) == masked


def holds(ledger, texts):
    """Return which of the texts stand anywhere in a ledger: in its file and the one beside it, or in a server's tables."""
    if isinstance(ledger, Path):
        beside = ledger.with_name(f"{ledger.name}-wal")
        data = ledger.read_bytes() + (beside.read_bytes() if beside.exists() else b"")
        return [text for text in texts if text.encode() in data]
    stored = json.dumps([rows(ledger, f"SELECT * FROM {name}") for name in ("complainant", "clue", "event", "journal")],
                        ensure_ascii=False, default=str)  # fmt: skip
    return [text for text in texts if text in stored]


def test_what_is_erased_is_gone_from_the_file_and_the_ledger_stays_whole(jsup, kept):
    head = "渠道,工单编号,标题,内容,单位代码,收到日期,姓名,电话,身份证号,地址"

    def data(place, turn):
        return [f"{value}-{place:03}-{turn}{'室' * (place * 37 % 90 if turn == place % 2 else 0)}" for value in PERSON.values()]

    for turn in range(2):  # rows grow and shrink
        lines = [f"12345,GD{place},t,,,,{','.join(data(place, turn))}" for place in range(1, 100)]
        assert jsup("clue", "import", table("c.csv", head, *lines)).status == 0
    salts = dict(rows(kept, "SELECT clue_number, salt FROM complainant"))
    assert len(set(salts.values())) == 99
    assert jsup("verify").status == 0
    for place in (1, 50, 99):
        texts = [*data(place, 1), salts[f"X2026-{place:04}"]]
        assert holds(kept, texts) == texts
        done = jsup("clue", "erase", f"X2026-{place:04}", "--why=本人要求", "--json")
        assert (done.status, done.err, holds(kept, [*texts, *data(place, 0)])) == (
            0,
            "",
            [],
        )
        assert done.json["complainant"] == dict.fromkeys(PERSON) | {
            "masked": True, "erased_on": "2026-11-24", "erased_why": "本人要求"
        }  # fmt: skip
    assert jsup("verify").status == 0
    assert "was erased on 2026-11-24 already" in refused(jsup, ["clue", "erase", "X2026-0001", "--why=w"], 1)
    shown = jsup("clue", "show", "X2026-0001", "--unmask").out
    assert "The complainant's data were erased on 2026-11-24: 本人要求" in shown
    rows(kept, "UPDATE complainant SET phone = '1' WHERE clue_number = 'X2026-0002'")
    assert "table complainant, row 2" in jsup("verify").out + jsup("verify").err


@pytest.mark.in_a_file
def test_what_sqlite_left_in_a_page_that_it_rearranged_goes_with_the_erasure(jsup, kept):
    add(jsup, "--name=张三丰")
    with closing(sqlite3.connect(kept)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'complainant'").fetchall()
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
    data = bytearray(kept.read_bytes())
    at = (root - 1) * size
    cells, content = (int.from_bytes(data[at + place : at + place + 2], "big") for place in (3, 5))
    assert 8 + 2 * cells + 100 < content  # room that no row takes
    data[at + 8 + 2 * cells + 20 : at + 8 + 2 * cells + 29] = "张三丰".encode()
    kept.write_bytes(data)
    assert data.count("张三丰".encode()) == 2
    assert jsup("verify").status == 0
    assert jsup("clue", "erase", "X2026-0001", "--why=w").status == 0
    assert holds(kept, ["张三丰"]) == []
    assert jsup("verify").status == 0


@pytest.mark.in_a_file
def test_while_another_reads_the_old_bytes_go_when_it_is_done(jsup, kept):
    add(jsup, "--name=张三丰")
    with closing(sqlite3.connect(kept)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM clue").fetchall()
        done = jsup("clue", "erase", "X2026-0001", "--why=w")
        assert done.status == 0
        assert "Another program has the ledger open" in done.err
    assert jsup("clue", "list").status == 0
    assert holds(kept, ["张三丰"]) == []


# From a table

HEAD = "渠道,工单编号,标题,内容,单位代码,收到日期,姓名,电话,身份证号,办理人"
ONE = "12345,GD1,重复检查,张三丰来电反映,JS-SCJG,2026-11-02,张三丰,13800000001,310116199001010010,x"
TWO = "政协委员,TA7,检查无码,,金山区市场监督管理局,2026/11/3,,,,"


def test_a_table_is_taken_over_once_and_its_changes_are_kept(jsup, register):
    table("c.csv", HEAD, ONE, TWO)
    dry = jsup("clue", "import", "c.csv", "--dry-run", "--json").json
    assert jsup("clue", "list", "--json").json == []
    done = jsup("clue", "import", "c.csv", "--json").json
    assert dry == done | {"dry_run": True}
    assert done == {
        "batch": None, "rows": 2, "new": 2, "changed": 0, "unchanged": 0, "rejected": [], "unknown_headings": ["办理人"],
        "changes": [], "dry_run": False, "dropped": ["姓名", "电话", "身份证号"],
    }  # fmt: skip
    shown = jsup("clue", "show", "X2026-0001", "--json").json
    assert (shown["channel"], shown["content"], shown["complainant"]) == ("hotline", "（投诉举报人）来电反映", None)
    assert jsup("clue", "show", "X2026-0002", "--json").json["agency_code"] == AGENCY
    assert holds(register, ["张三丰", "13800000001", "310116199001010010"]) == []
    seq = len(rows(register, "SELECT seq FROM journal"))
    again = jsup("clue", "import", "c.csv", "--json").json
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)
    assert len(rows(register, "SELECT seq FROM journal")) == seq
    jsup("clue", "triage", "X2026-0002", "--finding", "--category=code")
    table("c.csv", HEAD, ONE.replace("重复检查", "重复入企检查"), TWO.replace("金山区市场监督管理局", ""))
    third = jsup("clue", "import", "c.csv", "--json").json
    assert (third["changed"], third["unchanged"]) == (1, 1)
    assert third["changes"] == [{"code": "X2026-0001", "field": "title", "old": "重复检查", "new": "重复入企检查"}]
    (event,) = jsup("clue", "show", "X2026-0001", "--json").json["events"]
    assert event["details"] == {"clue": "X2026-0001", "set": {"title": ["重复检查", "重复入企检查"]}, "why": "clue import c.csv"}
    text = jsup("clue", "import", "c.csv").out
    assert "Not kept, for own.watch.keep_complainants is false: 姓名、电话、身份证号" in text
    assert jsup("verify").status == 0


def test_with_the_setting_complainants_are_kept_renewed_and_never_come_back_once_erased(jsup, kept):
    book = openpyxl.Workbook()
    for line in (HEAD, ONE, TWO):
        book.active.append(line.split(","))
    book.save("c.xlsx")
    done = jsup("clue", "import", "c.xlsx", "--json").json
    assert (done["new"], done["dropped"]) == (2, [])
    person = PERSON | {"address": None}
    unmasked = ["clue", "show", "X2026-0001", "--unmask", "--json"]
    assert {key: jsup(*unmasked).json["complainant"][key] for key in PERSON} == person
    assert jsup("clue", "import", "c.xlsx", "--json").json["unchanged"] == 2
    table("c.csv", HEAD, ONE.replace("13800000001", "13900000002"), TWO)
    done = jsup("clue", "import", "c.csv", "--json").json
    assert done["changes"] == [{"code": "X2026-0001", "field": "complainant", "old": None, "new": None}]
    assert jsup(*unmasked).json["complainant"]["phone"] == "13900000002"
    assert holds(kept, ["13800000001"]) == []
    assert jsup("verify").status == 0
    jsup("clue", "erase", "X2026-0001", "--why=w")
    assert jsup("clue", "import", "c.csv", "--json").json["unchanged"] == 2
    assert jsup(*unmasked).json["complainant"]["phone"] is None
    assert jsup("verify").status == 0


BAD = [
    ("传真,1,t,,,,,,,", "row 2, column 渠道", "传真 is none of"),
    ("12345,,t,,,,,,,", "row 2, column 工单编号", "it is empty"),
    ("12345,1,,,,,,,,", "row 2, column 标题", "it is empty"),
    ("其他,1,其他,,,,,,,", "row 2, column 标题", "wants a title that says what it is"),
    ("12345,1,t,,JS-X,,,,,", "row 2, column 单位代码", "no agency has the code or the name JS-X"),
    ("12345,1,t,,,2026-11-25,,,,", "row 2, column 收到日期", "in the future"),
    ("12345,1,t,,,昨天,,,,", "row 2, column 收到日期", "昨天 is not a date"),
    ("12345,1,t,,,,,,,\n12345,1,u,,,,,,,", "row 3, column 工单编号", "1 stands in row 2 already"),
]


def test_a_table_with_a_bad_cell_is_refused_whole_with_its_place(jsup, register):
    before = whole(register)
    for line, place, said in BAD:
        result = jsup("clue", "import", table("c.csv", HEAD, line, "12345,9,t,,,,,,,"))
        assert (result.status, result.out) == (1, "")
        assert f"{place}: " in result.err
        assert said in result.err
    rejected = jsup("clue", "import", table("c.csv", HEAD, BAD[0][0]), "--json").json["rejected"]
    assert [(one["row"], one["column"]) for one in rejected] == [(2, "渠道")]
    assert whole(register) == before


def test_a_bad_cell_of_a_column_that_is_not_kept_stops_nothing(jsup, kept):
    book = openpyxl.Workbook()
    for line in (HEAD, ONE):
        book.active.append(line.split(","))
    book.active["I2"] = 310116199001010010
    book.save("c.xlsx")
    result = jsup("clue", "import", "c.xlsx")
    assert result.status == 1
    assert "Excel has rounded the number" in result.err
    Path("plain.toml").write_text(policy.packaged_text(), encoding="utf-8")
    assert jsup("policy", "import", "plain.toml").status == 0
    assert jsup("clue", "import", "c.xlsx", "--json").json["dropped"] == ["姓名", "电话", "身份证号"]


# Gatherings


def test_gatherings_tell_who_and_when_and_what_came_of_each(jsup, register):
    for kind in words.GATHERINGS:
        line = ["--who=法治观察员王某", "--subject=入企检查体验", "--on=2026-11-10", "--json"]
        row = jsup("clue", "gathering", "add", f"--kind={kind}", *line).json
        assert (row["kind"], row["held_on"], row["who"], row["outcome"], row["clues"]) == (
            kind, "2026-11-10", "法治观察员王某", None, []
        )  # fmt: skip
    add(jsup, channel="observer", gathering=2, agency=AGENCY)
    add(jsup, channel="observer", gathering=2)
    jsup("clue", "triage", "X2026-0001", "--finding", "--category=repeat")
    outcome = ["clue", "gathering", "outcome", "2", "--outcome=移交线索二条"]
    assert jsup(*outcome).status == 0
    assert "has this outcome already" in refused(jsup, outcome, 1)
    other = [*outcome[:-1], "--outcome=三条"]
    assert "say with --why" in refused(jsup, other, 2)
    assert jsup(*other, "--why=漏计").status == 0
    listed = jsup("clue", "gathering", "list", "--json").json
    assert [row["number"] for row in listed] == list(range(1, len(words.GATHERINGS) + 1))
    assert listed[1]["outcome"] == "三条"
    assert listed[1]["clues"] == [
        {"number": "X2026-0001", "title": "一月内三次检查", "state": "finding", "finding_number": "2026-0001"},
        {"number": "X2026-0002", "title": "一月内三次检查", "state": "open", "finding_number": None},
    ]
    assert jsup("clue", "show", "X2026-0002", "--json").json["gathering"]["subject"] == "入企检查体验"
    assert '"outcome":["移交线索二条","三条"]' in str(rows(register, "SELECT details FROM event"))


# Complaints

COMPLAINTS = "单位代码,投诉编号,事项,收到日期,受理日期,办结日期,办理结果,投诉人"


def test_agencies_handling_of_complaints_is_accepted_in_progress_done_or_late(jsup, register):
    # the plan's settings: 5 working days to accept, 30 to handle; 1 to 8 October 2026 are rest days
    lines = (
        "JS-SCJG,T1,重复检查,2026-11-17,,,,甲", "JS-SCJG,T2,,2026-11-16,,,,", "JS-SCJG,T3,,2026-10-12,2026-10-19,,,",
        "JS-SCJG,T4,,2026-10-13,2026-10-21,2026-10-30,已答复,", "JS-SWJU,T1,,2026-10-13,2026-10-14,2026-11-24,已答复,",
        "JS-SWJU,T5,,2026-11-17,,2026-11-18,,",
    )  # fmt: skip
    done = jsup("complaint", "import", table("t.csv", COMPLAINTS, *lines), "--json").json
    assert (done["rows"], done["new"], done["unknown_headings"], done["changes"]) == (6, 6, ["投诉人"], [])
    assert jsup("complaint", "import", "t.csv", "--json").json["unchanged"] == 6
    found = {(row["agency_code"], row["number"]): row for row in jsup("complaint", "list", "--json").json}
    keys = ("state", "accept_by", "accept_late", "handle_by", "handle_late", "late")
    assert {key: tuple(row[name] for name in keys) for key, row in found.items()} == {
        (AGENCY, "T1"): ("received", "2026-11-24", False, "2026-12-29", False, False),
        (AGENCY, "T2"): ("received", "2026-11-23", True, "2026-12-28", False, True),
        (AGENCY, "T3"): ("accepted", "2026-10-19", False, "2026-11-23", True, True),
        (AGENCY, "T4"): ("done", "2026-10-20", True, "2026-11-24", False, True),
        (OTHER, "T1"): ("done", "2026-10-20", False, "2026-11-24", False, False),
        (OTHER, "T5"): ("done", "2026-11-24", False, "2026-12-29", False, False),
    }
    assert found[AGENCY, "T1"]["provisional"]
    assert not found[AGENCY, "T4"]["provisional"]
    late = jsup("complaint", "list", "--late", f"--agency={AGENCY}", "--json").json
    assert [row["number"] for row in late] == ["T3", "T4", "T2"]
    assert "2026-10-21 (late)" in jsup("complaint", "list", "--late").out
    table("t.csv", COMPLAINTS, lines[0].replace(",,,,甲", ",2026-11-20,,,"), *lines[1:])
    done = jsup("complaint", "import", "t.csv", "--json").json
    assert done["changes"] == [{"code": "JS-SCJG T1", "field": "accepted_on", "old": None, "new": "2026-11-20"}]
    assert '"set":{"accepted_on":[null,"2026-11-20"]}' in str(rows(register, "SELECT details FROM event"))
    assert jsup("verify").status == 0


BAD_COMPLAINTS = [
    ("JS-X,T1,,2026-11-02,,,,", "单位代码", "no agency has the code JS-X"),
    ("JS-SCJG,T1,,,,,,", "收到日期", "it is empty"),
    ("JS-SCJG,T1,,2026-11-25,,,,", "收到日期", "in the future"),
    ("JS-SCJG,T1,,2026-11-02,2026-11-01,,,", "受理日期", "2026-11-01 is before 2026-11-02"),
    ("JS-SCJG,T1,,2026-11-02,2026-11-05,2026-11-04,,", "办结日期", "2026-11-04 is before 2026-11-05"),
    ("JS-SCJG,T9,,2026-11-02,,,,\nJS-SCJG,T9,,2026-11-02,,,,", "投诉编号", "T9 stands in row 2 already"),
]


def test_complaints_with_a_bad_cell_are_refused_whole(jsup, register):
    before = whole(register)
    for line, column, said in BAD_COMPLAINTS:
        result = jsup("complaint", "import", table("t.csv", COMPLAINTS, line, "JS-SCJG,T8,,2026-11-02,,,,"))
        assert (result.status, result.out) == (1, "")
        assert f"column {column}: " in result.err
        assert said in result.err
    assert whole(register) == before


# Search


def test_two_characters_are_found_in_agencies_findings_clues_and_papers_and_signs_mean_themselves(jsup, kept):
    jsup("finding", "add", f"--agency={AGENCY}", "--category=repeat", "--title=Fire检查100%重复_", "--facts=消防栓未验", "--basis=b",
         "--found-on=2026-11-02")  # fmt: skip
    jsup("finding", "add", f"--agency={AGENCY}", "--category=repeat", "--title=其他", "--facts=x", "--found-on=2026-11-02")
    jsup("warn", "2026-0001", "--method=letter", "--rectify-by=2026-11-30", "--on=2026-11-03")
    drafted = jsup("paper", "draft", "reminder", "2026-0001", "--out=papers", "--json").json
    add(jsup, "--name=李消防", title="媒体报道", channel="media", content="消防检查\n频繁", source_number="M_1")
    name = Path(drafted["file"]).name
    agency = "金山区消防救援支队"
    rows_ = {
        "消防": [("agency", "JS-XFJY", agency), ("finding", "2026-0001", "消防栓未验"), ("clue", "X2026-0001", "消防检查 频繁"),
                 ("paper", "1", "消防栓未验")],
        "fIRE": [("finding", "2026-0001", "Fire检查100%重复_"), ("paper", "1", "Fire检查100%重复_")],
        "0%": [("finding", "2026-0001", "Fire检查100%重复_"), ("paper", "1", "Fire检查100%重复_")],
        "复_": [("finding", "2026-0001", "Fire检查100%重复_"), ("paper", "1", "Fire检查100%重复_")],
        "M_1": [("clue", "X2026-0001", "M_1")], "M%1": [], "_": None, "李消": [], "@": [], '"': [], "paper_title": [],
        "工作方案》（金司": [], "提醒函-": [("paper", "1", name[:20])],
    }  # fmt: skip
    for text, wanted in rows_.items():
        result = jsup("search", text, "--json")
        assert result.status == 0
        if wanted is not None:
            found = [(row["kind"], row["key"], row["snippet"]) for row in result.json]
            assert [(kind, key) for kind, key, _snippet in found] == [(kind, key) for kind, key, _snippet in wanted], text
            for (_kind, _key, snippet), (_, _, part) in zip(found, wanted, strict=True):
                assert part in snippet
    assert {row["key"] for row in jsup("search", "_", "--json").json} == {"2026-0001", "X2026-0001", "1"}
    assert jsup("search", "消防栓").out.splitlines()[1:] == [
        "finding\t2026-0001\tFire检查100%重复_\t消防栓未验", f"paper\t1\t{name}\t消防栓未验"
    ]  # fmt: skip


def test_an_agency_is_found_by_a_former_name(jsup, register):
    with_name = "INSERT INTO agency_name (id, agency_code, name, until_on, document) VALUES (1, 'JS-SCJG', '原工商分局', '2026-01-01', 'd')"
    rows(register, with_name)
    (row,) = jsup("search", "工商", "--json").json
    assert row == {"kind": "agency", "key": AGENCY, "title": "金山区市场监督管理局", "snippet": "原工商分局"}


@pytest.mark.in_a_file
def test_numbers_of_people_in_a_clue_s_words_are_not_kept_and_a_clue_that_ended_takes_no_other(jsup, ledger):
    said = "李四 139 1234 5678、138-1111-2222、021-57321234、310228198001011234，企业91310116MA00000172"
    shown = jsup("clue", "add", "--channel", "hotline", "--title", said, "--content", said, "--json").json
    kept = "李四 （电话）、（电话）、（电话）、（证件号码），企业91310116MA00000172"
    assert (shown["title"], shown["content"]) == (kept, kept)
    assert jsup("clue", "triage", "X2026-0001", "--dismiss", "--why", "w").status == 0
    assert jsup("clue", "add", "--channel", "media", "--title", "t").status == 0
    result = jsup("clue", "triage", "X2026-0002", "--merge-into", "X2026-0001")
    assert (result.status, "name another clue" in result.err) == (1, True)


def test_what_a_withdrawn_finding_was_made_of_waits_again(jsup, register):
    for number in (1, 2):
        done = jsup("clue", "add", "--channel=hotline", f"--title=t{number}", "--agency=JS-SCJG", f"--source-number=GD{number}")
        assert done.status == 0
    assert jsup("clue", "triage", "X2026-0001", "X2026-0002", "--finding", "--category=repeat").status == 0
    head = "检查行为名称,检查行为编号,实施机构编码,监管对象,行政相对人编码,检查时间\n"
    Path("i.csv").write_text(f"{head}检查,JC1,JS-SCJG,企业,91350100M000100Y43,2026-11-03\n", encoding="utf-8")
    assert jsup("inspection", "import", "i.csv").status == 0
    assert jsup("scan", "--month=2026-11").status == 0
    first = jsup("anomaly", "list", "--json").json[0]["id"]
    assert jsup("anomaly", "verify", first).status == 0
    for number in ("2026-0001", "2026-0002"):
        assert jsup("withdraw", number, "--why=误立").status == 0
    rows = jsup("clue", "list", "--json").json
    assert [(row["state"], row["finding_number"]) for row in rows] == [("open", None)] * 2
    (one,) = (row for row in jsup("anomaly", "list", "--json").json if row["id"] == first)
    assert (one["state"], one["finding_number"], one["decided_on"]) == ("open", None, None)
    assert first in [
        int(row["number"]) for row in jsup("overdue", "--within=99", "--json").json["items"] if row["kind"] == "anomaly"
    ]
    assert jsup("anomaly", "dismiss", first, "--why=w").status == 0
    assert jsup("clue", "triage", "X2026-0001", "--dismiss", "--why=w").status == 0
    assert jsup("verify").status == 0
