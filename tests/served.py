"""A `jsup` for shell scripts that answers at once: each command line runs in a process forked from one that has imported all."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CLIENT = """#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({at!r})
    said = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(line, [len(said).to_bytes(8, "big")], [0, 1, 2])
    line.sendall(said)
    sys.exit(int(line.recv(9) or b"70"))
"""


@contextmanager
def on_path(folder: Path, environment: Mapping[str, str]) -> Iterator[Path]:
    """Give a folder whose `jsup` is served as long as the `with` lasts; the language is that of `environment`."""
    folder.mkdir()
    at = folder / "socket"
    client = folder / "jsup"
    client.write_text(CLIENT.format(python=sys.executable, at=str(at)), encoding="utf-8")
    client.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.served", at], env=dict(environment), cwd=Path(__file__).parents[1]
    ) as server:
        until = time.monotonic() + 60
        while not at.exists() and server.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        try:
            yield folder
        finally:
            server.terminate()


def serve(at: str) -> None:
    """Answer until somebody ends it."""
    from tests import killing  # noqa: F401 - imports what commands import

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(f"{at}.new")
        door.listen()
        Path(f"{at}.new").rename(at)
        while True:
            line, _who = door.accept()
            if os.fork() == 0:
                answer(line)
            line.close()


def answer(line: socket.socket) -> None:
    """Run one command line and say how it ended."""
    from jsup import cli

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _flags, _from = socket.recv_fds(line, 8, 3)
    said = b""
    while len(said) < int.from_bytes(size, "big"):
        said += line.recv(1 << 16)
    arguments, folder, environment = json.loads(said)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, "w" if number else "r", encoding="utf-8") for number in range(3))
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["jsup", *arguments]
    status = 0
    try:
        cli.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    sys.stdout.flush()
    sys.stderr.flush()
    line.sendall(str(status).encode())
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
