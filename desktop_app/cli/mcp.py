"""``coatcheck mcp``: a bridge from an assistant's standard input to a server that wants a token."""

from __future__ import annotations

import argparse
import sys

from desktop_app.cli.borrowing import wrong_usage
from desktop_app.cli.exits import Exit
from desktop_app.cli.mcp_access import Access
from desktop_app.cli.mcp_bridge import Bridge
from desktop_app.cli.mcp_server import McpServer, place_of
from desktop_app.config import Config


def mcp(arguments: argparse.Namespace, config: Config) -> int:
    """Carry messages until the assistant closes its end.

    Source: Model Context Protocol 2025-06-18, "Transports".
    """
    try:
        place = place_of(arguments.url)
    except ValueError as error:
        raise wrong_usage(f"“{arguments.url}” is no address of a server: {error}.") from error
    server = McpServer(place, Access(arguments.url, config))
    Bridge(server, sys.stdin.buffer, sys.stdout.buffer).run()
    return Exit.DONE
