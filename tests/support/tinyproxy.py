"""A real proxy from Debian: tinyproxy, as a child process with a configuration of its own."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port

USER, PASSWORD = "coatcheck", "hunter2"
_PATIENCE = 120.0


@dataclass(frozen=True)
class Tinyproxy:
    """Where it listens, and its log.

    Attributes:
        url: Its address with the user name and the password that it asks for.
        bare_url: The same without.
    """

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    @property
    def bare_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self) -> list[str]:
        """Return the request lines that it was asked for, such as ``CONNECT far.example:443``."""
        lines = self.log.read_text("utf-8").splitlines()
        found = (line.rpartition("): ")[2] for line in lines if "Request (file descriptor" in line)
        return [line.removesuffix(" HTTP/1.1") for line in found]


@contextlib.contextmanager
def tinyproxy(folder: Path, *, upstream: int) -> Iterator[Tinyproxy]:
    """Run it until the block ends.

    Args:
        folder: Where its configuration and log lie.
        upstream: Port of the proxy behind it, which knows where made-up names are.
    """
    proxy = Tinyproxy(free_port(), folder / "tinyproxy.log")
    settings = [
        f"Port {proxy.port}",
        "Listen 127.0.0.1",
        "Timeout 60",
        f'LogFile "{proxy.log}"',
        "LogLevel Connect",
        "MaxClients 50",
        "Allow 127.0.0.1",
        f"BasicAuth {USER} {PASSWORD}",
        "ConnectPort 443",
        f"Upstream http 127.0.0.1:{upstream}",
    ]
    configuration = folder / "tinyproxy.conf"
    configuration.write_text("\n".join(settings) + "\n", encoding="utf-8")
    process = subprocess.Popen(
        ["tinyproxy", "-d", "-c", str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, proxy.port)
        yield proxy
    finally:
        # Not asked to end: a signal between two of its looks at the socket is only seen when the
        # next connection comes.
        process.kill()
        process.wait(120)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "tinyproxy ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError("tinyproxy does not listen")
