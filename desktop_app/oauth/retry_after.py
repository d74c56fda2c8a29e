"""How long an overloaded provider asks to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_MOST_DIGITS: Final = 9


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that ``Retry-After`` in *headers* asks for, None if it asks nothing.

    A date in it is counted from the answer's own ``Date``: the two come from one clock, which
    need not be ours.

    Source: RFC 9110 section 10.2.3.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:_MOST_DIGITS])
    until, now = _moment(asked), _moment(headers.get("date", ""))
    return None if until is None or now is None else max((until - now).total_seconds(), 0.0)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
