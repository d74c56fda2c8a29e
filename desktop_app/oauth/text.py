"""Text from outside, made fit to be shown and logged."""

from __future__ import annotations

import unicodedata


def clean_text(text: str, *, limit: int = 200) -> str:
    """Return *text* in one line of at most *limit* characters, without control characters.

    Bidirectional overrides and other invisible characters go too: they would let a provider
    write a sentence that reads differently from what it is.
    """
    # The bound comes first: cleaning a megabyte to show a line would only cost time.
    line = " ".join("".join(filter(_is_shown, text[: limit * 4])).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _is_shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char)[0] != "C"
