"""HTTP messages as values: what the core wants sent, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One outgoing request; redirects are never followed.

    Attributes:
        url: Absolute http or https address.
        headers: May hold credentials, so neither they nor the body are in the repr.
        body: Already encoded, or None.
        ca_file: PEM file with a further certificate authority for this request.
        max_body: Answers longer than this many bytes are refused.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    ca_file: str | None = None
    max_body: int = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """What came back. Header names are lower case; repeated ones are joined by a comma."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
