"""Keep the reference of all commands, docs/commands.md and docs/commands.zh-CN.md, made of the program's own help pages.

`python tools/reference.py` writes both; a test holds them against the program.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PLACES = {"en": DOCS / "commands.md", "zh": DOCS / "commands.zh-CN.md"}
HEADS = {
    "en": "# Every command of jsup\n\n[中文](commands.zh-CN.md)\n\nThe help pages of the program itself, kept by `make docs`.\n",
    "zh": "# jsup 的全部命令\n\n[English](commands.md)\n\n本页即程序自带的帮助，由 `make docs` 生成。\n",
}
_BREAK = "\f\n"
"""What stands between two pages as a process prints them; no help page holds a form feed."""


def print_pages() -> None:
    """Print the help page of each command in the language of this process, and before it its title and its words."""
    from jsup import cli, console  # noqa: PLC0415 - which settle the language of the process that imports them

    root = cli.root

    def under(words: list[str], command: object) -> Iterator[list[str]]:
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from under([*words, name], inner)

    found = [("", [])] + [
        (title, words)
        for title, rooms in cli.ROOMS.items()
        for name in rooms
        for words in under([name], root.get_command(None, name))
    ]
    for title, words in found:
        print(console.say(title) if title else "", *words, sep="\t")
        try:
            root.main([*words, "--help"])
        except SystemExit as end:
            if end.code:
                raise
        print(end=_BREAK)


def pages(language: str) -> list[tuple[str, list[str], str]]:
    """Return each command's title in the table of commands, its words, and its help page 80 columns wide, in a language."""
    done = subprocess.run(  # noqa: S603 - this very file
        [sys.executable, __file__, "--print"], capture_output=True, check=True, encoding="utf-8",
        env=os.environ | {"JSUP_LANG": language, "COLUMNS": "80", "PYTHONUTF8": "1"},
    )  # fmt: skip
    found = []
    for page in done.stdout.split(_BREAK)[:-1]:
        head, _end, text = page.partition("\n")
        title, *words = head.split("\t")
        found.append((title, words, text))
    return found


def document(language: str, found: list[tuple[str, list[str], str]]) -> str:
    """Return the reference in a language."""
    parts, last = [HEADS[language]], ""
    for title, words, text in found:
        if title != last:
            parts.append(f"## {title}\n")
        last = title
        parts.append(
            f"{'#' * (2 + bool(words) + (len(words) > 1))} {' '.join(['jsup', *words])}\n\n```text\n{text.strip()}\n```\n"
        )
    return "\n".join(parts)


def main() -> None:
    """Write both languages."""
    for language, place in PLACES.items():
        place.write_text(document(language, pages(language)), "utf-8")


if __name__ == "__main__":
    print_pages() if "--print" in sys.argv else main()
