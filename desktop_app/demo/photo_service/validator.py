"""What oauthlib's server side asks the photo service while it validates a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from desktop_app.demo.photo_service.accounts import find_account
from desktop_app.demo.photo_service.client_rules import ClientValidator, Request
from desktop_app.demo.photo_service.codes import (
    AuthorizationCode,
    AuthorizationCodes,
    CodeAlreadyUsedError,
)
from desktop_app.demo.photo_service.grants import Grant, digest_token, new_secret
from desktop_app.demo.photo_service.keys import SigningKeys
from desktop_app.demo.photo_service.ledger import Ledger
from desktop_app.demo.photo_service.userinfo import userinfo_claims
from desktop_app.demo.ports import Clock, RandomBytes

ACCESS_TOKEN_LIFETIME = 300


class PhotoRequestValidator(ClientValidator):
    """Answers oauthlib from the ledger."""

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

    # The authorization endpoint

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
