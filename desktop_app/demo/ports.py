"""What the demonstration needs from the outside; the same shapes as ``services/ports.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Clock = Callable[[], float]
"""Seconds since the epoch."""

RandomBytes = Callable[[int], bytes]
"""That many unpredictable bytes (``secrets.token_bytes``)."""


class Documents(Protocol):
    """Small named documents of JSON values, kept sealed by the store."""

    def get(self, name: str) -> Mapping[str, Any] | None:
        """Return the document, or None."""

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep *document*; it is on disk when this returns."""
