"""An assistant at the bridge to an MCP server, and the world around it."""

from __future__ import annotations

import array
import contextlib
import fcntl
import json
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.recipes.conftest import recipe
from tests.support.mcp_server import VERSION, McpPeer, running_mcp_server
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.program import MAIN, Program, clean_environment, running


@dataclass
class World:
    """A provider, a server that trusts it, and the program."""

    program: Program
    provider: OidcProvider
    peer: McpPeer

    def profiles(self) -> list[dict[str, Any]]:
        found = self.program.as_program("GET", "/v1.0/profiles?limit=100").json["profiles"]
        return [dict(each) for each in found]

    def account(self) -> dict[str, Any] | None:
        """Return the account that has access to the server."""
        found = [each for each in self.profiles() if each["provider"] == "sample-tools"]
        return found[0] if found else None


@contextlib.contextmanager
def running_world(root: Path) -> Iterator[World]:
    """Run a provider, a server that trusts it, and the program in *root*."""
    with (
        running_oidc_provider(everything=True) as provider,
        running_mcp_server(provider.issuer) as peer,
        running(root / "data", "--key-file", str(root / "key")) as program,
    ):
        yield World(program, provider, peer)


class Assistant:
    """Talks to the bridge as an assistant does: a message a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.heard: list[dict[str, Any]] = []

    def say(self, method: str, number: int | None = None, **parameters: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": parameters}
        self.write(json.dumps(message | ({} if number is None else {"id": number})))

    def write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def hear(self, number: int | None) -> dict[str, Any]:
        """Return the message with this id, or the next notification."""
        assert self._process.stdout is not None
        while True:
            line = self._process.stdout.readline()
            assert line, "the bridge has ended"
            message = json.loads(line)
            self.heard.append(message)
            if message.get("id") == number:
                return dict(message)

    def stderr_line(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.readline()

    def ask(self, number: int, method: str, **parameters: Any) -> dict[str, Any]:
        """Say it and return the answer."""
        self.say(method, number, **parameters)
        return self.hear(number)

    def terminate(self) -> int:
        """End it as an assistant does that has waited long enough."""
        self._process.terminate()
        return self._process.wait(120)

    def is_deafened(self) -> bool:
        """Tell whether so much lies there unheard that no more can be said."""
        assert self._process.stdout is not None
        pipe, unread = self._process.stdout.fileno(), array.array("i", [0])
        fcntl.ioctl(pipe, termios.FIONREAD, unread)
        # Each earlier message has a page of its own there, however short it is.
        return unread[0] > fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) // 2

    def vanish(self) -> int:
        """Leave it as an assistant does that crashes: nobody speaks or listens any more."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.stdin = self._process.stdout = None
        return self._process.wait(120)

    def end(self) -> tuple[str, str]:
        out, err = self._process.communicate(timeout=120)
        assert self._process.returncode == 0, err
        return out, err


@contextlib.contextmanager
def bridge(world: World, url: str | None = None) -> Iterator[Assistant]:
    """Run the bridge to *url*, or to the world's server, for one assistant."""
    where = ["--data-dir", str(world.program.folder), "--no-browser"]
    # As the recipe says it, for the server that is here.
    told = json.loads(recipe("mcp", "json"))["mcpServers"]["tools"]
    assert told["command"] == "coatcheck"
    command = [*told["args"][:-1], url or world.peer.url]
    process = subprocess.Popen(
        [sys.executable, str(MAIN), *where, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    try:
        yield Assistant(process)
    finally:
        process.kill()
        process.communicate()


def begin(assistant: Assistant, *, sign_in: bool = False) -> None:
    """Open its session; the first assistant of all has to *sign_in*."""
    assistant.say("initialize", 0)
    if sign_in:
        assert ScriptedBrowser().sign_in(assistant.stderr_line().split()[-1]).status == 200
    assert assistant.hear(0)["result"]["protocolVersion"] == VERSION
    assistant.say("notifications/initialized")
