"""The OAuth 2.0 and OpenID endpoints, composed from oauthlib's, with less than it offers.

oauthlib's own ready-made server also has the implicit and password grants, which RFC 9700
advises against; here are the authorization code and the refresh token alone.
"""

from __future__ import annotations

import logging
from typing import Any

from oauthlib.oauth2 import (
    AuthorizationEndpoint,
    IntrospectEndpoint,
    ResourceEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError, UnsupportedResponseTypeError
from oauthlib.oauth2.rfc6749.tokens import BearerToken
from oauthlib.openid.connect.core.endpoints.userinfo import UserInfoEndpoint
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from desktop_app.demo.photo_service.client_rules import Request
from desktop_app.demo.photo_service.grants import new_refresh_token, new_secret
from desktop_app.demo.photo_service.validator import (
    ACCESS_TOKEN_LIFETIME,
    PhotoRequestValidator,
)
from desktop_app.demo.ports import RandomBytes


class PhotoTokens(BearerToken):  # type: ignore[misc]
    """Makes bearer tokens; a refresh token only where the person allowed ``offline_access``."""

    def create_token(
        self, request: Request, refresh_token: bool = False, **kwargs: Any
    ) -> dict[str, Any]:
        """Return the token response.

        Source: OpenID Connect Core section 11.
        """
        lasting = refresh_token and "offline_access" in request.grant.scopes
        return super().create_token(request, refresh_token=lasting)  # type: ignore[no-any-return]


class AuthorizationServer(
    AuthorizationEndpoint,  # type: ignore[misc]
    TokenEndpoint,  # type: ignore[misc]
    RevocationEndpoint,  # type: ignore[misc]
    IntrospectEndpoint,  # type: ignore[misc]
    UserInfoEndpoint,  # type: ignore[misc]
    ResourceEndpoint,  # type: ignore[misc]
):
    """Every endpoint of the photo service that speaks a protocol."""

    def __init__(self, validator: PhotoRequestValidator, *, random: RandomBytes) -> None:
        # At DEBUG oauthlib writes whole refresh tokens and codes into the log.
        logging.getLogger("oauthlib").setLevel(logging.WARNING)
        tokens = PhotoTokens(
            validator,
            token_generator=lambda _request: new_secret(random),
            refresh_token_generator=lambda request: new_refresh_token(request.grant.id, random),
            expires_in=ACCESS_TOKEN_LIFETIME,
        )
        code = AuthorizationCodeGrant(validator)
        code.custom_validators.pre_auth.append(lambda request: _check_request(validator, request))
        grants = {"authorization_code": code, "refresh_token": RefreshTokenGrant(validator)}
        AuthorizationEndpoint.__init__(self, "code", tokens, {"code": code})
        TokenEndpoint.__init__(self, "authorization_code", tokens, grants)
        RevocationEndpoint.__init__(self, validator)
        IntrospectEndpoint.__init__(self, validator)
        UserInfoEndpoint.__init__(self, validator)
        ResourceEndpoint.__init__(self, "Bearer", {"Bearer": tokens})
        self.bearer = tokens


def _check_request(validator: PhotoRequestValidator, request: Request) -> dict[str, Any]:
    """Refuse what oauthlib would take: other response types, PKCE without S256.

    Source: RFC 7636 section 4.2, RFC 9700 section 2.1.1.
    """
    if request.response_type not in {None, "code"}:
        raise UnsupportedResponseTypeError(request=request)
    if request.response_mode not in {None, "query", "form_post"}:
        raise InvalidRequestError(description="Unknown response_mode.", request=request)
    if not validator.is_good_challenge(request):
        raise InvalidRequestError(
            description="A code_challenge with method S256 is required.", request=request
        )
    return {}
