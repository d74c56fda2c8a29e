"""What the schemas share: strict requests, times, bounded strings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import msgspec

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, beyond which RFC 3339 has no way to go."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Line = Annotated[str, msgspec.Meta(max_length=2_048)]
Text = Annotated[str, msgspec.Meta(max_length=65_536)]
Scope = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
Scopes = Annotated[list[Scope], msgspec.Meta(max_length=200)]
Resources = Annotated[list[Line], msgspec.Meta(max_length=20)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=31_536_000)]


class Request(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A body that comes in. A name it does not know is an error: it may be a typing slip."""


class Query(msgspec.Struct, kw_only=True):
    """A query that comes in."""


class Answer(msgspec.Struct, kw_only=True):
    """A body that goes out; what is not there is null."""


class Sparse(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A body that goes out; what is not there is left out."""


class Failure(Sparse):
    """Every error: a stable code, what happened and what to do. It may have further fields."""

    error: str
    message: str
    field: str | None = None


def moment(seconds: float) -> datetime:
    """Return seconds since the epoch as whole seconds of UTC; written as RFC 3339."""
    return datetime.fromtimestamp(int(max(0.0, min(seconds, _LAST_SECOND))), UTC)


def maybe_moment(seconds: float | None) -> datetime | None:
    """Return `moment` of *seconds*, or None."""
    return None if seconds is None else moment(seconds)
