"""An owner-only page that takes the browser to an address with a ticket.

A browser's command line can be read by every user of the machine, a file of mode 0600
can't: so the launcher is given the file, and the ticket stands in it alone.
"""

from __future__ import annotations

import html
import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

_PAGE = """<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url={address}">
<title>Coatcheck</title>
<p><a href="{address}">Coatcheck</a></p>
"""


def write_redirect_file(folder: Path, address: str) -> Path:
    """Write the page that leads to *address* into *folder* and return its path, mode 0600."""
    path = folder / f"open-{secrets.token_hex(8)}.html"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as page:
        page.write(_PAGE.format(address=html.escape(address, quote=True)))
    return path


def remove_redirect_files(folder: Path) -> None:
    """Remove every such page from *folder*, also those of a start that was killed."""
    for path in folder.glob("open-*.html"):
        path.unlink(missing_ok=True)


def ticket_page(folder: Path, url: str) -> Path:
    """Write the page that signs the browser in with the ticket of *url*.

    A page from a file is another site to the server, so it may only reach ``/signed-out``,
    whose script takes the ticket from the fragment and goes on from there.

    Args:
        folder: Owner-only; the data folder.
        url: ``http://127.0.0.1:PORT/?ticket=…``, or one of our other pages in the same way.
    """
    parts = urlsplit(url)
    fragment = {"ticket": parse_qs(parts.query)["ticket"][0]}
    if parts.path != "/":
        fragment["to"] = parts.path
    address = f"{parts.scheme}://{parts.netloc}/signed-out#{urlencode(fragment)}"
    return write_redirect_file(folder, address)
