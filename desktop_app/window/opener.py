"""Opens a program that runs without a window in the browser: ``python -m …window.opener``.

The ready line of ``--no-window`` comes on standard input, never as an argument, because a
ticket stands in it and every user of the machine can read arguments.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from desktop_app.window.browser import SystemBrowser
from desktop_app.window.redirect_file import remove_redirect_files, ticket_page

# Browsers that are starting up read the file late; the ticket in it is good once.
_SECONDS_TO_READ = 20.0


def open_ready_line(line: str, browser: SystemBrowser, seconds: float = _SECONDS_TO_READ) -> bool:
    """Open the address of a ready line in *browser*; False if there is none.

    Args:
        line: ``{"url": …, "data_dir": …}`` as ``--no-window`` prints it.
        browser: The person's.
        seconds: How long the owner-only page stays, so that the browser can read it.
    """
    ready = json.loads(line)
    folder = Path(ready["data_dir"])
    try:
        opened = asyncio.run(browser.open_file(ticket_page(folder, ready["url"])))
        time.sleep(seconds if opened else 0)
    finally:
        remove_redirect_files(folder)
    return opened


if __name__ == "__main__":
    sys.exit(0 if open_ready_line(sys.stdin.readline(), SystemBrowser()) else 1)
