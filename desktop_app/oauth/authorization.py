"""The authorization request and its answer (RFC 6749 section 4.1): the public names."""

from desktop_app.oauth.authorization_request import (
    AuthorizationWish,
    PendingAuthorization,
    authorization_parameters,
    authorization_url,
    begin_authorization,
)
from desktop_app.oauth.authorization_response import (
    AuthorizationResponse,
    accept_response,
    parse_authorization_response,
    parse_redirect,
)

__all__ = [
    "AuthorizationResponse",
    "AuthorizationWish",
    "PendingAuthorization",
    "accept_response",
    "authorization_parameters",
    "authorization_url",
    "begin_authorization",
    "parse_authorization_response",
    "parse_redirect",
]
