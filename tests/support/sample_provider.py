"""A small OpenID provider on a real port, which can be told to misbehave in any way."""

from __future__ import annotations

import asyncio
import io
import json
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from tests.support.signing import public_jwk, signed

CLIENT_ID = "coatcheck-client"

Answer = tuple[int, str, bytes]
"""Status, content type and body."""


def as_json(members: Any, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(members).encode()


def picture(size: tuple[int, int] = (300, 200)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "PNG")
    return out.getvalue()


class SampleProvider:
    """Rotates refresh tokens and ends the family when an old one comes back.

    With a *name* and *tls* it is at https://NAME, which a proxy has to lead to ``port``.

    Attributes:
        answers: Path to a function that answers instead of the usual.
        gate: While clear, the token endpoint keeps its callers waiting.
        claims: What the ID token says besides; None leaves a claim out.
        sign: Signs the ID token in another way than with the published key.
        refresh_expires_in: Seconds that each refresh token says it is good, if any.
        headers: Sent with every answer.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        name: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._name = name
        self.issuer = ""
        self.port = 0
        self.nonce: str | None = None
        self.subject = "subject-1"
        self.expires_in: int | None = 300
        self.gives_refresh_token = True
        self.refresh_expires_in: float | None = None
        self.headers: dict[str, str] = {}
        self.refresh_token: str | None = None
        self.key_number = 1
        self.claims: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] | None = None
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {"name": "Maria Sample", "email": "maria@example.org"}
        self.answers: dict[str, Callable[[dict[str, str]], Answer]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.authorizations: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._count = 0
        application = Application([(r".*", Handler, {"provider": self})])
        self._server = HTTPServer(application, ssl_options=tls)

    async def __aenter__(self) -> SampleProvider:
        sockets = bind_sockets(0, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        self.issuer = f"https://{self._name}" if self._name else f"http://127.0.0.1:{self.port}"
        self._server.add_sockets(sockets)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()

    def saw(self, authorization_url: str) -> None:
        """Remember the nonce, as the provider does when the browser comes."""
        query = parse_qs(urlsplit(authorization_url).query)
        self.nonce = query.get("nonce", [None])[0]  # type: ignore[list-item]

    def asked(self, path: str) -> list[dict[str, str]]:
        """Return the forms that came to *path*."""
        return [form for where, form in self.requests if where == path]

    async def answer(self, path: str, form: dict[str, str], authorization: str) -> Answer:
        self.requests.append((path, form))
        self.authorizations.append(authorization)
        if path == "/token":
            await self.gate.wait()
        if path in self.answers:
            return self.answers[path](form)
        usual = {
            "/.well-known/openid-configuration": self._describe,
            "/jwks": self._keys,
            "/token": lambda: self._token(form),
            "/userinfo": lambda: as_json({"sub": self.subject, **self.userinfo}),
            "/revoke": lambda: (200, "text/plain", b""),
            "/introspect": lambda: as_json({"active": True, "scope": "openid"}),
            "/picture.png": lambda: (200, "image/png", picture()),
        }
        return usual[path]() if path in usual else (404, "text/plain", b"nothing")

    def _describe(self) -> Answer:
        return as_json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "revocation_endpoint": f"{self.issuer}/revoke",
                "introspection_endpoint": f"{self.issuer}/introspect",
                "jwks_uri": f"{self.issuer}/jwks",
                "response_types_supported": ["code"],
                "scopes_supported": ["openid", "profile", "email", "offline_access"],
                "token_endpoint_auth_methods_supported": ["none"],
                "id_token_signing_alg_values_supported": ["RS256"],
                **self.metadata,
            }
        )

    def _keys(self) -> Answer:
        kid = f"key-{self.key_number}"
        return as_json({"keys": [public_jwk("RS256", self.key_number, kid=kid, use="sig")]})

    def _token(self, form: dict[str, str]) -> Answer:
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] != self.refresh_token:
                self.refresh_token = None
                return as_json({"error": "invalid_grant"}, 400)
            return as_json(self._tokens())
        return as_json({**self._tokens(), "id_token": self.id_token()})

    def _tokens(self) -> dict[str, Any]:
        self._count += 1
        tokens: dict[str, Any] = {"access_token": f"at-{self._count}", "token_type": "Bearer"}
        if self.expires_in is not None:
            tokens["expires_in"] = self.expires_in
        if self.gives_refresh_token:
            self.refresh_token = f"rt-{self._count}"
            tokens["refresh_token"] = self.refresh_token
        if self.refresh_expires_in is not None:
            tokens["refresh_token_expires_in"] = int(self.refresh_expires_in)
        return tokens

    def id_token(self) -> str:
        now = self._clock()
        claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            **self.claims,
        }
        present = {name: value for name, value in claims.items() if value is not None}
        if self.sign is not None:
            return self.sign(present)
        return signed(present, number=self.key_number, kid=f"key-{self.key_number}")


class Handler(RequestHandler):
    def initialize(self, provider: SampleProvider) -> None:
        self._provider = provider

    def check_xsrf_cookie(self) -> None:
        pass

    async def get(self) -> None:
        await self._answer()

    async def post(self) -> None:
        await self._answer()

    async def _answer(self) -> None:
        form = {name: self.get_argument(name, strip=False) for name in self.request.arguments}
        authorization = self.request.headers.get("Authorization", "")
        answer = await self._provider.answer(self.request.path, form, authorization)
        status, content_type, body = answer
        self.set_status(status)
        self.set_header("Content-Type", content_type)
        for name, value in self._provider.headers.items():
            self.set_header(name, value)
        if 300 <= status < 400:
            self.set_header("Location", body.decode())
            body = b""
        self.finish(body)
