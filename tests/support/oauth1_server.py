"""An OAuth 1.0a server on a real port, on oauthlib's server side, for all five signatures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from oauthlib.oauth1 import RequestValidator, WebApplicationServer
from oauthlib.oauth1.rfc5849.errors import OAuth1Error
from oauthlib.oauth1.rfc5849.utils import UNICODE_ASCII_CHARACTER_SET
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.support.in_thread import in_thread

CLIENT_ID = "coatcheck-consumer-key"
CLIENT_SECRET = "the-consumer+secret/&%"
METHODS = ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "RSA-SHA256", "PLAINTEXT")

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE_KEY = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
_PUBLIC_KEY = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class _Book(RequestValidator):  # type: ignore[misc]
    """What the server knows: one client, its temporary and its token credentials."""

    enforce_ssl = False
    client_key_length = nonce_length = request_token_length = (8, 200)
    access_token_length = verifier_length = (8, 200)
    safe_characters = set(UNICODE_ASCII_CHARACTER_SET) | set("-_.~")
    dummy_client = dummy_request_token = dummy_access_token = "dummy-dummy-dummy"
    allowed_signature_methods = METHODS

    def __init__(self) -> None:
        self.temporary: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}
        self.nonces: set[tuple[str, str]] = set()

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return CLIENT_SECRET

    def get_rsa_key(self, client_key: str, request: Any) -> str:
        return _PUBLIC_KEY.decode()

    def get_request_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return str(self.temporary.get(token, {}).get("oauth_token_secret", "none"))

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return self.tokens.get(token, "none")

    def get_default_realms(self, client_key: str, request: Any) -> list[str]:
        return []

    def get_realms(self, token: str, request: Any) -> list[str]:
        return []

    def get_redirect_uri(self, token: str, request: Any) -> str:
        return str(self.temporary[token]["callback"])

    def invalidate_request_token(self, client_key: str, request_token: str, request: Any) -> None:
        del self.temporary[request_token]

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        return client_key == CLIENT_ID

    def validate_request_token(self, client_key: str, token: str, request: Any) -> bool:
        return token in self.temporary

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return token in self.tokens

    def validate_timestamp_and_nonce(
        self, client_key: str, timestamp: str, nonce: str, request: Any, **_: Any
    ) -> bool:
        fresh = (timestamp, nonce) not in self.nonces
        self.nonces.add((timestamp, nonce))
        return fresh

    def validate_redirect_uri(self, client_key: str, redirect_uri: str, request: Any) -> bool:
        return redirect_uri == "oob" or redirect_uri.startswith(("http://127.0.0.1:", "https://"))

    def validate_requested_realms(self, client_key: str, realms: Any, request: Any) -> bool:
        return True

    def validate_realms(self, client_key: str, token: str, request: Any, **_: Any) -> bool:
        return True

    def validate_verifier(self, client_key: str, token: str, verifier: str, request: Any) -> bool:
        return self.temporary.get(token, {}).get("verifier") == verifier

    def verify_request_token(self, token: str, request: Any) -> bool:
        return token in self.temporary

    def verify_realms(self, token: str, realms: Any, request: Any) -> bool:
        return True

    def save_request_token(self, token: dict[str, Any], request: Any) -> None:
        self.temporary[token["oauth_token"]] = {**token, "callback": request.redirect_uri}

    def save_verifier(self, token: str, verifier: dict[str, Any], request: Any) -> None:
        self.temporary[token]["verifier"] = verifier["oauth_verifier"]

    def save_access_token(self, token: dict[str, Any], request: Any) -> None:
        self.tokens[token["oauth_token"]] = token["oauth_token_secret"]


class Oauth1Server:
    """One client, one account; the person says yes as soon as their browser comes.

    Attributes:
        confirmed: How ``oauth_callback_confirmed`` is spelled.
        account: What ``/me`` says; ``/app/private`` echoes the form of a signed request.
        told: Further members of the token answer.
        says_no: The person refuses.
        refusal: Status and body of ``/me`` in the place of the account.
        authorizations: The ``Authorization`` headers that came.
    """

    def __init__(self) -> None:
        self.url = ""
        self.book = _Book()
        self.endpoints = WebApplicationServer(self.book)
        self.confirmed = "true"
        self.account: dict[str, Any] = {"id": 17, "who": {"name": "Maria Sample"}, "nick": "maria"}
        self.told: dict[str, str] = {}
        self.says_no = False
        self.refusal: tuple[int, str] | None = None
        self.authorizations: list[str] = []
        self.seen: list[str] = []
        self._server = HTTPServer(Application([(r"/(.*)", _Handler, {"server": self})]))

    async def __aenter__(self) -> Oauth1Server:
        self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.stop()
        await self._server.close_all_connections()

    def listen(self) -> None:
        sockets = bind_sockets(0, "127.0.0.1")
        self.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        self._server.add_sockets(sockets)

    def entry(self, method: str = "HMAC-SHA1", **changes: Any) -> dict[str, Any]:
        """Return what a person enters about this server, as the API takes it."""
        proof = {"private_key": PRIVATE_KEY} if method[:3] == "RSA" else {}
        return {
            "id": "signed",
            "name": "Signed",
            "protocol": "oauth1",
            "request_token_endpoint": f"{self.url}/initiate",
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/me",
            "signature_method": method,
            "client_id": CLIENT_ID,
            **(proof or {"client_secret": CLIENT_SECRET}),
            "userinfo_mapping": {"subject": "id", "name": "/who/name", "username": "nick"},
            "token_hosts": [self.url],
            **changes,
        }


@contextmanager
def running_oauth1_server() -> Iterator[Oauth1Server]:
    """Run the server in a thread until the block ends."""
    with in_thread(Oauth1Server) as server:
        yield server


class _Handler(RequestHandler):
    def initialize(self, server: Oauth1Server) -> None:
        self._server = server

    def check_xsrf_cookie(self) -> None:
        pass

    def get(self, path: str) -> None:
        self._answer(path)

    def post(self, path: str) -> None:
        self._answer(path)

    def _answer(self, path: str) -> None:
        self._server.seen.append(path)
        self._server.authorizations.append(self.request.headers.get("Authorization", ""))
        answers = {
            "initiate": self._initiate,
            "authorize": self._authorize,
            "token": self._token,
            "me": self._me,
            "app/private": self._private,
        }
        if path in answers:
            answers[path]()
        else:
            self.send_error(404)

    def _request(self) -> dict[str, Any]:
        request = self.request
        return {
            "uri": f"{self._server.url}{request.uri}",
            "http_method": request.method,
            "body": request.body.decode(),
            "headers": dict(request.headers.get_all()),
        }

    def _initiate(self) -> None:
        headers, body, status = self._server.endpoints.create_request_token_response(
            **self._request()
        )
        confirmed = f"oauth_callback_confirmed={self._server.confirmed}"
        self._give(
            headers, (body or "").replace("oauth_callback_confirmed=true", confirmed), status
        )

    def _authorize(self) -> None:
        token = self.get_query_argument("oauth_token")
        if self._server.says_no:
            back = self._server.book.temporary[token]["callback"]
            self.redirect(f"{back}?denied={token}")
            return
        try:
            headers, body, status = self._server.endpoints.create_authorization_response(
                **self._request()
            )
        except OAuth1Error:
            self.send_error(400)
            return
        self._give(headers, body, status)

    def _token(self) -> None:
        headers, body, status = self._server.endpoints.create_access_token_response(
            **self._request(), credentials=self._server.told
        )
        self._give(headers, body, status)

    def _me(self) -> None:
        if self._server.refusal:
            status, text = self._server.refusal
            self.set_status(status)
            self.finish(text)
        elif self._is_signed():
            self.finish(json.dumps(self._server.account))

    def _private(self) -> None:
        if self._is_signed():
            self.finish(json.dumps(parse_qsl(self.request.body.decode())))

    def _is_signed(self) -> bool:
        valid, _ = self._server.endpoints.validate_protected_resource_request(**self._request())
        if not valid:
            self.set_status(401)
            self.finish("oauth_problem=token_rejected")
        return bool(valid)

    def _give(self, headers: dict[str, str], body: str | None, status: int) -> None:
        self.set_status(status)
        for name, value in headers.items():
            self.set_header(name, value)
        self.finish(body or "")
