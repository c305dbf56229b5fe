"""An exported draw: three programs in three languages give the same bytes, and every changed byte is found."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest

from jsup import exports

from . import draws_made

SCRIPT = files("jsup") / "data" / "verify.sh"
SECOND = Path(__file__).parent / "second.pl"


def exported(row: dict, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "frame.tsv").write_bytes(row["frame"].encode())
    (folder / "draw.json").write_bytes(exports.draw_json(row).encode())
    (folder / "verify.sh").write_bytes(SCRIPT.read_bytes())
    return folder


def verified(folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["sh", folder / "verify.sh"], capture_output=True, check=False, timeout=60)


def test_three_programs_in_three_languages_give_the_same_bytes(tmp_path, times):
    random = Random(26)
    seen = {"strata": 0, "weights": 0, "forced": 0, "substitutions": 0, "replaced twice": 0}
    for number in range(times(50, 1000)):
        row = draws_made.row(random)
        folder = exported(row, tmp_path / "x")
        done = verified(folder)
        assert done.returncode == 0, (number, row, done.stderr)
        second = subprocess.run(["perl", SECOND, folder], capture_output=True, check=False, timeout=60)
        assert second.returncode == 0, (number, row, second.stderr)
        assert second.stdout == (folder / "draw.json").read_bytes(), (number, row)
        assert json.loads(second.stdout)["taken"] == [
            {key: one[key] for key in ("uid", "stratum", "weight", "wait", "ticket", "forced")} for one in row["taken"]
        ]
        seen["strata"] += len({one["stratum"] for one in row["taken"]}) > 1
        seen["weights"] += any(one["weight"] > 1 for one in row["taken"])
        seen["forced"] += any(one["forced"] for one in row["taken"])
        seen["substitutions"] += bool(row["substitutions"])
        held = {one["uid"] for one in row["substitutions"]}
        seen["replaced twice"] += any(one["replaced"] in held for one in row["substitutions"])
    assert all(seen.values()), seen


def changed(data: bytes, random: Random) -> Iterator[bytes]:
    """Yield the data with one byte changed, added or struck, at random."""
    while True:
        at = random.randrange(len(data))
        kind = random.choice("ccai")
        if kind == "c":
            new = data[:at] + bytes([random.choice([random.randrange(256), data[at] ^ 1, data[at] ^ 32, 0])]) + data[at + 1 :]
        elif kind == "a":
            new = data[:at] + bytes([random.randrange(256)]) + data[at:]
        else:
            new = data[:at] + data[at + 1 :]
        if new != data:
            yield new


def test_every_changed_byte_of_an_export_is_found_and_its_line_named(tmp_path, times):
    random = Random(7)
    for number in range(times(50, 2000)):
        if number % 10 == 0:
            folder = exported(draws_made.row(random, 14), tmp_path / str(number))
            assert verified(folder).returncode == 0
        path = folder / random.choice(["frame.tsv", "draw.json"])
        data = path.read_bytes()
        new = next(changed(data, random))
        path.write_bytes(new)
        done = verified(folder)
        assert done.returncode != 0, (path.name, data, new)
        assert path.name in done.stderr.decode()
        assert " line " in done.stderr.decode(), (done.stderr, data, new)
        path.write_bytes(data)


def test_the_script_is_short_and_needs_nothing_but_sha256sum_sort_and_awk(tmp_path):
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 60
    folder = exported(draws_made.row(Random(5)), tmp_path / "x")
    (tmp_path / "bin").mkdir()
    for tool in ("sha256sum", "sort", "awk", "dirname", "mktemp", "rm", "cat"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    shell = str(shutil.which("sh"))
    done = subprocess.run([shell, folder / "verify.sh"], env={"PATH": str(tmp_path / "bin")}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def here(*commands: str) -> list[str]:
    return [command for command in commands if shutil.which(command.split()[0])]


@pytest.mark.parametrize("shell", here("sh", "dash", "bash", "busybox sh"))
@pytest.mark.parametrize("awk", here("awk", "mawk", "gawk", "original-awk", "busybox awk"))
def test_the_script_runs_in_every_shell_and_awk_that_is_here(shell, awk, tmp_path):
    awk = " ".join([str(shutil.which(awk.split()[0])), *awk.split()[1:]])
    (tmp_path / "awk").write_text(f'#!/bin/sh\nexec {awk} "$@"\n')
    (tmp_path / "awk").chmod(0o755)
    folder = exported(draws_made.row(Random(3)), tmp_path / "x")
    done = subprocess.run(
        [*shell.split(), folder / "verify.sh"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


# The folder and the page


def drawn(jsup, *more):
    words = ("sample", "--quarter", "2026Q4", "--public-value", "双色球 <2026138> & more", *more)
    assert jsup(*words).status == 0


def test_a_draw_of_the_ledger_is_exported_and_verifies_itself(jsup, register, tmp_path):
    drawn(jsup, "--stratify")
    row = jsup("sample", "status", "--quarter", "2026Q4", "--json").json
    made = jsup("sample", "export", "out", "--quarter", "2026Q4", "--json")
    assert [Path(path).name for path in made.json["files"]] == ["frame.tsv", "draw.json", "draw.html", "verify.sh"]
    done = verified(tmp_path / "out")
    assert done.returncode == 0, done.stderr
    told = json.loads((tmp_path / "out" / "draw.json").read_text("utf-8"))
    for key in ("draw_id", "quarter", "frame_sha256", "public_value", "seed", "frame_size", "sample_size", "share", "anchored"):
        assert told[key] == row[key]
    assert [unit["ticket"] for unit in told["taken"]] == [unit["ticket"] for unit in row["taken"]]
    assert len(told["units"]) == 37
    replaced = row["taken"][0]["uid"]
    jsup("sample", "substitute", "--quarter", "2026Q4", "--agency", replaced, "--reason", "dissolved", "--note", "撤销")
    assert jsup("sample", "export", "out", "--quarter", "2026Q4").status == 0  # in place of the earlier one
    assert verified(tmp_path / "out").returncode == 0
    told = json.loads((tmp_path / "out" / "draw.json").read_text("utf-8"))
    assert [one["replaced"] for one in told["substitutions"]] == [replaced]
    assert told["reasons"] == [{"replaced": replaced, "reason": "dissolved", "note": "撤销", "done_on": "2026-11-24"}]
    assert "officer" not in (tmp_path / "out" / "draw.json").read_text("utf-8")


def test_a_folder_that_holds_anything_else_is_left_alone(jsup, register, tmp_path, monkeypatch):
    drawn(jsup)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    refused = jsup("sample", "export", "mine", "--quarter", "2026Q4")
    assert (refused.status, refused.out) == (1, "")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "draw.html").write_text("mine")
    assert jsup("sample", "export", "page", "--quarter", "2026Q4").status == 1
    assert (tmp_path / "page" / "draw.html").read_text() == "mine"
    (tmp_path / "page" / "draw.html").rename(tmp_path / "page" / "frame.tsv")
    assert jsup("sample", "export", "page", "--quarter", "2026Q4").status == 1
    assert (tmp_path / "page" / "frame.tsv").read_text() == "mine"
    assert jsup("sample", "export", "out", "--quarter", "2026Q4").status == 0
    jsup("sample", "--quarter", "2026Q3")
    assert jsup("sample", "export", "out", "--quarter", "2026Q3").status == 1  # another draw's
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert jsup("sample", "export", ".", "--quarter", "2026Q4").status == 0
    assert verified(tmp_path / "here").returncode == 0
    (tmp_path / "here" / "frame.tsv").unlink()
    assert "missing" in verified(tmp_path / "here").stderr.decode()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    assert jsup("sample", "export", "file", "--quarter", "2026Q4").status == 1
    assert jsup("sample", "export", "file/below", "--quarter", "2026Q4").status == 1
    assert jsup("sample", "export", "new").status == 2
    assert sorted(path.name for path in tmp_path.glob("*new*")) == []


def test_the_page_says_in_chinese_what_was_drawn_and_what_it_cannot_prove(jsup, register, tmp_path):
    jsup("sample", "--quarter", "2026Q4")
    jsup("sample", "void", "--quarter", "2026Q4", "--why", "名录有误 <b>")
    drawn(jsup)
    row = jsup("sample", "status", "--quarter", "2026Q4", "--json").json
    jsup("sample", "export", "out", "--quarter", "2026Q4")
    page = (tmp_path / "out" / "draw.html").read_text("utf-8")
    for word in (
        row["frame_sha256"],
        row["seed"],
        "2026Q4/2",
        "金司〔2025〕26号",
        "以不低于10%的比例",
        "不能证明未曾试用其他公开值",
    ):
        assert word in page
    assert "双色球 &lt;2026138&gt; &amp; more" in page
    assert "作废：名录有误 &lt;b&gt;" in page
    assert all(unit["name"] in page for unit in row["taken"])
    assert "http" not in page.replace("http-equiv", "")
    assert "$" not in page
    jsup("sample", "export", "first", "--quarter", "2026Q4/1")
    assert "本次抽查已于2026年11月24日作废" in (tmp_path / "first" / "draw.html").read_text("utf-8")
    assert verified(tmp_path / "first").returncode == 0


@pytest.mark.in_a_file
@pytest.mark.parametrize("number", [4, 12, 20, 400])
def test_the_page_is_one_a4_side(number, jsup, ledger, tmp_path, printed):
    lines = [f"A{n:04},上海市金山区第{n}街道综合行政执法队和更长的名称,街镇" for n in range(number)]
    (tmp_path / "r.csv").write_text("\n".join(["代码,名称,层级", *lines]) + "\n", encoding="utf-8")
    assert jsup("agency", "import", "r.csv").status == 0
    for _ in range(3):
        jsup("sample", "--quarter", "2026Q4")
        jsup("sample", "void", "--quarter", "2026Q4", "--why", "作废的理由写得很长" * 20)
    jsup("sample", "freeze", "--quarter", "2026Q4", "--share", "100%")
    jsup("sample", "announce", "--quarter", "2026Q4", "--source", "将采用的公开值" * 20, "--published-at", "公布处" * 50)
    jsup("sample", "--quarter", "2026Q4", "--public-value", "双色球" * 50)
    jsup("sample", "export", "out", "--quarter", "2026Q4")
    pdf = printed(tmp_path / "out" / "draw.html")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", pdf)


# What teaches it

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("page", ["verify-a-draw.md", "verify-a-draw.zh-CN.md"])
def test_the_commands_that_teach_it_by_hand_give_what_stands_below_them(page):
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"```sh\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == text.count("```sh") == 5
    for commands, expected in blocks:
        done = subprocess.run(["sh", "-c", commands], cwd=ROOT / "examples" / "draw", capture_output=True, check=False)
        assert done.stdout.decode() == expected, commands


def test_the_draw_that_is_handed_out_as_an_example_is_what_jsup_writes_today(jsup, ledger, tmp_path):
    assert jsup("--today", "2026-10-08", "agency", "import", ROOT / "examples/jinshan/agencies-jinshan.csv").status == 0
    for day, *words in (
        ("2026-10-08", "freeze"),
        (
            "2026-10-09",
            "announce",
            "--source",
            "示例：某期公开摇奖结果（非真实）",
            "--published-at",
            "示例：区政府网站通知公告栏",
        ),
        ("2026-10-12", "--public-value", "EXAMPLE-03-17-42", "--known-on", "2026-10-11"),
        ("2026-10-13", "export", "example"),
    ):
        done = jsup("--today", day, "sample", *words, "--quarter", "2026Q4")
        assert done.status == 0, done.err
    for path in (tmp_path / "example").iterdir():
        assert (ROOT / "examples" / "draw" / path.name).read_bytes() == path.read_bytes(), path.name
    assert verified(ROOT / "examples" / "draw").returncode == 0
