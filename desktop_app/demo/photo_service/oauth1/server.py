"""The OAuth 1.0a endpoints, composed from oauthlib's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from oauthlib.oauth1 import (
    AccessTokenEndpoint,
    AuthorizationEndpoint,
    RequestTokenEndpoint,
    ResourceEndpoint,
)
from oauthlib.oauth1.rfc5849.errors import OAuth1Error

from desktop_app.demo.photo_service.client_rules import Request
from desktop_app.demo.photo_service.grants import Grant, new_secret
from desktop_app.demo.photo_service.ledger import Ledger
from desktop_app.demo.photo_service.oauth1.temporary import OUT_OF_BAND, TemporaryBook
from desktop_app.demo.photo_service.oauth1.validator import SignedRequestValidator
from desktop_app.demo.ports import RandomBytes

_TYPED_DIGITS = 8


class SigningServer(
    RequestTokenEndpoint,  # type: ignore[misc]
    AuthorizationEndpoint,  # type: ignore[misc]
    AccessTokenEndpoint,  # type: ignore[misc]
    ResourceEndpoint,  # type: ignore[misc]
):
    """Everything of the older way that speaks the protocol.

    Attributes:
        temporary: The sign-ins that are on their way.
    """

    def __init__(
        self,
        validator: SignedRequestValidator,
        *,
        ledger: Ledger,
        temporary: TemporaryBook,
        random: RandomBytes,
    ) -> None:
        super().__init__(validator, token_generator=lambda: new_secret(random))
        self.temporary = temporary
        self._ledger = ledger
        self._random = random

    def create_verifier(self, request: Request, credentials: Mapping[str, Any]) -> dict[str, str]:
        """Return and remember the verifier; *credentials* say who said yes, and since when.

        Where the person types it, it is short: guessing it needs the client's secret as well.

        Source: RFC 5849 section 2.2.
        """
        request.user = credentials["user"]
        request.authenticated_at = credentials["authenticated_at"]
        verifier = {
            "oauth_token": request.resource_owner_key,
            "oauth_verifier": self._new_verifier(request),
        }
        self.request_validator.save_verifier(request.resource_owner_key, verifier, request)
        return verifier

    def make_verifier(
        self, token: str, scopes: Sequence[str], *, user: str, at: float
    ) -> dict[str, str]:
        """Write down that *user* allowed *scopes*, and return what goes back to the client.

        Args:
            token: The identifier of the temporary credentials.
            scopes: What the person ticked.
            user: Their subject.
            at: When they signed in, in seconds since the epoch.

        Source: RFC 5849 section 2.2.
        """
        question = "http://127.0.0.1/?" + urlencode({"oauth_token": token})
        headers, body, _status = self.create_authorization_response(
            question, realms=list(scopes), credentials={"user": user, "authenticated_at": at}
        )
        return dict(parse_qsl(body or urlsplit(headers["Location"]).query))

    def caller(self, uri: str, **request: Any) -> Grant | None:
        """Return the grant that signed a request, or None if nobody did.

        Raises:
            ValueError: If its header or its query can't be read.

        Source: RFC 5849 section 3.2.
        """
        try:
            valid, made = self.validate_protected_resource_request(uri, **request)
        except OAuth1Error:
            return None
        return self._ledger.find_signed(made.resource_owner_key) if valid else None

    def _new_verifier(self, request: Request) -> str:
        callback = self.request_validator.get_redirect_uri(request.resource_owner_key, request)
        if callback != OUT_OF_BAND:
            return new_secret(self._random)
        number = int.from_bytes(self._random(8)) % 10**_TYPED_DIGITS
        return f"{number:0{_TYPED_DIGITS}}"
