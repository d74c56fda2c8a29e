"""The older way's endpoints for clients: credentials, the account, and taking them back."""

from __future__ import annotations

import http
from collections.abc import Callable
from typing import Any

from tornado.web import HTTPError

from desktop_app.demo.photo_service.accounts import find_account
from desktop_app.demo.photo_service.grants import Grant
from desktop_app.demo.photo_service.handlers.protocol import Answer, ProtocolHandler
from desktop_app.demo.photo_service.userinfo import account_details

_CHALLENGE = 'OAuth realm="photos"'


class SignedHandler(ProtocolHandler):
    """Hands oauthlib the whole request: every part of it is signed."""

    def signed_request(self) -> dict[str, Any]:
        """Return the request as oauthlib takes it.

        Raises:
            HTTPError: If its body is no form in ASCII, which RFC 5849 section 3.4.1.3.1 needs.
        """
        if not self.request.body.isascii():
            raise HTTPError(http.HTTPStatus.BAD_REQUEST)
        query = f"?{self.request.query}" if self.request.query else ""
        kind = self.request.headers.get("Content-Type")
        return {
            "uri": f"{self._uri()}{query}",
            "http_method": self.request.method,
            "body": self.request.body.decode("ascii"),
            "headers": {**self._authorization(), **({"Content-Type": kind} if kind else {})},
        }

    def caller(self) -> Grant | None:
        """Return the grant that signed this request, or None if nobody did.

        Raises:
            HTTPError: If it can't be read.
        """
        try:
            return self.site.signing.caller(**self.signed_request())
        except ValueError as error:
            raise HTTPError(http.HTTPStatus.BAD_REQUEST) from error

    def refuse(self) -> None:
        """Answer that the signature is not that of anybody who was let in.

        Source: RFC 5849 section 3.2, OAuth Problem Reporting.
        """
        self.set_header("WWW-Authenticate", f'{_CHALLENGE}, oauth_problem="token_rejected"')
        self.set_status(http.HTTPStatus.UNAUTHORIZED)
        self.write_json({"error": "token_rejected"})

    def answer_of(self, endpoint: Callable[..., Answer]) -> Answer:
        """Return what *endpoint* of oauthlib's makes of the request.

        Raises:
            HTTPError: If it can't be read.
        """
        try:
            headers, body, status = endpoint(**self.signed_request())
        except ValueError as error:
            raise HTTPError(http.HTTPStatus.BAD_REQUEST) from error
        refused = status == http.HTTPStatus.UNAUTHORIZED
        return {**headers, **({"WWW-Authenticate": _CHALLENGE} if refused else {})}, body, status


class InitiateHandler(SignedHandler):
    """``POST /oauth1/initiate``: temporary credentials (RFC 5849 section 2.1)."""

    def post(self) -> None:
        """Begin a sign-in."""
        self.send(self.answer_of(self.site.signing.create_request_token_response))


class SignedTokenHandler(SignedHandler):
    """``POST /oauth1/token``: a verifier for token credentials (RFC 5849 section 2.3)."""

    async def post(self) -> None:
        """Answer once the grant is on disk."""
        async with self.site.ledger.changing():
            answer = self.answer_of(self.site.signing.create_access_token_response)
        self.send(answer)


class AccountHandler(SignedHandler):
    """``GET /oauth1/account``: who signed in."""

    def get(self) -> None:
        """Answer what the grant shows of the account."""
        grant = self.caller()
        account = find_account(grant.subject) if grant else None
        if grant is None or account is None:
            self.refuse()
            return
        self.write_json(account_details(account, grant.scopes, issuer=self.site.issuer))


class SignedRevocationHandler(SignedHandler):
    """``POST /oauth1/revoke``: the access that signed the request ends itself."""

    async def post(self) -> None:
        """Answer once it is gone from the disk.

        RFC 5849 has no revocation; this is RFC 7009's request, with a signature in the place of
        a client's credentials.
        """
        grant = self.caller()
        if grant is None or self.get_body_argument("token", grant.token) != grant.token:
            self.refuse()
            return
        async with self.site.ledger.changing():
            self.site.ledger.revoke_grant(grant.id)
        self.set_status(http.HTTPStatus.NO_CONTENT)
