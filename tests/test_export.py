"""An exported draw: three programs in three languages give the same bytes, and every changed byte is found."""

import json
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
    for number in range(times(100)):
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
    for number in range(times(100, 2000)):
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


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
@pytest.mark.parametrize("awk", ["mawk", "gawk", "original-awk", "busybox awk"])
def test_the_script_runs_in_every_shell_and_awk_that_is_here(shell, awk, tmp_path):
    if shutil.which(shell.split()[0]) is None or shutil.which(awk.split()[0]) is None:
        return  # what is here is tried; sh and awk always are, in the tests above
    (tmp_path / "awk").write_text(f'#!/bin/sh\nexec {awk} "$@"\n')
    (tmp_path / "awk").chmod(0o755)
    folder = exported(draws_made.row(Random(3)), tmp_path / "x")
    done = subprocess.run(
        [*shell.split(), folder / "verify.sh"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
