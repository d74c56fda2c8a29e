"""``coatcheck mcp``: a bridge from an assistant's standard input to a server that wants a token."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from dataclasses import replace
from io import FileIO
from typing import Any

from desktop_app.cli.borrowing import wrong_usage
from desktop_app.cli.exits import Exit
from desktop_app.cli.mcp_access import Access
from desktop_app.cli.mcp_bridge import Bridge
from desktop_app.cli.mcp_connection import place_of
from desktop_app.cli.mcp_server import McpServer
from desktop_app.cli.mcp_way import WayFinder
from desktop_app.cli.running import reach
from desktop_app.config import Config

_ASKING = ("SIGTERM", "SIGHUP")


class _EndedError(BaseException):
    """Somebody wants us to end; nothing on the way may take that for a failure of its own."""


def mcp(arguments: argparse.Namespace, config: Config) -> int:
    """Carry messages until the assistant closes its end, or ends us.

    Source: Model Context Protocol 2025-11-25, "Lifecycle", "Shutdown".
    """
    try:
        place = place_of(arguments.url)
    except ValueError as error:
        raise wrong_usage(f"“{arguments.url}” is no address of a server: {error}.") from error
    if config.passphrase_stdin:
        # Its first line, before the assistant's messages.
        reach(config)
        config = replace(config, passphrase_stdin=False)
    server = McpServer(place, Access(arguments.url, config), WayFinder(config))
    bridge = Bridge(server, sys.stdin.buffer, FileIO(sys.stdout.fileno(), "wb", closefd=False))
    for name in _ASKING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    with contextlib.suppress(_EndedError):
        bridge.run()
    return Exit.DONE


def _end(number: int, _: Any) -> None:
    # Once is enough: the session is being ended.
    signal.signal(number, signal.SIG_IGN)
    raise _EndedError
