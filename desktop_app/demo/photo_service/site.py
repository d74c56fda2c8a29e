"""What the photo service's handlers are given."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.demo.photo_service.attempts import Attempts
from desktop_app.demo.photo_service.keys import SigningKeys
from desktop_app.demo.photo_service.ledger import Ledger
from desktop_app.demo.photo_service.oauth1.server import SigningServer
from desktop_app.demo.photo_service.server import AuthorizationServer
from desktop_app.demo.photo_service.shelf import Shelf
from desktop_app.demo.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The running photo service, seen from a request."""

    issuer: str
    port: int
    server: AuthorizationServer
    signing: SigningServer
    ledger: Ledger
    shelf: Shelf
    keys: SigningKeys
    attempts: Attempts
    clock: Clock
