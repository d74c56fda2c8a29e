"""What the photo service takes of a client: one that is public, on this machine, with PKCE."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from oauthlib.openid import RequestValidator

from desktop_app.demo.photo_service.permissions import SCOPES
from desktop_app.demo.photo_service.redirects import is_loopback_redirect

CLIENT_ID = "coatcheck"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

Request = Any
"""``oauthlib.common.Request``, which has no type hints and takes any attribute."""


class ClientValidator(RequestValidator):  # type: ignore[misc]
    """Answers oauthlib what needs no ledger. There is one client, public, on any loopback port."""

    def client_authentication_required(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        """Return False: a desktop program can't keep a secret (RFC 8252 section 8.4)."""
        return False

    def authenticate_client_id(
        self, client_id: str | None, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Accept the one client, and tell oauthlib who it is."""
        request.client = SimpleNamespace(client_id=CLIENT_ID)
        return client_id == CLIENT_ID

    def validate_client_id(self, client_id: str, request: Request, *args: Any, **kw: Any) -> bool:
        """Accept the one client."""
        return self.authenticate_client_id(client_id, request)

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Accept any loopback port."""
        return is_loopback_redirect(redirect_uri)

    def get_default_redirect_uri(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Have none: the port is only known to the client."""

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Request, *a: Any, **kw: Any
    ) -> bool:
        """Accept the authorization code flow alone (RFC 9700 section 2.1.2)."""
        return response_type == "code"

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request, *a: Any, **kw: Any
    ) -> bool:
        """Accept what the discovery document names."""
        return grant_type in {"authorization_code", "refresh_token"}

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Request, *a: Any, **kw: Any
    ) -> bool:
        """Accept scopes that exist."""
        return bool(scopes) and set(scopes) <= set(SCOPES)

    def get_default_scopes(
        self, client_id: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Give no scope to who asks for none; oauthlib then answers ``invalid_scope``."""
        return []

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        """Return True: always (RFC 9700 section 2.1.1)."""
        return True

    def is_good_challenge(self, request: Request) -> bool:
        """Return whether the request has an S256 challenge; ``plain`` is not taken."""
        challenge = request.code_challenge or ""
        return request.code_challenge_method == "S256" and bool(_CHALLENGE.fullmatch(challenge))

    def validate_silent_login(self, request: Request) -> bool:
        """Return False: this service always asks."""
        return False

    def validate_user_match(
        self, id_token_hint: str, scopes: list[str], claims: Any, request: Request
    ) -> bool:
        """Ignore the hint, which a server may do."""
        return True
