"""Keep the picture of the README, docs/overdue.svg and docs/overdue.zh-CN.svg: what a terminal shows of the demo's ledger.

`python tools/picture.py` types the commands in a terminal of its own; a test holds the pictures against them.
"""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from html import escape
from itertools import groupby
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

DOCS = Path(__file__).parents[1] / "docs"
PLACES = {"en": DOCS / "overdue.svg", "zh": DOCS / "overdue.zh-CN.svg"}
TODAY = "2026-11-24"
TYPED = ("overdue --within 3", "next", "due --from 2026-02-09 --days 5")
COLUMNS = 92

WIDE, HIGH = 9, 20
"""Pixels of a column and of a line."""
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">
<style>
text {{ font: 15px ui-monospace, Consolas, "Noto Sans Mono CJK SC", monospace; fill: #222; white-space: pre }}
.bold {{ font-weight: bold }}
.red {{ fill: #b00020 }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="#fff" stroke="#ccc"/>
{texts}
</svg>
"""


def shown(line: str, environment: dict[str, str]) -> str:
    """Run a command line of jsup in a terminal of `COLUMNS` columns and return what it wrote, its colours among it."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    words = [sys.executable, "-m", "jsup", *line.split()]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:  # noqa: S603
        os.close(theirs)
        found = b""
        try:
            while part := os.read(ours, 4096):
                found += part
        except OSError:
            pass  # Linux ends the reading so, when the program has closed its end
        os.close(ours)
        if process.wait():
            raise RuntimeError(found.decode())
    return found.decode().replace("\r\n", "\n")


def picture(language: str) -> str:
    """Return the picture in a language: each command as it is typed, and what it shows."""
    with tempfile.TemporaryDirectory() as folder:
        plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "JSUP_DEBUG")}
        environment = plain | {
            "JSUP_LANG": language, "JSUP_TODAY": TODAY, "JSUP_LEDGER": f"{folder}/demo/ledger.db", "TERM": "xterm-256color",
            "PYTHONUTF8": "1", "FORCE_COLOR": "1",
        }  # fmt: skip
        demo = [sys.executable, "-m", "jsup", "demo", f"{folder}/demo"]
        subprocess.run(demo, check=True, capture_output=True, env=environment)  # noqa: S603
        texts = [
            text
            for line in TYPED
            for text in (Text.from_markup(f"[bold]$ jsup {line}[/]"), Text.from_ansi(shown(line, environment)))
        ]
    return drawn([line for text in texts for line in text.split("\n", allow_blank=True)])


def drawn(lines: list[Text]) -> str:
    """Return lines of a terminal as SVG, each run of characters of one style and width at its column."""
    texts, console = [], Console(width=COLUMNS)
    for number, line in enumerate(lines, 2):
        column = 2
        for segment in line.render(console):
            style = segment.style or Style()
            red = style.color is not None and style.color.number == 1
            look = " ".join(name for name, on in (("bold", style.bold), ("red", red)) if on)
            for _wide, run in groupby(segment.text, cell_len):
                text = "".join(run)
                if text.strip():
                    length = cell_len(text) * WIDE
                    place = f'x="{column * WIDE}" y="{number * HIGH}" textLength="{length}"'
                    texts.append(f'<text {place} lengthAdjust="spacingAndGlyphs" class="{look}">{escape(text)}</text>')
                column += cell_len(text)
    return _SVG.format(width=(COLUMNS + 4) * WIDE, height=(len(lines) + 2) * HIGH, texts="\n".join(texts))


def main() -> None:
    """Write both languages."""
    for language, place in PLACES.items():
        place.write_text(picture(language), "utf-8")


if __name__ == "__main__":
    main()
