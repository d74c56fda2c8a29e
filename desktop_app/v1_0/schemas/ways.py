"""The way to a server."""

from __future__ import annotations

import msgspec


class WayWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a program wants to go."""

    url: str


class WayBody(msgspec.Struct, frozen=True, kw_only=True):
    """``proxy``: ``system``, ``none`` or an address, without the person's password for it."""

    proxy: str
    has_password: bool
    ca_file: str | None
