"""What oauthlib's server side asks the photo service while it validates a signed request."""

from __future__ import annotations

import hmac
from typing import Any

from oauthlib.oauth1 import RequestValidator
from oauthlib.oauth1.rfc5849.utils import UNICODE_ASCII_CHARACTER_SET

from desktop_app.demo.photo_service.client_rules import CLIENT_ID, Request
from desktop_app.demo.photo_service.grants import Grant, new_secret
from desktop_app.demo.photo_service.ledger import Ledger
from desktop_app.demo.photo_service.oauth1.client import ClientCredentials
from desktop_app.demo.photo_service.oauth1.nonces import Nonces
from desktop_app.demo.photo_service.oauth1.temporary import (
    OUT_OF_BAND,
    Allowed,
    TemporaryBook,
)
from desktop_app.demo.photo_service.permissions import OLDER_SCOPES
from desktop_app.demo.photo_service.redirects import is_loopback_redirect
from desktop_app.demo.ports import Clock, RandomBytes

METHODS = ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT")
_NOBODY = "nobody"


class SignedRequestValidator(RequestValidator):  # type: ignore[misc]
    """Answers oauthlib from the books. There is one client; its realms are the scopes.

    OAuth 1.0a itself knows no scopes; oauthlib's realms carry them, and its token answer names
    those that were allowed (``oauth_authorized_realms``).
    """

    # Plain http is the loopback interface here; the service listens nowhere else.
    enforce_ssl = False
    allowed_signature_methods = METHODS
    safe_characters = frozenset(UNICODE_ASCII_CHARACTER_SET) | frozenset("-_.~")
    client_key_length = nonce_length = verifier_length = (8, 200)
    request_token_length = access_token_length = (8, 200)
    realms = OLDER_SCOPES
    # oauthlib would look at the computer's clock: Nonces looks at ours.
    timestamp_lifetime = 10**10
    dummy_client = dummy_request_token = dummy_access_token = _NOBODY

    def __init__(
        self,
        *,
        client: ClientCredentials,
        ledger: Ledger,
        temporary: TemporaryBook,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        super().__init__()
        self._client = client
        self._ledger = ledger
        self._temporary = temporary
        self._nonces = Nonces(clock=clock)
        self._clock = clock
        self._random = random

    # The client

    def validate_client_key(self, client_key: str, request: Request) -> bool:
        """Accept the one client."""
        return client_key == CLIENT_ID

    def get_client_secret(self, client_key: str, request: Request) -> str:
        """Return its secret; an unknown client's request fails whatever it is signed with."""
        return self._client.secret

    def get_rsa_key(self, client_key: str, request: Request) -> str:
        """Return its public key, PEM."""
        return self._client.public_key

    def validate_redirect_uri(self, client_key: str, redirect_uri: str, request: Request) -> bool:
        """Accept any loopback port, and ``oob``."""
        return redirect_uri == OUT_OF_BAND or is_loopback_redirect(redirect_uri)

    def validate_timestamp_and_nonce(
        self,
        client_key: str,
        timestamp: str,
        nonce: str,
        request: Request,
        *,
        request_token: str | None = None,
        access_token: str | None = None,
    ) -> bool:
        """Accept what was signed just now, and once (RFC 5849 section 3.3)."""
        token = request_token or access_token or ""
        return self._nonces.take(timestamp, nonce, client=client_key, token=token)

    # Temporary credentials

    def get_default_realms(self, client_key: str, request: Request) -> list[str]:
        """Have none: what is asked for stands in the authorization address."""
        return []

    def validate_requested_realms(self, client_key: str, realms: Any, request: Request) -> bool:
        """Accept what exists; oauthlib has compared it with ``realms``."""
        return True

    def save_request_token(self, token: dict[str, str], request: Request) -> None:
        """Remember a sign-in that begins."""
        self._temporary.add(
            token["oauth_token"],
            secret=token["oauth_token_secret"],
            callback=request.redirect_uri,
        )

    def verify_request_token(self, token: str, request: Request) -> bool:
        """Accept a sign-in that waits for the person."""
        return self._temporary.find(token) is not None

    def validate_request_token(self, client_key: str, token: str, request: Request) -> bool:
        """Accept a sign-in that is on its way."""
        return self._temporary.find(token) is not None

    def get_request_token_secret(self, client_key: str, token: str, request: Request) -> str:
        """Return the secret that signs the request for token credentials."""
        found = self._temporary.find(token)
        return found.secret if found else _NOBODY

    def get_redirect_uri(self, token: str, request: Request) -> str:
        """Return where the person goes back to."""
        found = self._temporary.find(token)
        return found.callback if found else OUT_OF_BAND

    # The person's yes

    def verify_realms(self, token: str, realms: list[str], request: Request) -> bool:
        """Accept scopes that exist."""
        return set(realms) <= set(OLDER_SCOPES)

    def save_verifier(self, token: str, verifier: dict[str, str], request: Request) -> None:
        """Remember who allowed what, and the verifier that goes back with them."""
        allowed = Allowed(
            subject=request.user,
            scopes=tuple(request.realms),
            verifier=verifier["oauth_verifier"],
            authenticated_at=request.authenticated_at,
        )
        self._temporary.allow(token, allowed)

    # Token credentials

    def validate_verifier(
        self, client_key: str, token: str, verifier: str, request: Request
    ) -> bool:
        """Compare with the verifier of the person who said yes (RFC 5849 section 2.2)."""
        found = self._temporary.find(token)
        if found is None or found.allowed is None:
            return False
        return hmac.compare_digest(found.allowed.verifier, verifier)

    def get_realms(self, token: str, request: Request) -> list[str]:
        """Return what the person allowed; oauthlib names it in the token answer."""
        found = self._temporary.find(token)
        return list(found.allowed.scopes) if found and found.allowed else []

    def save_access_token(self, token: dict[str, str], request: Request) -> None:
        """Write the grant into the ledger; its secret is kept, because signatures need it."""
        found = self._temporary.find(request.resource_owner_key)
        if found and found.allowed:
            self._ledger.record_signed(self._new_grant(token, found.allowed))

    def invalidate_request_token(
        self, client_key: str, request_token: str, request: Request
    ) -> None:
        """Use up the temporary credentials."""
        self._temporary.end(request_token)

    # Tokens in use

    def validate_access_token(self, client_key: str, token: str, request: Request) -> bool:
        """Accept a grant that holds."""
        return self._ledger.find_signed(token) is not None

    def get_access_token_secret(self, client_key: str, token: str, request: Request) -> str:
        """Return the secret that signs with *token*."""
        grant = self._ledger.find_signed(token)
        return (grant.token_secret if grant else None) or _NOBODY

    def validate_realms(self, client_key: str, token: str, request: Request, **kwargs: Any) -> bool:
        """Leave it to the resource: it says which scope was missing."""
        return True

    def _new_grant(self, token: dict[str, str], allowed: Allowed) -> Grant:
        return Grant(
            id=new_secret(self._random),
            subject=allowed.subject,
            client_id=CLIENT_ID,
            scopes=allowed.scopes,
            created_at=self._clock(),
            authenticated_at=allowed.authenticated_at,
            token=token["oauth_token"],
            token_secret=token["oauth_token_secret"],
        )
