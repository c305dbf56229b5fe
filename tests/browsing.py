"""A headless Chromium led through a pipe: what a page logs, asks for, measures and looks like."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from contextlib import contextmanager

import pytest


class Browser:
    """A Chromium that takes commands on its descriptor 3 and answers on its 4, each message ended by a zero."""

    def __init__(self, into, out_of):
        self.into, self.out_of, self.count, self.left, self.events = into, out_of, 0, b"", []

    def ask(self, method, session=None, **params):
        """Send a command and return its result; events that come in between are kept."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.into, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def read(self, until=60.0):
        end = time.monotonic() + until
        while b"\0" not in self.left:
            ready, _, _ = select.select([self.out_of], [], [], max(0, end - time.monotonic()))
            assert ready, "Chromium does not answer"
            more = os.read(self.out_of, 1 << 20)
            assert more, "Chromium has ended"
            self.left += more
        message, _, self.left = self.left.partition(b"\0")
        return json.loads(message)

    def wait_for(self, name):
        while not any(event.get("method") == name for event in self.events):
            self.events.append(self.read())

    def opened(self, page, width, height, *, dark=False):
        """Open a page anew at a width and return its session."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable", session)
        self.ask(
            "Emulation.setDeviceMetricsOverride", session, width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", session, features=scheme)
        self.events = []
        self.ask("Page.navigate", session, url=page.as_uri())
        self.wait_for("Page.loadEventFired")
        return session

    def measured(self, session, expression):
        result = self.ask("Runtime.evaluate", session, expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"]["value"]

    def shot(self, session, **how):
        return base64.b64decode(self.ask("Page.captureScreenshot", session, format="png", **how)["data"])

    def printed(self, session):
        done = self.ask("Page.printToPDF", session, printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(done["data"])


@contextmanager
def browser(folder):
    """Run Chromium with a profile of its own in a folder; skip by name where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not here")
    ends = [*os.pipe(), *os.pipe()]
    theirs_in, into, out_of, theirs_out = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)  # 3 and 4 stay free
    for end in ends:
        os.close(end)
    words = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync", "--hide-scrollbars",
             "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe")  # fmt: skip
    line = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
    process = subprocess.Popen(
        ["bash", "-c", line, "browser", program, *words, f"--user-data-dir={folder}"],
        pass_fds=(theirs_in, theirs_out), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(theirs_in)
    os.close(theirs_out)
    led = Browser(into, out_of)
    try:
        yield led
        led.ask("Browser.close")
    finally:
        os.close(into)
        os.close(out_of)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
