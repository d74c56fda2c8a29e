"""What oauthlib's server side asks the photo service while it validates a request."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from oauthlib.openid import RequestValidator

from desktop_app.demo.photo_service.accounts import find_account
from desktop_app.demo.photo_service.codes import (
    AuthorizationCode,
    AuthorizationCodes,
    CodeAlreadyUsedError,
)
from desktop_app.demo.photo_service.grants import Grant, digest_token, new_secret
from desktop_app.demo.photo_service.keys import SigningKeys
from desktop_app.demo.photo_service.ledger import Ledger
from desktop_app.demo.photo_service.permissions import SCOPES
from desktop_app.demo.photo_service.redirects import is_loopback_redirect
from desktop_app.demo.photo_service.userinfo import userinfo_claims
from desktop_app.demo.ports import Clock, RandomBytes

CLIENT_ID = "coatcheck"
ACCESS_TOKEN_LIFETIME = 300
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")

Request = Any
"""``oauthlib.common.Request``, which has no type hints and takes any attribute."""


class PhotoRequestValidator(RequestValidator):  # type: ignore[misc]
    """Answers oauthlib from the ledger. There is one client, public, on any loopback port."""

    def __init__(
        self,
        *,
        issuer: Callable[[], str],
        ledger: Ledger,
        codes: AuthorizationCodes,
        keys: SigningKeys,
        clock: Clock,
        random: RandomBytes,
    ) -> None:
        super().__init__()
        self._issuer = issuer
        self._ledger = ledger
        self._codes = codes
        self._keys = keys
        self._clock = clock
        self._random = random

    # The client

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

    # The authorization endpoint

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

    def save_authorization_code(
        self, client_id: str, code: dict[str, str], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Remember what the person just allowed until the client comes for it."""
        meaning = AuthorizationCode(
            grant_id=new_secret(self._random),
            client_id=client_id,
            redirect_uri=request.redirect_uri,
            subject=request.user,
            scopes=tuple(request.scopes),
            code_challenge=request.code_challenge,
            nonce=request.nonce,
            authenticated_at=request.authenticated_at,
        )
        self._codes.add(code["code"], meaning)

    # The token endpoint

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Use up *code*; a second use ends what the first one gave."""
        try:
            meaning = self._codes.take(code)
        except CodeAlreadyUsedError as error:
            self._ledger.revoke_grant(error.grant_id)
            return False
        if meaning is None or meaning.client_id != client_id:
            return False
        request.meaning, request.scopes = meaning, list(meaning.scopes)
        request.user, request.grant = meaning.subject, self._new_grant(meaning)
        return True

    def get_code_challenge(self, code: str, request: Request) -> str:
        """Return the challenge that the code came with."""
        return str(request.meaning.code_challenge)

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        """Return S256, the only one that is taken."""
        return "S256"

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Request, **kw: Any
    ) -> bool:
        """Compare with the URI of the authorization request, exactly."""
        return bool(redirect_uri == request.meaning.redirect_uri)

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Do nothing: :meth:`validate_code` has used it up."""

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Accept the newest refresh token of a grant; an older one ends the grant."""
        request.grant = self._ledger.use_refresh(refresh_token)
        request.user = request.grant.subject if request.grant else None
        return request.grant is not None

    def get_original_scopes(
        self, refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        """Return what the person allowed."""
        return list(request.grant.scopes)

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Write the tokens' digests into the ledger."""
        grant: Grant = request.grant
        if refresh_token := token.get("refresh_token"):
            grant = replace(grant, refresh_digest=digest_token(refresh_token))
        scopes = tuple(token["scope"].split())
        lifetime = ACCESS_TOKEN_LIFETIME
        self._ledger.record(grant, token["access_token"], scopes, lifetime=lifetime)

    # OpenID

    def get_authorization_code_nonce(
        self, client_id: str, code: str, redirect_uri: str, request: Request
    ) -> str | None:
        """Return the nonce of the authorization request."""
        return request.meaning.nonce  # type: ignore[no-any-return]

    def get_id_token(self, token: dict[str, Any], token_handler: Any, request: Request) -> None:
        """Leave the first draft of the ID token to oauthlib."""

    def finalize_id_token(
        self, id_token: dict[str, Any], token: dict[str, Any], token_handler: Any, request: Request
    ) -> str:
        """Complete and sign the ID token (OpenID Connect Core sections 2 and 12.2)."""
        now = int(self._clock())
        claims = {
            **id_token,
            "iss": self._issuer(),
            "sub": request.user,
            "iat": now,
            "exp": now + ACCESS_TOKEN_LIFETIME,
            "auth_time": int(request.grant.authenticated_at),
        }
        return self._keys.sign(claims)

    def get_userinfo_claims(self, request: Request) -> dict[str, Any]:
        """Return what the token's scopes show of the account."""
        account = find_account(request.user)
        return userinfo_claims(account, request.scopes, issuer=self._issuer()) if account else {}

    # Tokens in use

    def validate_bearer_token(
        self, token: str | None, scopes: list[str] | None, request: Request
    ) -> bool:
        """Accept a good access token; ``request.scopes`` then says what it allows."""
        found = self._ledger.find_access(token) if token else None
        if found is None:
            return False
        grant, kept = found
        request.user, request.scopes = grant.subject, list(kept.scopes)
        return True

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """End *token*; the hint is not needed."""
        self._ledger.revoke_token(token)

    def introspect_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Say what *token* is, or None if it is nothing (RFC 7662 section 2.2)."""
        if found := self._ledger.find_access(token):
            grant, kept = found
            times = {"iat": int(kept.issued_at), "exp": int(kept.expires_at)}
            return {**self._describe(grant, kept.scopes), "token_type": "Bearer", **times}
        if grant_found := self._ledger.find_refresh(token):
            return self._describe(grant_found, grant_found.scopes)
        return None

    def _describe(self, grant: Grant, scopes: tuple[str, ...]) -> dict[str, Any]:
        account = find_account(grant.subject)
        return {
            "scope": " ".join(scopes),
            "client_id": grant.client_id,
            "sub": grant.subject,
            "username": account.username if account else "",
            "iss": self._issuer(),
        }

    def _new_grant(self, meaning: AuthorizationCode) -> Grant:
        return Grant(
            id=meaning.grant_id,
            subject=meaning.subject,
            client_id=meaning.client_id,
            scopes=meaning.scopes,
            created_at=self._clock(),
            authenticated_at=meaning.authenticated_at,
        )
