"""The endpoints that clients talk to: discovery, keys, tokens, revocation, userinfo."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from oauthlib.oauth2 import OAuth2Error
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from desktop_app.demo.photo_service.handlers.base import PhotoHandler
from desktop_app.demo.photo_service.metadata import server_metadata

Answer = tuple[dict[str, str], str | None, int]
_SERVER_ERROR = 500
_FORM = "application/x-www-form-urlencoded"


class ProtocolHandler(PhotoHandler):
    """JSON in both directions; no cookie counts here, so there is nothing to forge."""

    def check_xsrf_cookie(self) -> None:
        """Need no XSRF token, as these endpoints know no session."""

    def write_json(self, value: Any) -> None:
        """Answer *value* as JSON."""
        self.set_header("Content-Type", "application/json")
        self.write(json.dumps(value))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Answer an error in OAuth's shape."""
        ours = status_code >= _SERVER_ERROR
        self.write_json({"error": "server_error" if ours else "invalid_request"})

    def send(self, answer: Answer) -> None:
        """Answer what oauthlib made."""
        headers, body, status = answer
        for name, value in headers.items():
            self.set_header(name, value)
        self.set_status(status)
        self.finish(body or "")

    def ask(self, endpoint: Callable[..., Answer]) -> Answer:
        """Put the form to *endpoint*; whatever is wrong with it is an OAuth error.

        Only what these endpoints need is passed on: oauthlib would also take an access token
        out of the query or the body, where it is logged (RFC 9700 section 4.3.2).
        """
        try:
            body = self._read_form()
            return endpoint(self._uri(), "POST", body, self._authorization())
        except OAuth2Error as error:
            return (
                {"Content-Type": "application/json", **error.headers},
                error.json,
                error.status_code,
            )

    def _read_form(self) -> str:
        """Return the form as it came.

        Raises:
            InvalidRequestError: If it is no form, or repeats a parameter (RFC 6749 section 3.2).
        """
        kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        repeated = any(len(values) > 1 for values in self.request.body_arguments.values())
        if kind != _FORM or repeated or self.request.query or not self.request.body.isascii():
            raise InvalidRequestError(description="Send each parameter once, as a form.")
        return self.request.body.decode("ascii")

    def _uri(self) -> str:
        return f"{self.site.issuer}{self.request.path}"

    def _authorization(self) -> dict[str, str]:
        value = self.request.headers.get("Authorization")
        return {"Authorization": value} if value else {}


class DiscoveryHandler(ProtocolHandler):
    """``GET /.well-known/openid-configuration``, and the same for RFC 8414."""

    def get(self) -> None:
        """Describe the service."""
        self.write_json(server_metadata(self.site.issuer))


class KeysHandler(ProtocolHandler):
    """``GET /keys``: the public halves of the signing keys."""

    def get(self) -> None:
        """Answer the JWK Set."""
        self.write_json(self.site.keys.public())


class TokenHandler(ProtocolHandler):
    """``POST /token``: a code or a refresh token for an access token."""

    async def post(self) -> None:
        """Answer once the grant is on disk."""
        await self.site.keys.get_ready()
        async with self.site.ledger.changing():
            answer = self.ask(self.site.server.create_token_response)
        self.send(answer)


class RevocationHandler(ProtocolHandler):
    """``POST /revoke`` (RFC 7009)."""

    async def post(self) -> None:
        """End a token; for a refresh token the whole grant."""
        async with self.site.ledger.changing():
            answer = self.ask(self.site.server.create_revocation_response)
        self.send(answer)


class IntrospectionHandler(ProtocolHandler):
    """``POST /introspect`` (RFC 7662)."""

    def post(self) -> None:
        """Say whether a token is good."""
        self.send(self.ask(self.site.server.create_introspect_response))


class UserinfoHandler(ProtocolHandler):
    """``GET`` and ``POST /userinfo`` (OpenID Connect Core section 5.3)."""

    def get(self) -> None:
        """Answer the claims that the access token shows."""
        try:
            answer = self.site.server.create_userinfo_response(
                self._uri(), "GET", None, self._authorization()
            )
        except OAuth2Error as error:
            answer = (
                {"Content-Type": "application/json", **error.headers},
                error.json,
                error.status_code,
            )
        self.send(answer)

    post = get
