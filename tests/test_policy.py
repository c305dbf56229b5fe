"""The policy file against the plan's own text: no number without its words, and no words without their number."""

import re
import sqlite3
import tomllib
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest

from jsup import policy, ready, steps
from jsup.errors import JsupError, LedgerError, UnknownError
from tests.conftest import FACTS

TEXT = policy.packaged_text()
DATA = tomllib.loads(TEXT)
PLAN = (files("jsup") / "policies" / DATA["plan_text"]).read_text("utf-8")
POLICY = policy.parse(TEXT, "jinsi-2025-26")
PERIODS = DATA["plan"]["periods"]
WAYS = DATA["plan"]["ways"]
SHEETS = DATA["sheets"]
RULES = {key: rule for key, rule in DATA["plan"].items() if key not in ("periods", "ways")}
CATEGORIES = {f"category {key}": category for key, category in DATA["categories"].items()}
BASES = {
    f"paper {key} {basis['clause']}": basis
    for key, kind in DATA["papers"].items()
    for basis in kind["basis"]
    if basis["document"] == f"《{DATA['title']}》（{DATA['document']}）"
}
QUOTED = {**RULES, **PERIODS, **WAYS}
"""Every rule, with its words, as the file has it."""
WORDS = {**QUOTED, **CATEGORIES, **BASES}
"""Everything that quotes the plan."""

# 一、 on a heading line; （一） on a heading line; 1. at the head of a paragraph; **第一步， inside of one.
HEADING = re.compile(
    r"^#+ *([一二三四五六七八九])、|^#+ *（([一二三四五六七八九])）|^\**(\d)\. |\*\*(第[一二三]步)，", re.MULTILINE
)


def sections(text: str) -> dict[str, str]:
    """The text under each heading down to the next one of its rank: `二（一）1`, `二（二）1 第二步`."""
    found: dict[str, str] = {}
    heads = list(HEADING.finditer(text))
    path = ["", "", "", ""]
    for place, head in enumerate(heads):
        rank = head.lastindex - 1
        path[rank:] = [head[rank + 1]] + [""] * (3 - rank)
        part, group, number, step = path
        name = part + (f"（{group}）" if group else "") + number + (f" {step}" if step else "")
        later = (other.start() for other in heads[place + 1 :] if other.lastindex - 1 <= rank)
        assert name not in found
        found[name] = text[head.start() : next(later, len(text))]
    return found


SECTIONS = sections(PLAN)


def test_the_plan_has_these_clauses():
    assert list(SECTIONS) == [
        "一",
        "二",
        *("二（一）", "二（一）1", "二（一）2", "二（一）3"),
        *("二（二）", "二（二）1", "二（二）1 第一步", "二（二）1 第二步", "二（二）1 第三步", "二（二）2"),
        *("二（三）", "二（三）1", "二（三）2", "二（三）3", "二（三）4", "二（三）5", "二（三）6"),
        *("二（四）", "二（四）1", "二（四）2", "二（四）3"),
        *("三", "三（一）", "三（二）", "三（三）"),
    ]


# From the policy to the plan


@pytest.mark.parametrize("key", WORDS)
def test_every_quote_stands_word_for_word_in_the_plan_and_under_its_clause(key):
    quote, clause = WORDS[key]["quote"], WORDS[key]["clause"]
    assert quote.strip() == quote != ""
    assert quote in PLAN
    assert quote in SECTIONS[clause]


@pytest.mark.parametrize("key", RULES)
def test_the_value_of_every_rule_is_in_its_own_quote(key):
    assert RULES[key]["value"] != ""
    assert RULES[key]["value"] in RULES[key]["quote"]


UNITS = {"working_day": "个工作日内", "month": "个月内"}


@pytest.mark.parametrize("key", PERIODS)
def test_the_number_and_unit_of_every_period_are_the_only_ones_in_its_quote(key):
    period = PERIODS[key]
    if "count" in period:
        assert re.findall(r"\d+", period["quote"]) == [str(period["count"])]
        assert f"{period['count']}{UNITS[period['unit']]}" in period["quote"]
    else:
        assert "unit" not in period
        assert NUMBER.findall(period["quote"]) == []


@pytest.mark.parametrize(
    ("key", "count", "unit", "owner"),
    [
        ("warning", None, "date", "agency"),
        ("recommendation", 5, "working_day", "bureau"),
        ("rectification", 15, "working_day", "agency"),
        ("review", 5, "working_day", "bureau"),
        ("decision", None, "date", "agency"),
        ("guidance", 1, "month", "bureau"),
    ],
)
def test_the_periods_of_the_plan_are_read_as_it_has_them(key, count, unit, owner):
    period = POLICY.period(key)
    assert (period.key, period.count, period.unit, period.owner) == (key, count, unit, owner)
    assert (period.clause, period.quote) == (PERIODS[key]["clause"], PERIODS[key]["quote"])


def test_what_is_read_is_what_the_file_holds_and_nothing_else():
    assert list(POLICY.periods) == list(PERIODS)
    assert POLICY.rules == RULES
    assert list(POLICY.categories) == list(DATA["categories"])
    assert POLICY.own == DATA["own"]
    assert POLICY.draw_floor == Fraction(1, 10)


def test_number_title_and_date_of_the_document_are_the_plans_own():
    assert POLICY.document in PLAN
    assert f"《{POLICY.title}》" in PLAN
    assert f"\n{POLICY.in_force_on.year}年{POLICY.in_force_on.month}月{POLICY.in_force_on.day}日\n" in PLAN
    assert type(POLICY.in_force_on) is date
    assert POLICY.name == policy.DEFAULT


@pytest.mark.parametrize("key", [*QUOTED, *DATA["categories"]])
def test_every_rule_period_and_category_has_a_clause_of_the_plan(key):
    assert (QUOTED | DATA["categories"])[key]["clause"] in SECTIONS


def test_every_clause_of_the_plan_that_a_step_names_exists():
    named = {step.clause for step in steps.TABLE if step.clause.startswith(("一", "二", "三"))}
    assert {"二（二）1 第一步", "二（二）1 第二步"} <= named
    assert named <= set(SECTIONS)
    assert all(step.clause for step in steps.TABLE)


def test_every_period_that_a_step_starts_or_ends_is_one_of_the_plan():
    named = {start.period for step in steps.TABLE for start in step.starts}
    named |= {period for step in steps.TABLE for period in (*step.meets, *step.restarts, *step.reopens)}
    assert {"warning", "recommendation", "rectification", "review", "decision"} <= named <= set(POLICY.periods)


def test_the_five_and_the_eight_prohibitions_are_five_and_eight():
    prohibitions = [category for category in POLICY.categories.values() if category.text]
    digits = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
    assert len({category.title for category in prohibitions}) == digits[RULES["prohibitions"]["value"]] == 5
    assert len({category.text for category in prohibitions}) == digits[RULES["must_nots"]["value"]] == 8
    assert all(category.title.startswith("严禁") and category.text.startswith("不得") for category in prohibitions)


def test_the_problems_that_the_plan_names_are_categories():
    titles = {category.title for category in POLICY.categories.values()}
    assert set(RULES["problems"]["value"].split("、")) <= titles


# From the plan to the policy

NO_RULES = {
    "金司〔2025〕26号": "the number of the document",
    "第78次区政府常务会议": "the meeting that passed it",
    "2025年8月6日": "its date",
    "12345市民服务热线": "a telephone number",
    "第一步，": "the name of a step",
    "第二步，": "the name of a step",
    "第三步，": "the name of a step",
    "执法监督“三步法”模式": "says beforehand what 二（二）1 lays down",
    "全市统一综合执法系统": "a word",
    "在一定范围内": "a word",
    "“综合查一次”": "a name",
    "“一把手”": "a word",
}
"""Every number of the plan that is no rule, by its words, and why. Headings are left out by their form."""

NUMBER = re.compile(r"\d+%?|[〇零一二三四五六七八九十百千万亿两半双]|每[年季月周旬日天次半]|[季月年周]度")


def forgotten(quotes: Iterable[str]) -> list[str]:
    """Every number of the plan that stands neither in one of the quotes nor among the numbers that are no rules."""
    known: set[int] = set()
    for head in HEADING.finditer(PLAN):
        known |= set(range(*head.span()))
    for words in (*quotes, *NO_RULES):
        for place in re.finditer(re.escape(words), PLAN):
            known |= set(range(*place.span()))
    return [
        PLAN[max(0, number.start() - 8) : number.end() + 8]
        for number in NUMBER.finditer(PLAN)
        if not set(range(*number.span())) <= known
    ]


def test_no_number_of_the_plan_is_forgotten():
    assert forgotten(rule["quote"] for rule in QUOTED.values()) == []


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (("recommendation",), "5个工作日"),
        (("rectification",), "15个工作日"),
        (("review",), "5个工作日"),
        (("guidance",), "1个月"),
        (("draw_share", "draw_every"), "10%"),
        (("draw_every",), "每季度"),
        (("look_every",), "每月"),
        (("steps",), "“三步法”"),
        (("prohibitions", "must_nots"), "“五个严禁”"),
        (("prohibitions", "must_nots"), "“八个不得”"),
    ],
)
def test_a_number_is_missed_if_its_rule_is_left_out(keys, number):
    assert any(number in words for words in forgotten(rule["quote"] for key, rule in QUOTED.items() if key not in keys))


@pytest.mark.parametrize("words", NO_RULES)
def test_the_numbers_that_are_no_rules_stand_in_the_plan(words):
    assert NUMBER.search(words)
    assert words in PLAN
    assert not any(words in rule["quote"] for rule in QUOTED.values())


# Keys that nobody has


def test_a_period_or_category_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(UnknownError, match=r"no period is called recheck: choose one of warning, .*guidance"):
        POLICY.period("recheck")
    with pytest.raises(UnknownError, match=r"no category is called none: choose one of repeat, .*other"):
        POLICY.category("none")
    assert POLICY.category("repeat").title == "重复查"


# Broken policies

RECOMMENDATION = '[plan.periods.recommendation]\ncount = 5\nunit = "working_day"\nowner = "bureau"\n'
WARNING = '[plan.periods.warning]\nowner = "agency"\n'
DRAW = '[plan.draw_share]\nvalue = "10%"\nclause = "二（一）1"\n'
OTHER = '[categories.other]\ntitle = "其他"\nclause = "二（二）1"\n'

BROKEN = {
    "not TOML": ('name = "', 'name "', "line 5"),
    "a key twice": ("[plan.steps]", "[plan.draw_share]", "draw_share"),
    "no name": ('\nname = "jinsi-2025-26"\n', "\n", "name"),
    "no document": ("\ndocument = ", "\ndocuments = ", "document"),
    "no date": ("\nin_force_on = ", "\nin_force_from = ", "in_force_on"),
    "no warning": ("[plan.periods.warning]", "[plan.periods.warnings]", "warning"),
    "no recommendation": ("[plan.periods.recommendation]", "[plan.periods.advice]", "recommendation"),
    "no rectification": ("[plan.periods.rectification]", "[plan.periods.mending]", "rectification"),
    "no review": ("[plan.periods.review]", "[plan.periods.recheck]", "review"),
    "no decision": ("[plan.periods.decision]", "[plan.periods.decree]", "decision"),
    "no share": ("[plan.draw_share]", "[plan.drawn_share]", "draw_share"),
    "a share of nothing": (DRAW, DRAW.replace("10%", "0%"), "draw_share"),
    "a share of more than all": (DRAW, DRAW.replace("10%", "101%"), "draw_share"),
    "a share below nothing": (DRAW, DRAW.replace("10%", "-10%"), "draw_share"),
    "no value": (DRAW, DRAW.replace("value", "worth"), "value"),
    "no clause of a rule": (DRAW, DRAW.replace("clause", "article"), "clause"),
    "no quote of a rule": ('quote = "每季度', 'words = "每季度', "quote"),
    "count 0": (RECOMMENDATION, RECOMMENDATION.replace("5", "0"), "recommendation"),
    "a negative count": (RECOMMENDATION, RECOMMENDATION.replace("5", "-5"), "recommendation"),
    "a count in words": (RECOMMENDATION, RECOMMENDATION.replace("5", '"5"'), "recommendation"),
    "a count with a point": (RECOMMENDATION, RECOMMENDATION.replace("5", "5.0"), "recommendation"),
    "no count": (RECOMMENDATION, RECOMMENDATION.replace("count", "number"), "recommendation"),
    "no unit": (RECOMMENDATION, RECOMMENDATION.replace("unit", "kind"), "recommendation"),
    "an unknown unit": (RECOMMENDATION, RECOMMENDATION.replace("working_day", "day"), "recommendation"),
    "a count until a named date": (RECOMMENDATION, RECOMMENDATION.replace("working_day", "date"), "recommendation"),
    "a unit without a count": (WARNING, WARNING + 'unit = "month"\n', "warning"),
    "a count below nothing until a named date": ('count = 1\nunit = "month"', 'count = -1\nunit = "date"', "guidance"),
    "no owner": (RECOMMENDATION, RECOMMENDATION.replace("owner", "holder"), "owner"),
    "an unknown owner": (RECOMMENDATION, RECOMMENDATION.replace("bureau", "nobody"), "recommendation"),
    "no title of a category": (OTHER, OTHER.replace("title", "name"), "title"),
    "no categories": ("[categories.", "[kinds.", "categories"),
    "no settings": ("\n[own]\n", "\n[ours]\n", "own"),
    "no days of warning": ("\nwarning_working_days = ", "\nwarning_days = ", "own.warning_working_days"),
    "a warning of 0 days": ("\nwarning_working_days = 10", "\nwarning_working_days = 0", "own.warning_working_days"),
    "a warning of true days": ("\nwarning_working_days = 10", "\nwarning_working_days = true", "own.warning_working_days"),
    "a frame by number": ("\ndraw_entrusted = false", "\ndraw_entrusted = 0", "own.draw_entrusted"),
    "a coverage below nothing": ("\ndraw_coverage = 20", "\ndraw_coverage = -1", "own.draw_coverage"),
    "a coverage in words": ("\ndraw_coverage = 20", '\ndraw_coverage = "20"', "own.draw_coverage"),
    "a reason as a number": (
        '\nno_inspections = "本季度未开展涉企行政检查"',
        "\nno_inspections = 5",
        "own.substitution.no_inspections",
    ),
    "an item of no category": (
        'clause = "一", category = "multiple"',
        'clause = "一", category = "many"',
        "sheets.records.multiple",
    ),
    "an item with points below nothing": ("points = 10", "points = -1", "sheets.case-review.entrustment"),
    "an item without its text": ("multiple = { text", "multiple = { words", "sheets.records.multiple.text"),
    "a way without its words": ("[plan.ways.site]\ntitle", "[plan.ways.site]\nname", "plan.ways.site.title"),
    # Of the wrong kind, or not where the steps look for them.
    "a share divided by nothing": (DRAW, DRAW.replace("10%", "1/0%"), "draw_share"),
    "a share in words": (DRAW, DRAW.replace("10%", "a tenth"), "draw_share"),
    "a share as a number": (DRAW, DRAW.replace('"10%"', "10"), "draw_share"),
    "a rule that is no table": ("[plan.draw_share]", "[plan]\nfoo = 5\n\n[plan.draw_share]", "foo"),
    "a category that is no table": ("[categories.repeat]", "[categories]\nfoo = 5\n\n[categories.repeat]", "foo"),
    "a count that is true": (RECOMMENDATION, RECOMMENDATION.replace("5", "true"), "recommendation"),
    "a date as text": ("\nin_force_on = 2025-08-06", '\nin_force_on = "2025-08-06"', "in_force_on"),
    "an instant for a date": ("\nin_force_on = 2025-08-06", "\nin_force_on = 2025-08-06T00:00:00", "in_force_on"),
    "a name as a number": ('\nname = "jinsi-2025-26"', "\nname = 26", "name"),
    "a clause as a number": (DRAW, DRAW.replace('"二（一）1"', "1"), "clause"),
    "a quote as a number": ('quote = "每季度以不低于10%的比例"', "quote = 10", "quote"),
    "a title as a number": (OTHER, OTHER.replace('"其他"', "1"), "title"),
    "a period among the rules": (WARNING, WARNING.replace(".periods", "") + 'value = "通过"\n', "warning"),
}


@pytest.mark.parametrize(("old", "new", "key"), BROKEN.values(), ids=BROKEN)
def test_a_broken_policy_is_refused_in_a_sentence_that_names_the_file_and_the_key(old, new, key):
    assert old in TEXT
    with pytest.raises(LedgerError) as refused:
        policy.parse(TEXT.replace(old, new), "broken.toml")
    assert str(refused.value).startswith("broken.toml")
    assert re.search(rf"(?<![a-z_]){re.escape(key)}(?![a-z_])", str(refused.value).removeprefix("broken.toml"))


def test_an_empty_file_and_one_that_is_no_policy_are_refused():
    for text in ("", "[tool]\nname = 'x'\n", "\0", "plan = 5\nown = 5\n"):
        with pytest.raises(LedgerError, match=r"^x\.toml"):
            policy.parse(text, "x.toml")


def test_a_share_without_a_percent_sign_is_that_share_or_refused():
    """`1/10` is a tenth wherever a share is typed; in a policy it must not become a tenth of a percent."""
    try:
        floor = policy.parse(TEXT.replace(DRAW, DRAW.replace("10%", "1/10")), "x.toml").draw_floor
    except LedgerError:
        return
    assert floor == Fraction(1, 10)


@pytest.mark.parametrize(("share", "floor"), [("20%", Fraction(1, 5)), ("12.5%", Fraction(1, 8)), ("100%", Fraction(1))])
def test_another_policy_may_set_another_floor(share, floor):
    assert policy.parse(TEXT.replace(DRAW, DRAW.replace("10%", share)), "x.toml").draw_floor == floor


def test_another_policy_may_lengthen_a_period_and_count_it_in_months():
    changed = TEXT.replace(RECOMMENDATION, RECOMMENDATION.replace("5", "2").replace("working_day", "month"))
    period = policy.parse(changed, "x.toml").period("recommendation")
    assert (period.count, period.unit) == (2, "month")


# Files


def test_without_a_file_the_packaged_policy_is_read(tmp_path):
    assert policy.text_of(None) == TEXT
    (tmp_path / "own.toml").write_text(TEXT + "# 本局\n", "utf-8")
    assert policy.text_of(tmp_path / "own.toml") == TEXT + "# 本局\n"


@pytest.mark.parametrize(
    ("kind", "words"), [("missing", "cannot be read"), ("a folder", "no ordinary file"), ("not UTF-8", "no text in UTF-8")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, kind, words):
    path = tmp_path / "own.toml"
    if kind == "a folder":
        path.mkdir()
    elif kind == "not UTF-8":
        path.write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(JsupError, match=rf"own\.toml .*{words}"):
        policy.text_of(path)


# Kept ready -------------------------------------------------------------------------------------


def test_the_packaged_policy_is_kept_ready_as_its_text_says():
    kept = (files("jsup") / "policies" / "jinsi-2025-26.json").read_text("utf-8")
    assert kept == f"{ready.of(TEXT, POLICY)}\n", "run tools/policies.py"
    assert ready.read(kept, TEXT) == ready.packaged() == POLICY


@pytest.mark.parametrize(
    ("change", "of"),
    [
        (lambda kept: kept, TEXT + "\n# another text"),
        (lambda kept: kept.replace('["', '["later ', 1), TEXT),
        (lambda kept: kept.replace('"periods"', '"spans"'), TEXT),
        (lambda kept: kept[:-9], TEXT),
        (lambda _kept: "", TEXT),
        (lambda _kept: "null", TEXT),
    ],
)
def test_what_is_kept_of_another_text_or_in_another_form_or_damaged_is_not_taken(change, of):
    assert ready.read(change(ready.of(TEXT, POLICY)), of) is None


def test_a_policy_that_says_less_than_this_program_knows_or_what_json_cannot_hold_is_not_kept():
    short = TEXT.replace("draw_coverage", "draw_cover")
    assert ready.of(short, policy.parse(short, "short")) is None
    timed = TEXT.replace("[own]\n", "[own]\nnoon = 12:00:00\n", 1)
    assert policy.parse(timed, "timed").own["noon"] is not None
    assert ready.of(timed, policy.parse(timed, "timed")) is None


@pytest.mark.in_a_file
def test_the_ledger_s_policy_is_kept_ready_and_one_without_is_read_from_its_text(jsup, ledger, tmp_path):
    first = jsup("policy", "show", "--json").json
    other = tmp_path / "other.toml"
    other.write_text(TEXT.replace("remind_working_days = 3", "remind_working_days = 4"), "utf-8")
    assert other.read_text("utf-8") != TEXT
    assert jsup("policy", "import", other).status == 0
    changed = jsup("policy", "show", "--json").json
    assert changed == first | {"own": first["own"] | {"remind_working_days": 4}}
    with closing(sqlite3.connect(ledger)) as connection, connection:
        rows = connection.execute("SELECT text, ready FROM policy ORDER BY id").fetchall()
        assert [ready.read(kept, text) for text, kept in rows] == [policy.parse(text, "") for text, _kept in rows]
        connection.execute("UPDATE policy SET ready = NULL")
    assert jsup("policy", "show", "--json").json == changed
    assert [line for line in jsup("verify").err.splitlines() if "table policy, row 2, column ready" in line]


def test_the_policy_in_force_is_handed_out_edited_and_put_in_force(jsup, ledger):
    Path("kept.toml").write_text("mine")
    assert jsup("policy", "show", "--out", "kept.toml").status == 1
    assert Path("kept.toml").read_text() == "mine"
    assert jsup("policy", "show", "--out", "new.toml").status == 0
    text = Path("new.toml").read_text("utf-8")
    assert text == policy.packaged_text()
    Path("new.toml").write_text(text.replace("remind_working_days = 3", "remind_working_days = 4"), encoding="utf-8")
    done = jsup("policy", "import", "new.toml", "--json")
    assert done.err == ""
    changed = done.json["changed"]
    assert [(row["key"], row["old"], row["new"]) for row in changed] == [("own.remind_working_days", 3, 4)]
    assert jsup("policy", "show", "--out", "again.toml").status == 0
    assert Path("again.toml").read_bytes() == Path("new.toml").read_bytes()
    Path("own.toml").write_text(text.replace("count = 15", "count = 30"), encoding="utf-8")
    said = jsup("policy", "import", "own.toml", "--dry-run")
    assert (said.status, "which no bureau sets" in said.err, "periods.rectification.count" in said.err) == (0, True, True)


@pytest.mark.in_a_file
def test_an_import_names_each_open_clock_that_would_end_on_another_day_those_chained_to_it_too(jsup, register, tmp_path):
    for _number in range(2):
        jsup("finding", "add", *FACTS, "--agency=JS-SCJG", "--category=other", "--title=t", "--found-on=2026-11-02")
    jsup("warn", "2026-0001", "--method=phone", "--on=2026-11-03")
    jsup("warn", "2026-0002", "--method=phone", "--rectify-by=2026-11-04", "--on=2026-11-03")
    jsup("confirm", "2026-0002", "--unrectified", "--on=2026-11-05")
    jsup("recommend", "2026-0002", "--on=2026-11-06")
    jsup("sign", "2026-0002", "--by=T", "--on=2026-11-09")
    assert jsup("deliver", "2026-0002", "--by-way=direct", "--receiver=R", "--on=2026-11-10").status == 0
    longer = TEXT.replace("warning_working_days = 10", "warning_working_days = 12")
    other = tmp_path / "other.toml"
    other.write_text(
        longer.replace("[plan.periods.rectification]\ncount = 15", "[plan.periods.rectification]\ncount = 20"), "utf-8"
    )
    moved = jsup("policy", "import", other, "--json").json["moved"]
    assert [(row["number"], row["period"], row["old"], row["new"]) for row in moved] == [
        ("2026-0001", "warning", "2026-11-17", "2026-11-19"),
        ("2026-0001", "recommendation", "2026-11-24", "2026-11-26"),
        ("2026-0002", "rectification", "2026-12-01", "2026-12-08"),
        ("2026-0002", "review", "2026-12-08", "2026-12-15"),
    ]
