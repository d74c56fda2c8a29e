"""The real program, as a child process with a data folder of its own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.waiting import PATIENCE

MAIN = Path(__file__).parents[2] / "main.py"


@dataclass
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Program:
    """A running Coatcheck without a window."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    ticket: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def runtime(self) -> dict[str, Any]:
        return json.loads((self.folder / "runtime.json").read_text("utf-8"))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """Send a bare request: no credential but what *headers* hold."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        payload = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if body is not None else {}
        try:
            connection.request(method, path, body=payload, headers=sent | (headers or {}))
            answer = connection.getresponse()
            self._keep_cookies(answer)
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def as_program(self, method: str, path: str, body: Any = None) -> Answer:
        """Send a request with the ``api_key``."""
        key = self.runtime["api_key"]
        return self.request(method, path, body, {"Authorization": f"Bearer {key}"})

    def as_person(self, method: str, path: str, body: Any = None) -> Answer:
        """Send a request with the session that the ticket makes."""
        if not self.cookies:
            entered = self.request("GET", f"/?ticket={self.ticket}")
            assert entered.status == 302, entered.body
            # The first page sets the XSRF cookie.
            self.request("GET", "/settings", headers=self._cookie_header())
        headers = self._cookie_header() | {"X-XSRFToken": self.cookies.get("_xsrf", "")}
        return self.request(method, path, body, headers)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end and return its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def _cookie_header(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _keep_cookies(self, answer: http.client.HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]


@contextlib.contextmanager
def running(
    folder: Path,
    *arguments: str,
    stdin: str = "",
    main: tuple[str, ...] = (str(MAIN),),
    **environment: str,
) -> Iterator[Program]:
    """Start Coatcheck with *folder* and end it afterwards."""
    process = start(folder, *arguments, main=main, **environment)
    try:
        yield ready(process, folder, stdin)
    finally:
        process.kill()
        process.communicate()


def start(
    folder: Path,
    *arguments: str,
    window: bool = False,
    main: tuple[str, ...] = (str(MAIN),),
    **environment: str,
) -> subprocess.Popen[str]:
    """Start Coatcheck, by default without a window, and do not wait for it."""
    command = [sys.executable, *main, "--no-browser", "--data-dir", str(folder)]
    return subprocess.Popen(
        [*command, *([] if window else ["--no-window"]), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=MAIN.parent,
        env=clean_environment() | environment,
    )


def ready(process: subprocess.Popen[str], folder: Path, stdin: str = "") -> Program:
    """Wait for the one line that says it is ready."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError), process.stdin as given:
        given.write(stdin)
    # It is closed: communicate() must not write there again.
    process.stdin = None
    line = process.stdout.readline()
    assert line, process.stderr and process.stderr.read()
    url = urlsplit(json.loads(line)["url"])
    return Program(process, folder, url.port or 0, parse_qs(url.query)["ticket"][0])


def coatcheck(
    folder: Path | None, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; without *folder* the environment names it."""
    where = [] if folder is None else ["--data-dir", str(folder)]
    return subprocess.run(
        [sys.executable, str(MAIN), *where, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=clean_environment() | environment,
    )


def clean_environment() -> dict[str, str]:
    """The environment without a keyring, a screen or a browser to be found by chance."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_START")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return found | {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
