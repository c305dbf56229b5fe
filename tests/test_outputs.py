"""What people type is text wherever it comes out again: on a screen, in a workbook, a page, a paper, a feed, a file's name."""

import contextlib
import io
import itertools
import json
import os
import re
import shlex
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import openpyxl
import pytest
from typer.models import TyperPath

from jsup import cli, console, exports, outputs, policy
from jsup.errors import invisible
from tests.conftest import Result
from tests.test_papers import words_of

TEXTS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.cn")', "{=1+1}", "[red]x[/red]", "[/]", "[bold",
    "<script>alert(1)</script>", '"><b onclick="x()">', "&amp;", "]]>", "{{ 7*7 }}", "{% raw %}", "{agency}", "%s$draw_id",
    "../../x", "a/b", r"C:\x", "CON", ".hidden", "名" * 300,
)  # fmt: skip
UNSEEN = "\x1b[31m\x1b]0;t\x07\x9b1m\u202e\u2066\x7f\t\r\n\x85\u2028x"
"""What a ledger that was filled behind jsup's back may hold: sequences for a terminal, other directions, breaks of lines."""

WALK = """
init --policy=policy.toml; agency import agencies.csv; agency import again.csv
agency add --code==9 --name=? --level=town --superior=? --head=? --contact=? --phone=? --management=vertical
agency amend =9 --set=name=? --set=head=? --why=?; agency show =9; agency retire =8 --why=?
agency succeed =7 =9 --document=?; calendar import notice.json --number=? --yes
calendar set 2026-12-14 --rest --why=?; calendar show 2026
plan import plans.csv; plan file =P --municipal --number=? --on=2026-02-02; plan file =P --number=? --on=2026-02-03
plan publish =P --at=? --on=2026-03-30; plan amend =P --set=title=? --set=ordered_by=? --why=?
plan note =P --legality=? --reasonableness=? --coordination=?; plan merge --week=2026-W49; plan check; plan show =P
plan merge --visits=1,2 --on=2026-12-01 --joint=?; plan split 1 --why=?; plan merge --visits=1,3 --on=2026-12-01 --joint=?
finding add --agency==1 --agency==9 --agency==3 --category=other --title=? --source=? --facts=? --basis=? --found-on=2026-09-01
finding add --agency==9 --agency==3 --category=repeat --title=? --source=? --facts=? --basis=? --found-on=2026-11-16
warn 2026-0001 2026-0002 2026-0003 --method=phone --rectify-by=2026-09-18 --by=? --receiver=? --reply=? --note=? --on=2026-09-08
warn 2026-0004 --method=letter --rectify-by=2026-12-04 --by=? --receiver=? --reply=? --note=? --on=2026-11-17
paper draft warning-record 2026-0001 --out=papers
confirm 2026-0001 2026-0002 2026-0003 --unrectified --note=? --on=2026-09-18
recommend 2026-0001 2026-0002 --out=papers --on=2026-09-21
sign 2026-0001 --by=? --number==x〔2026〕2号 --why=? --on=2026-09-22; sign 2026-0002 --by=? --on=2026-09-22
notify 2026-0002 --number=? --note=?; deliver 2026-0001 --by-way=direct --receiver=? --proof=proof --on=2026-09-23
rectify 2026-0001 --note=? --on=2026-10-19; review 2026-0001 --result=partial --remaining=? --note=? --on=2026-10-22
escalate 2026-0001 --note=? --on=2026-10-23; return 2026-0001 --why=? --note=? --on=2026-10-26
escalate 2026-0001 --note=? --on=2026-10-27; decide 2026-0001 --number=? --rectify-by=2026-11-30 --on=2026-10-28
deliver 2026-0001 --by-way=direct --receiver=? --on=2026-10-29
account 2026-0001 --measure=circular --whom=? --number=? --document=? --receipt=? --note=? --on=2026-10-30
review 2026-0001 --result=full --rectified-on=2026-11-10 --note=? --on=2026-11-11
close 2026-0001 --why=? --approved-by=? --on=2026-11-12
extend 2026-0004 --period=warning --until=2026-12-08 --why=? --approved-by=?; object 2026-0004 --note=?
answer 2026-0004 --note=?; attach 2026-0004 proof --note=?; amend 2026-0004 --set=title=? --set=facts=? --why=?
withdraw 2026-0005 --why=?
paper draft general-reminder --agency==1 --set=subject=? --set=text=? --set=to=? --out=papers; paper review 4 --by=?
paper sign 4 --by=? --number=y〔2026〕1号 --why=?; paper seal 4 --by=?; paper serve 4 --by-way=direct --receiver=?
paper attach 4 proof --note=?; paper print 4 --out=printed; paper draft closing-slip 2026-0001 --out=papers
paper void 5 --why=?; paper draft superior-notice 2026-0002 --out=papers; paper show 4
template recommendation --out=t.docx; template recommendation --set=t.docx; template recommendation --reset
sample --quarter=2026Q3 --share=50% --public-value=?; sample void --quarter=2026Q3 --why=?
sample freeze --quarter=2026Q4 --share=50% --weights=weights.csv
sample announce --quarter=2026Q4 --source=? --published-at=?
sample --quarter=2026Q4 --public-value=? --known-on=2026-11-24
sample substitute --quarter=2026Q4 --agency=drawn --reason=dissolved --note=?
sample sheet --quarter=2026Q4 --out=sheet.xlsx
sample result --quarter=2026Q4 --agency=drawn --method=records --note=? --item=records.plan=fail --finding=records.plan=?
sample result --quarter=2026Q4 --sheet=sheet.csv; sample result --quarter=2026Q4 --agency=drawn --withdraw --why=?
sample export export --quarter=2026Q4; paper draft draw-notice --quarter=2026Q4 --agency=drawn --out=papers
worklist --out=work.xlsx; worklist apply work.csv; overdue --within=999; why 2026-0001
due --from=2026-12-10 --days=9 --explain; calendar feed --out=feed.ics; finding show 2026-0001
inspector import people.csv; inspector suspend =z0 --document=? --until=2026-12-01; inspector revoke =z1 --document=?
inspector restore =z1 --document=?; inspector show =z0; inspector list; entrustment import bodies.csv; entrustment list
entrustment end 1 --why=?; agency rename =2 --name=? --document=?; agency show =2
assign 2026-0003 2026-0004 --to=?; assign 2026-0003 2026-0004 --to==boss; handover --from==boss --to=? --out=list.xlsx
assign 2026-0004 --to==lead; finding list --assigned-to==lead; finding show 2026-0004
policy import policy.toml; seal seal.txt; verify --seal=seal.txt; verify --since=seal.txt; backup backup.db; export whole; export public --public
doctor; restore backup.db --ledger=restored.db
clue gathering add --kind=forum --who=? --subject=? --outcome=?; clue gathering outcome 1 --outcome=? --why=?
clue add --channel=hotline --title=? --agency==9 --source-number=? --content=? --name=? --phone=? --identity=? --address=?
clue import clues.csv; clue import clues.csv --dry-run; clue show X2026-0001 --unmask; clue show X2026-0002
clue amend X2026-0001 --set=title=? --set=content=? --why=?; clue erase X2026-0001 --why=?
clue triage X2026-0001 --finding --category=other --title=? --facts=? --basis=?
clue triage X2026-0002 --refer-to=? --why=? --materials=? --out=papers; clue refer X2026-0003 --to=? --why=? --materials=? --out=papers
clue triage X2026-0004 --dismiss --why=?; clue triage X2026-0005 --merge-into=X2026-0001 --why=?
complaint import complaints.csv; complaint import complaints.csv; search =1+1
item import items.csv; item list; heading add =1+1 --field=rating; heading list
inspection import inspections.csv; inspection import inspections.csv --dry-run; inspection show =JC1; inspection batches
scan --month=2026-10; anomaly list --month=2026-10; anomaly verify --rule=code; anomaly dismiss --rule=inspectors --why=?
anomaly systemic; look --month=2026-10 --agency==9 --cases=1 --result=?; look list
duty add --title=? --every=month --clause=?; duty done 1 --note=?; duty list; duty end 1 --why=?
guidance propose --category=code --title=? --reached-on=2026-11-02 --why=? --agency==9; guidance open 1; guidance show 1
guidance draft 1 --opinion=? --agency==1 --out=papers; guidance propose; guidance list; guidance dismiss 1 --why=?
consultation add --kind=joint --title=? --who=? --agency==9 --outcome=?; consultation show 1
consultation decide 1 --text=? --by=? --until=2026-11-24; consultation done 1 --result=?
consultation decide 1 --text=? --agency==9 --until=2026-11-24; consultation drop 2 --why=?; consultation withdraw 1 --why=?
training ask --title=? --until=2026-11-24; training hold 2 --by=? --attended==9 --outcome=?
training ask --title=? --until=2026-11-24; training drop 3 --why=?; reminder add --category=code --title=? --agency==9
reminder drop 4 --why=?; self-check open --title=? --until=2026-11-24 --agency==9
self-check report 5 --agency==9 --found=1 --mended=1 --note=?
self-check report 5 --agency==9 --found=2 --mended=1 --note=? --why=?; self-check show 5; self-check drop 5 --why=?
publicity add --title=? --where=?; publicity drop 6 --why=?; discipline add --number=?; discipline receipt 1 --receipt=?
guidance propose --category=repeat --title=? --reached-on=2026-11-02 --why=?; guidance draft 2 --opinion=? --out=papers
paper sign 11 --by=?; guidance issue 2 --paper=11 --agency==9; guidance show 2
consultation add --kind=joint --title=? --who=? --on=2026-11-02; consultation decide 7 --text=? --by=? --until=2026-11-02
training ask --title=? --until=2026-11-24 --on=2026-11-02; overdue --within=9
guide add --agency==9 --field=? --title=? --file=proof --on=2026-10-01; guide add --agency==9 --field=? --title=?
guide deliver 1 --enterprise=91350100M000100Y43 --name=? --way=? --on=2026-10-02; guide import deliveries.csv
guide take-back 1 --why=?; guide withdraw 2 --why=?; guide list --agency==9 --all; guide list --field=x; guide show 1
guide coverage --period=2026-10
inspection note =JC1 --kind=advice --text=?; inspection note =JC1 --kind=lenient --text=?
inspection withdraw-note 1 --why=?; inspection notes --all
case add --kind=typical --agency==9 --title=? --text=? --finding=2026-0002; case consent 1 --by=?; case publish 1 --where=?
case add --kind=experience --agency==9 --title=? --text-file=words.txt; case withdraw 2 --why=?; case list --all; case show 1
report --period=2026Q4; report --period=2026-10 --explain=clues; report --period=2026Q4 --out=report.html
score draft --period=2026Q3 --on=2026-10-08; score object --period=2026Q3 --agency==9 --text=? --on=2026-10-09
score answer --period=2026Q3 --agency==9 --text=? --rejected; score settle --period=2026Q3; score propose --period=2026Q3
score void --period=2026Q3 --why=?; score draft --period=2026Q3 --on=2026-11-23
score object --period=2026Q3 --agency==9 --text=?; score --period=2026Q3 --explain==9
score letters --period=2026Q3 --out=letters
brief --weekly --by=agency --out=brief.docx; brief --weekly --on=2026-10-20 --out=brief.md
"""
"""Command lines in the order of an office's work; `?` is the next of the texts. Behind them every other command, as it is."""

SETTINGS = {
    "JSUP_LEDGER": "ledger.db", "JSUP_OFFICER": "[red]<b>=officer", "JSUP_TODAY": "2026-11-24", "JSUP_LANG": "en",
    "LANGUAGE": "en", "COLUMNS": "9999", "LINES": "99", "TERM": "dumb",
}  # fmt: skip
LAW = {
    "上海市金山区司法局": "=1+1<script>局", "单位已撤销或者职责已划出": "[red]<b>替补", "行政执法监督建议书": ".[red]<b>../CON书",
    "广泛提醒": "con.", "金司监建": "=../x/", "调取查阅资料": "@[/]<i>",
}  # fmt: skip
"""What the policy says, and what it says here."""

READ = {"policy", "file", "weights", "sheet_file", "proof", "set_", "seal_file", "since_file", "source"}
WRITTEN = {
    "demo folder": "demo {place}",
    "sample sheet out": "sample sheet --quarter=2026Q4 --out={place}.xlsx",
    "sample export folder": "sample export {place} --quarter=2026Q4",
    "handover out": "handover --from==lead --to=x --out={place}.xlsx",
    "worklist out": "worklist --out={place}.xlsx",
    "brief out": "brief --weekly --out={place}.docx",
    "recommend out": "recommend 2026-0003 --out={place}",
    "paper draft out": "paper draft warning-record 2026-0004 --out={place}",
    "paper print out": "paper print 1 --out={place}",
    "template out": "template recommendation --out={place}",
    "policy show out": "policy show --out={place}",
    "calendar feed out": "calendar feed --out={place}",
    "seal place": "seal {place}",
    "seal out": "seal --out={place}",
    "backup place": "backup {place}",
    "export folder": "export {place}",
    "guidance draft out": "guidance draft 2 --opinion=x --out={place}",
    "report out": "report --period=2026Q4 --out={place}.md",
    "clue triage out": "clue triage X2026-0006 --refer-to=x --out={place}",
    "clue refer out": "clue refer X2026-0007 --to=x --out={place}",
    "score letters out": "score letters --period=2026Q3 --out={place}",
}
"""Paths that a command reads, and those that it writes, each with a command line that does."""


def commands(command: click.Command = cli.root, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(command)
    if not isinstance(command, click.Group) or (path and command.invoke_without_command):
        yield " ".join(path), command
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        yield from commands(command.get_command(context, name), (*path, name))


COMMANDS = dict(commands())


def name_of(words):
    return max((name for name in COMMANDS if words[: len(name.split())] == name.split()), key=len)


LINES = [shlex.split(line) for line in re.split("; |\n", WALK.strip())]
LINES += [name.split() for name in COMMANDS if name not in map(name_of, LINES)]


def unseen(text):
    return invisible(text, lines=True)


class Screen(io.StringIO):
    def __init__(self, terminal):
        super().__init__()
        self.isatty = lambda: terminal


def typed(words, *, terminal=False):
    """Type a command line, on a terminal or off it."""
    out, err = Screen(terminal), Screen(terminal)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as exit_:
        cli.root.main(list(words))
    return Result(int(exit_.value.code or 0), out.getvalue(), err.getvalue())


def furnished(folder):
    """Write the files that the walk reads, hostile all of them."""
    law = policy.packaged_text().replace("keep_complainants = false", "keep_complainants = true")
    for old, new in LAW.items():
        law = law.replace(f'"{old}', f'"{new}')
    (folder / "policy.toml").write_text(law, encoding="utf-8")
    head = "单位代码,单位名称,单位层级,上级主管单位,主要负责人,联络员,联络电话,[red]=1+1"
    for file, shift in (("agencies.csv", 0), ("again.csv", 1)):
        cells = ['"' + TEXTS[(place * 7 + shift) % len(TEXTS)].replace('"', '""') + '"' for place in range(9 * 6)]
        rows = [",".join([f"={row}", cells[row], "区级", *cells[row * 5 + 9 : row * 5 + 13], "x"]) for row in range(9)]
        (folder / file).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    cells = ['"' + text.replace('"', '""') + '"' for text in TEXTS]
    heads = "执法证号,姓名,单位代码,状态,状态起始日,依据文书,[b]"
    people = [f"=z{row},{cells[row]},=0,{'收回' if row > 1 else ''},,{cells[row + 9]},x" for row in range(9)]
    (folder / "people.csv").write_text("\n".join([heads, *people]) + "\n", encoding="utf-8")
    heads = "委托机关代码,受委托组织,委托事项,起始日,截止日,委托书,=1+1"
    bodies = [f"=0,{cells[row]},{cells[row + 3]},2026-01-01,2026-12-31,{cells[row + 6]},x" for row in range(9)]
    (folder / "bodies.csv").write_text("\n".join([heads, *bodies]) + "\n", encoding="utf-8")
    days = [{"name": text, "date": f"2027-03-{day:02}", "isOffDay": True} for day, text in enumerate(TEXTS, 1)]
    (folder / "notice.json").write_text(json.dumps({"year": 2027, "papers": ["<b>[/]"], "days": days}), encoding="utf-8")
    plans = "计划编码,单位代码,计划名称,计划类型,年度,制定日期,检查领域,企业名称,统一社会信用代码,检查事项,计划检查起始日,计划检查截止日\n"
    for agency, item in ((1, "x"), (1, "=1+1"), (2, "[red]x[/red]"), (3, "")):
        firm = '"' + TEXTS[agency].replace('"', '""') + '"'
        plans += f"=P{'' if agency == 1 else agency},={agency},年度检查计划,年度,2026,2026-01-05,=1+1、[red]<b>,{firm},"
        plans += f"91350100M000100Y43,{item},2026-12-01,2026-12-02\n"
    (folder / "plans.csv").write_text(plans, encoding="utf-8")
    (folder / "weights.csv").write_text("单位代码,权重\n=0,9\n", encoding="utf-8")
    (folder / "work.csv").write_text("问题编号,步骤,日期,备注\n2026-0004,单位提出异议,2026-11-23,=1+1\n", encoding="utf-8")
    rows = [f"12345,GD{row},{cells[row]},{cells[row + 9]},=9,{cells[row + 12]},{cells[row + 15]},x" for row in range(9)]
    (folder / "clues.csv").write_text(
        "渠道,工单编号,标题,内容,单位代码,姓名,电话,[red]\n" + "\n".join(rows) + "\n", encoding="utf-8"
    )
    rows = [f"=9,{cells[row]},{cells[row + 9]},2026-11-02,{cells[row + 12]}" for row in range(9)]
    head = "单位代码,投诉编号,事项,收到日期,办理结果\n"
    (folder / "complaints.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "items.csv").write_text("检查事项,检查领域\n" + "\n".join(map(",".join, itertools.pairwise(cells))) + "\n", "utf-8")
    head = "检查行为编号,检查行为名称,实施机构编码,受委托部门,监管对象,行政相对人编码,检查时间,检查人员,检查结果,检查理由,检查事项,=1+1\n"
    rows = [
        f"=JC{row},{cells[row]},=9,{cells[row + 1]},{cells[row + 2]},91350100M000100Y43,2026-10-0{row + 1}" for row in range(8)
    ]
    rows = [",".join([line, *cells[row + 3 : row + 7], cells[row + 8]]) for row, line in enumerate(rows)]
    (folder / "inspections.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    heads = "指引编号,企业代码,送达日期,企业名称,送达方式,=1+1\n"
    got = [f"1,91350100M000100Y43,2026-10-{row + 2:02},{cells[row]},{cells[row + 9]},x" for row in range(9)]
    (folder / "deliveries.csv").write_text(heads + "\n".join(got) + "\n", encoding="utf-8")
    (folder / "words.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    (folder / "proof").write_text("x", encoding="utf-8")


def drawn():
    """Return the agency that holds the first place of the draw, for which a sheet is filled in as well."""
    first = json.loads(typed(["sample", "status", "--quarter=2026Q4", "--json"]).out)["taken"][0]
    code = first["replaced_by"] or first["uid"]
    Path("sheet.csv").write_text(f"单位代码,项目编号,结果,说明\n{code},records.code,符合,=1+1\n", encoding="utf-8")
    return code


def walk(*, as_json=False):
    """Return the lines of the walk with texts in them, each with its lines that hold what nobody sees in place of one text."""
    texts, hidden = itertools.cycle(TEXTS), itertools.cycle(("\x1b[31m", "\x9b1m", "\u202e", "\x07", "\u200b", "\u2066"))
    for line in LINES:
        words = [word.replace("=drawn", f"={drawn()}") if "=drawn" in word else word for word in line]
        places = [place for place, word in enumerate(words) if word.endswith("=?")]
        for place in places:
            words[place] = words[place][:-1] + next(texts).replace("|", "!" if "public-value" in words[place] else "|")
        more = ["--json"] if as_json and any(one.name == "as_json" for one in COMMANDS[name_of(line)].params) else []
        yield [*words, *more], [[*words[:place], f"{words[place]}{next(hidden)}x", *words[place + 1 :]] for place in places]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk through every command in a new office; return its folder, what each line printed, and what each bad line did."""
    folder = tmp_path_factory.mktemp("office")
    furnished(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        patch.setattr(console, "table", squared(console.table))
        done, refused = [], []
        for words, bad in walk():
            refused += [(line, typed(line)) for line in bad]
            done.append((words, typed(words)))
    return folder, done, refused


@pytest.fixture
def office(walked, tmp_path, monkeypatch):
    """Return a copy of the office after the walk."""
    shutil.copytree(walked[0], tmp_path, dirs_exist_ok=True)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def poisoned(value):
    if not isinstance(value, str):
        if isinstance(value, dict):
            return {key: poisoned(item) for key, item in value.items()}
        return [poisoned(item) for item in value] if isinstance(value, list) else value
    if value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            return json.dumps(poisoned(json.loads(value)), ensure_ascii=False)
    return value + UNSEEN if value in TEXTS or any(len(text) > 5 and text in value for text in TEXTS) else value


def poison(path):
    """Write into every place of a ledger that holds one of the texts what jsup refuses on entry."""
    with contextlib.closing(sqlite3.connect(path)) as ledger, ledger:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sq%' AND name NOT LIKE 'search%'"
        for (table,) in ledger.execute(tables).fetchall():
            cursor = ledger.execute(f"SELECT rowid, * FROM {table}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall() if table not in ("journal", "policy") else ():
                for name, cell in zip(names[1:], row[1:], strict=True):
                    if poisoned(cell) != cell:
                        ledger.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = ?", (poisoned(cell), row[0]))


def squared(table):
    """Return the table of a screen as one that looks whether its lines are as many as its rows, and as wide."""

    def shown(rows, columns, *more, **given):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            table(rows, columns, *more, **given)
        lines = printed.getvalue().split("\n")[:-1]
        assert [len(line.split("\t")) for line in lines] == [len(columns)] * (len(rows) + 1 if rows else 0)
        print(printed.getvalue().replace("\t", " | "), end="")

    return shown


# Screens


def test_the_walk_takes_every_option_that_holds_a_text():
    for name, command in COMMANDS.items():
        given = " ".join(word for line in LINES if name_of(line) == name for word in line)
        for option in command.params:
            if option.metavar in ("TEXT", "NAME", "KEY=VALUE", "ITEM[=TITLE]"):
                assert f"{option.opts[0]}=" in given, (name, option.opts)


def test_every_command_takes_texts_and_shows_them_as_they_are(walked):
    for words, result in walked[1]:
        assert (result.status, unseen(result.out + result.err)) == (0, None), (words, result)
    shown = "".join(result.out for _words, result in walked[1])
    assert [text for text in (*TEXTS, SETTINGS["JSUP_OFFICER"], *LAW.values()) if text not in shown] == []


def test_what_nobody_sees_is_refused_on_entry(walked):
    for words, result in walked[2]:
        assert result.status != 0, words
        assert "invisible character" in result.err, (words, result)
        assert not unseen(result.out + result.err)


def test_a_tab_and_a_return_are_refused_too_or_become_a_blank_and_a_line_feed(office):
    for mark in "\t", "\r":
        assert typed(["amend", "2026-0004", f"--set=title=a{mark}b", "--why=w"]).status == 2
    assert typed(["amend", "2026-0004", "--set=facts=a\tb\rc", "--why=w"]).status == 0
    assert json.loads(typed(["finding", "show", "2026-0004", "--json"]).out)["facts"] == "a b\nc"


def test_a_command_that_is_shown_to_be_typed_holds_its_names_quoted(office):
    code = "$(touch x);'y"
    assert typed(["agency", "add", f"--code={code}", "--name=x", "--level=town"]).status == 0
    again = typed(["agency", "add", f"--code={code}", "--name=x", "--level=town"])
    assert f"the code {code} is taken" in again.err
    assert f"`jsup agency amend {shlex.quote(code)}`" in again.err
    made = typed(["demo", "d $(touch x)"])
    assert made.status == 0
    assert "--ledger 'd $(touch x)/ledger.db' next\n" in made.out


@pytest.mark.parametrize("key", ["papers", "days"])
def test_a_calendar_that_holds_what_nobody_sees_is_refused(office, key):
    row = {"year": 2028, "papers": ["x"], "days": [{"name": "x", "date": "2028-01-03", "isOffDay": True}]}
    row |= {"papers": ["x\x1b[31m"]} if key == "papers" else {"days": [row["days"][0] | {"name": "x\u202e"}]}
    (office / "bad.json").write_text(json.dumps(row), encoding="utf-8")
    result = typed(["calendar", "import", "bad.json", "--yes"])
    assert (result.status, result.out, "bad.json" in result.err) == (1, "", True)


@pytest.mark.parametrize("mode", ["pipe", "terminal", "json"])
def test_what_was_written_behind_jsup_s_back_is_spelt_out(office, monkeypatch, mode):
    poison("ledger.db")
    if mode == "pipe":
        monkeypatch.setattr(console, "table", squared(console.table))
    shown = []
    for words in {name_of(words): words for words, _bad in walk(as_json=mode == "json")}.values():
        result = typed(words, terminal=mode == "terminal")
        assert result.status in (0, 1, 2), (words, result)
        assert not unseen(result.out + result.err), (words, result)
        shown.append(result.out)
    spelt = json.dumps(UNSEEN)[1:5] if mode == "json" else r"\x1b[31m\x1b]0;t\x07\x9b1m\u202e\u2066\x7f\t\r"
    assert sum(spelt in out for out in shown) > 10
    assert f"[red]x[/red]{spelt}" in "".join(shown)


# Files


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.made, self.text = set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.made |= {(tag, ""), *((tag, name) for name, _value in attrs)}

    def handle_data(self, data):
        self.text.append(data)


def workbook(file):
    cells = [cell for sheet in openpyxl.load_workbook(file).worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink is not None]
    assert b"<f>" not in b"".join(zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist())
    return [cell.value for cell in cells if isinstance(cell.value, str)]


def document(file):
    with zipfile.ZipFile(file) as parts:
        for name in parts.namelist():
            assert not name.endswith(".xml") or ET.fromstring(parts.read(name)) is not None
            assert not name.endswith(".rels") or b"x.cn" not in parts.read(name)
    return words_of(file).split("\n")


def page(file):
    """Hold a page against one that was made of nothing but plain words: it consists of the same things."""
    found = Page(file.read_text(encoding="utf-8"))
    report = Path(__file__).parents[1] / "examples" / "jinshan" / "report.html"
    like = report if file.name == "report.html" else Path(exports.__file__).parent / "data" / "draw.html"
    plain = Page(like.read_text(encoding="utf-8"))
    assert found.made <= plain.made | {("li", ""), ("li", "value"), ("section", "class")}  # of a report with warnings
    return found.text


def feed(file):
    data = file.read_bytes()
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", data) is None
    lines = data.decode().replace("\r\n ", "").split("\r\n")[:-1]
    known = "BEGIN|END|VERSION|PRODID|X-WR-CALNAME|UID|DTSTAMP|DTSTART|DTEND|SEQUENCE|SUMMARY|DESCRIPTION|STATUS|TRANSP|ACTION|TRIGGER"
    assert not [line for line in lines if not re.match(f"({known})[:;]", line)]
    assert {lines.count(f"{word}:VEVENT") for word in ("BEGIN", "END")} == {len([line for line in lines if line[:3] == "UID"])}
    return lines


def table(file):
    return [cell for line in file.read_text("utf-8-sig").splitlines() for cell in line.split(",")]


KINDS = {".xlsx": workbook, ".docx": document, ".html": page, ".ics": feed, ".csv": table}


def read(folder):
    """Read every file that jsup has written into a folder by its kind; return the texts of each kind."""
    found = {kind: [] for kind in KINDS}
    for file in folder.rglob("*"):
        assert not unseen(file.name)
        assert not set(file.name) & set('\\:*?"<>|')
        assert not re.match(r"\.|(con|prn|aux|nul|com\d|lpt\d)(\.|$)", file.name, re.IGNORECASE), file.name
        assert len(file.name.encode()) <= 255
        if file.suffix in KINDS:
            texts = KINDS[file.suffix](file)
            assert not [text for text in texts if unseen(text)], file
            found[file.suffix] += texts
    assert not [cell for cell in found[".csv"] if cell[:1] in set("=+-@")]
    return found


def written(folder):
    """Type every command line that writes a file, and return where."""
    folder.mkdir()
    for name, line in WRITTEN.items():
        result = typed(shlex.split(line.format(place=folder / name.replace(" ", "-"))))
        assert result.status == 0 or "does not verify" in result.err, (line, result)
    return folder


def test_workbooks_pages_papers_and_feeds_hold_texts_as_texts(office):
    for file in office.glob("*.csv"):  # which the test has written
        file.unlink()
    found = read(office)
    for kind, most in ((".xlsx", 3), (".docx", 15), (".html", 3), (".ics", 2)):
        assert sum(any(text in one for one in found[kind]) for text in TEXTS) >= most, kind


def test_files_made_of_a_ledger_that_was_filled_behind_jsup_s_back_hold_nothing_that_nobody_sees(office):
    poison("ledger.db")
    found = read(written(office / "new"))
    assert any(r"\x1b" in text for text in found[".xlsx"])
    assert any("\N{SYMBOL FOR ESCAPE}" in text for text in found[".docx"])


def test_the_draw_s_bytes_stay_as_they_are(office):
    with contextlib.closing(sqlite3.connect("ledger.db")) as ledger:
        frame, value = ledger.execute("SELECT frame, public_value FROM draw WHERE draw_id = '2026Q4'").fetchone()
    assert (office / "export" / "frame.tsv").read_bytes() == frame.encode()
    assert frame.startswith("=0\tall\t9\t0\n=1\t")  # a code begins as a formula does, and the draw rests on its bytes
    assert json.loads((office / "export" / "draw.json").read_bytes())["public_value"] == value


def test_a_paper_s_name_in_the_ledger_leads_nowhere_else(office):
    (office / "victim.docx").write_bytes((office / "t.docx").read_bytes())
    before = (office / "victim.docx").read_bytes()
    with contextlib.closing(sqlite3.connect("ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE paper SET file_name = '../victim.docx'")
    for words in (["paper", "print", "1", "--out=printed", "--force"], ["paper", "sign", "6", "--by=x"]):
        assert typed(words).status == 0
    assert (office / "victim.docx").read_bytes() == before
    assert (office / "printed" / "__victim.docx").is_file()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("名" * 300, "名" * 80), ("😀" * 99, "😀" * 60), ("COM1.docx", "_COM1.docx"), ("console.docx", "console.docx"), ("a\u202eb", "a_b"),
        ("a. ", "a"), ("...", "_"), ("", "_"), ("/etc/x", "_etc_x"), ("x\0y\x9b", "x_y_"),
    ],
)  # fmt: skip
def test_a_file_s_name_is_one_on_every_system(text, name):
    assert outputs.name(text) == name


# Links


def test_every_path_is_one_that_a_command_reads_or_one_whose_links_are_tried():
    params = [(name, param) for name, command in COMMANDS.items() for param in command.params if param.name not in READ]
    assert {f"{name} {param.name}" for name, param in params if isinstance(param.type, TyperPath)} == set(WRITTEN)


@pytest.mark.parametrize("line", [*WRITTEN.values(), "--ledger={place} init"])
def test_a_link_at_a_place_or_beside_it_is_never_written_through(office, line):
    place, victim = office / "new", office / "victim"
    victim.write_bytes(b"as it was")
    words = shlex.split(line.format(place=place))
    shutil.copy("ledger.db", "before.db")
    assert typed(words).status == 0
    (out,) = office.glob("new*")
    names = [path.name for path in out.iterdir() if path.name != "ledger.db-shm"] if out.is_dir() else [out.name]
    folder = out if out.is_dir() else office
    for links in (names, [f".{name}.new" for name in names], [f".{name}.{os.getpid()}.new" for name in names]):
        shutil.rmtree(out) if out.is_dir() else out.unlink(missing_ok=True)
        shutil.copy("before.db", "ledger.db")
        folder.mkdir(exist_ok=True)
        for name in links:
            (folder / name).symlink_to(victim)
        result = typed(words)
        assert victim.read_bytes() == b"as it was"
        assert len(result.err.splitlines()) == 1 if result.status else not out.is_symlink(), result
        for name in links:
            (folder / name).unlink(missing_ok=True)


def test_a_file_beside_its_place_is_made_anew_whatever_lies_there(tmp_path):
    (tmp_path / "victim").write_bytes(b"as it was")
    (tmp_path / "link").symlink_to("victim")
    with pytest.raises(FileExistsError):
        outputs.make(tmp_path / "link", b"x")
    outputs.make_beside(tmp_path / "link", b"x")
    assert not (tmp_path / "link").is_symlink()
    assert ((tmp_path / "victim").read_bytes(), (tmp_path / "link").read_bytes()) == (b"as it was", b"x")
