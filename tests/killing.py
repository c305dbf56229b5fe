"""Command lines in processes of their own that can be killed at any moment, at the price of a fork."""

import contextlib
import multiprocessing
import os
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import alembic.command  # noqa: F401 - what a command imports is there before the fork, so that the time falls on its work
import docxtpl  # noqa: F401
import psycopg  # noqa: F401
import xlsxwriter  # noqa: F401

from jsup import backups, cli, demo, doctor, ledger, papers, verification, worklists  # noqa: F401
from jsup.papers import issue  # noqa: F401

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])


def typed(words: Sequence[str], folder: Path, settings: dict[str, str], limit: int | None = None) -> None:
    """Type a command line in a folder; no file may grow past `limit` bytes, as on a full disk."""
    os.chdir(folder)
    os.environ.update(settings)
    with (folder.parent / "printed").open("a", encoding="utf-8") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    if limit is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    cli.root.main(list(words))


def start(words: Sequence[str], folder: Path, settings: dict[str, str], limit: int | None = None):
    """Start a command line."""
    process = FORKS.Process(target=typed, args=(words, folder, settings, limit))
    process.start()
    return process


def finish(process) -> int:
    """Wait for a process and return its exit status, -9 if it was killed."""
    process.join(60)
    status = process.exitcode
    process.close()
    return status


def write_many(who: int, times: int, folder: Path, settings: dict[str, str]) -> None:
    """Enter findings one after another, and recommend and sign each fifth; write down each that was acknowledged."""
    os.chdir(folder)
    os.environ.update(settings)
    with Path(f"acknowledged-{who}").open("w", encoding="utf-8") as told, contextlib.redirect_stdout(None):
        sys.stderr = Path(f"refused-{who}").open("w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
        lines: list[list[str]] = []
        done = 0
        while done < times:
            if not lines:
                lines.append(["finding", "add", "--agency", "JS-SCJG", "--category", "other", "--title", f"{who}/{done}",
                              "--facts", "f", "--basis", "b", "--json"])  # fmt: skip
            words = lines.pop()
            printed = Path(f"out-{who}")
            with printed.open("w", encoding="utf-8") as out, contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
                cli.root.main(words)
            text = printed.read_text("utf-8")
            told.write(f"{words[0]} {bool(text)}\n")
            told.flush()
            done += 1
            if words[0] == "finding" and done % 5 == 1 and done + 2 <= times and text:
                number = text.split('"number": "')[1].split('"')[0]
                lines = [["sign", number, "--by", "T", "--json"],
                         ["recommend", number, "--ground", "outstanding", "--out", f"papers-{who}", "--json"]]  # fmt: skip
