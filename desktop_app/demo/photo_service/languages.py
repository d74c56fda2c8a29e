"""The photo service's two languages, in Tornado's own CSV format."""

from __future__ import annotations

import csv
import functools
import re
from pathlib import Path

from tornado.locale import CSVLocale, Locale

_FOLDER = Path(__file__).parent.parent / "locale"
_LANGUAGE = re.compile(r"\b(en|ru)\b", re.IGNORECASE)


def choose_locale(wishes: str) -> Locale:
    """Return the language that stands first in *wishes*, as browsers order them, else English."""
    match = _LANGUAGE.search(wishes)
    return load_locale(match[1].lower() if match else "en")


@functools.cache
def load_locale(code: str) -> Locale:
    """Return the locale *code*; English is what the templates are written in."""
    path = _FOLDER / f"{code}.csv"
    if not path.exists():
        return CSVLocale(code, {})
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row[0]: row[1] for row in csv.reader(file) if row}
    return CSVLocale(code, {"unknown": rows})
