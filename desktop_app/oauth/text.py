"""Text from outside, made fit to be shown and logged."""

from __future__ import annotations

import unicodedata


def clean_text(text: str, *, limit: int = 200) -> str:
    """Return *text* in one line of at most *limit* characters, without control characters.

    Bidirectional overrides and other invisible characters go too: they would let a provider
    write a sentence that reads differently from what it is.
    """
    spaced = " ".join(text[: limit * 4].split())
    visible = "".join(char for char in spaced if unicodedata.category(char)[0] != "C")
    return visible if len(visible) <= limit else visible[: limit - 1].rstrip() + "…"
