"""Refresh ``ui/static/vendor`` from unpacked npm packages.

Usage: ``python build_scripts/vendor.py FOLDER`` where FOLDER holds the folders that
``npm pack`` and ``tar`` gave: ``htmx.org-VERSION``, ``lucide-static-VERSION`` and
``simple-icons-VERSION``. Only the icons listed here are taken, each as a ``<symbol>``.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

_VENDOR = Path(__file__).resolve().parent.parent / "ui" / "static" / "vendor"

ICONS = {
    "accounts": "circle-user-round",
    "act": "send",
    "activity": "scroll-text",
    "always": "infinity",
    "back": "chevron-left",
    "browser": "app-window",
    "calendar": "calendar",
    "care": "triangle-alert",
    "change": "pencil",
    "check": "check",
    "clock": "clock",
    "close": "x",
    "connect": "circle-plus",
    "copy": "copy",
    "good": "circle-check",
    "hand": "hand",
    "info": "info",
    "key": "key-round",
    "lock": "lock",
    "next": "chevron-right",
    "no": "ban",
    "offline": "cloud-off",
    "out": "external-link",
    "paste": "clipboard-paste",
    "photos": "image",
    "plus": "plus",
    "print": "printer",
    "programs": "app-window",
    "renew": "refresh-cw",
    "save": "download",
    "says": "message-square-quote",
    "script": "file-code",
    "search": "search",
    "see": "eye",
    "settings": "settings",
    "shield": "shield-check",
    "swap": "replace",
    "terminal": "terminal",
    "ticket": "ticket",
    "to": "arrow-right",
    "undo": "undo-2",
    "unlock": "lock-open",
    "warn": "circle-alert",
}
# Only marks that the package has under CC0; Forgejo's and Keycloak's are under other terms.
MARKS = [
    "atlassian",
    "bitbucket",
    "bluesky",
    "box",
    "codeberg",
    "discogs",
    "discord",
    "dropbox",
    "flickr",
    "gitea",
    "github",
    "gitlab",
    "google",
    "huggingface",
    "maildotru",
    "mastodon",
    "musicbrainz",
    "nextcloud",
    "notion",
    "odnoklassniki",
    "openid",
    "openstreetmap",
    "orcid",
    "reddit",
    "spotify",
    "strava",
    "trello",
    "tumblr",
    "twitch",
    "vk",
    "wikimediafoundation",
    "x",
    "zoom",
    "zotero",
]


def _symbol(source: str, name: str) -> str:
    body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
    if body is None:
        raise SystemExit(f"{name}: not an SVG file")
    inner = re.sub(r"<title>.*?</title>", "", body.group(1))
    inner = " ".join(inner.split())
    return f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>'


def _sprite(symbols: list[str]) -> str:
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"'
    hidden = 'class="visually-hidden" aria-hidden="true"'
    return "\n".join([f"{head} {hidden}>", *symbols, "</svg>", ""])


def _package(folder: Path, name: str) -> Path:
    found = sorted(folder.glob(f"{name}-[0-9]*/package.json"))
    if not found:
        raise SystemExit(f"{name} is not in {folder}")
    return found[-1].parent


def _htmx(folder: Path) -> None:
    package, target = _package(folder, "htmx.org"), _VENDOR / "htmx"
    shutil.copyfile(package / "dist" / "htmx.min.js", target / "htmx.min.js")
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def _lucide(folder: Path) -> None:
    package, target = _package(folder, "lucide-static"), _VENDOR / "lucide"
    symbols = [
        _symbol((package / "icons" / f"{icon}.svg").read_text("utf-8"), f"i-{name}")
        for name, icon in sorted(ICONS.items())
    ]
    (target / "icons.svg").write_text(_sprite(symbols), "utf-8")
    shutil.copyfile(package / "LICENSE", target / "LICENSE")


def _simple_icons(folder: Path) -> None:
    package, target = _package(folder, "simple-icons"), _VENDOR / "simple-icons"
    symbols = [
        _symbol((package / "icons" / f"{name}.svg").read_text("utf-8"), f"m-{name}")
        for name in MARKS
    ]
    (target / "marks.svg").write_text(_sprite(symbols), "utf-8")
    shutil.copyfile(package / "LICENSE.md", target / "LICENSE.md")
    shutil.copyfile(package / "DISCLAIMER.md", target / "DISCLAIMER.md")


def main() -> None:
    """Write every vendored file anew."""
    match sys.argv[1:]:
        case [name]:
            folder = Path(name)
        case _:
            raise SystemExit(__doc__)
    for refresh in (_htmx, _lucide, _simple_icons):
        refresh(folder)


if __name__ == "__main__":
    main()
