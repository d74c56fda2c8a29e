"""The photo service on a real port, and a strict client for it on oauthlib and joserfc."""

from __future__ import annotations

import base64
import copy
import functools
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from oauthlib.oauth2 import WebApplicationClient
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from desktop_app.demo.http_browser import HttpBrowser, Page
from desktop_app.demo.photo_service import PhotoService
from desktop_app.demo.photo_service.oauth1.client import ClientCredentials
from tests.support.memory import Clock

ALL_SCOPES = "openid profile email photos.read photos.delete offline_access"
READ_SCOPES = "openid profile email photos.read offline_access"


@functools.cache
def signing_key() -> Mapping[str, Any]:
    """Return a key that the photo service may have made in an earlier run."""
    return RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)


@functools.cache
def client_credentials() -> ClientCredentials:
    """Return what Coatcheck may have signed with in an earlier run."""
    return ClientCredentials.make(secrets.token_bytes)


class Documents:
    """A document store in memory that gives out copies, and can be full."""

    def __init__(self) -> None:
        # A key is expensive to make, and any will do.
        self.kept: dict[str, Any] = {
            "photos": {"port": 0, "keys": [dict(signing_key())]},
            "photos.client": client_credentials().dump(),
        }
        self.is_full = False

    def get(self, name: str) -> Mapping[str, Any] | None:
        return copy.deepcopy(self.kept.get(name))

    async def save(self, name: str, document: Mapping[str, Any]) -> None:
        if self.is_full:
            raise OSError("no space left")
        # Through JSON, as a store does: what is not JSON must fail here.
        self.kept[name] = json.loads(json.dumps(document))


class Callback:
    """A loopback redirect URI of our own that remembers what arrived."""

    def __init__(self) -> None:
        self.requests: list[HTTPServerRequest] = []
        self._sockets = bind_sockets(0, address="127.0.0.1")
        self.uri = f"http://127.0.0.1:{self._sockets[0].getsockname()[1]}/callback"
        requests = self.requests

        class Handler(RequestHandler):
            def get(self) -> None:
                requests.append(self.request)

            post = get

            def check_xsrf_cookie(self) -> None:
                pass

        self._server = HTTPServer(
            Application([("/callback", Handler)], log_function=lambda _: None)
        )
        self._server.add_sockets(self._sockets)

    def answer(self) -> dict[str, str]:
        """Take the only answer so far, each parameter once."""
        (request,) = self.requests
        self.requests.clear()
        text = request.body.decode() if request.method == "POST" else request.query
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
        assert len(pairs) == len(dict(pairs)), "a parameter came twice"
        return dict(pairs)

    async def close(self) -> None:
        self._server.stop()
        await self._server.close_all_connections()


@dataclass
class StrictClient:
    """A client that trusts nothing that it has not checked."""

    issuer: str
    callback: Callback
    browser: HttpBrowser
    clock: Clock
    metadata: dict[str, Any] = field(default_factory=dict)
    oauth: WebApplicationClient = field(default_factory=lambda: WebApplicationClient("coatcheck"))
    state: str = ""
    nonce: str = ""
    verifier: str = ""

    def __post_init__(self) -> None:
        self._http = AsyncHTTPClient(force_instance=True)

    def close(self) -> None:
        self._http.close()
        self.browser.close()

    async def fetch(self, url: str, **options: Any) -> HTTPResponse:
        options.setdefault("follow_redirects", False)
        return await self._http.fetch(url, raise_error=False, **options)

    async def discover(self) -> None:
        response = await self.fetch(f"{self.issuer}/.well-known/openid-configuration")
        self.metadata = json.loads(response.body)
        assert self.metadata["issuer"] == self.issuer

    def authorization_url(self, scope: str, **extra: str) -> str:
        self.state, self.nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.verifier = self.oauth.create_code_verifier(64)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters = {
            "response_type": "code",
            "client_id": "coatcheck",
            "redirect_uri": self.callback.uri,
            "scope": scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **extra,
        }
        given = {name: value for name, value in parameters.items() if value != "-"}
        return f"{self.metadata['authorization_endpoint']}?{urlencode(given)}"

    async def sign_in(self, page: Page, **values: str) -> Page:
        return await self.browser.submit(page, page.form("/sign-in"), values=values)

    async def consent(
        self, page: Page, *, decision: str = "allow", without: Collection[str] = ()
    ) -> Page:
        form, values = page.form("/consent"), {"decision": decision}
        page = await self.browser.submit(page, form, values=values, without=without)
        answer = page.any_form()
        if answer is not None and answer.action == self.callback.uri:
            page = await self.browser.submit(page, answer)
        return page

    async def authorize(
        self, scope: str = READ_SCOPES, *, without: Collection[str] = (), **extra: str
    ) -> str:
        """Walk through both pages and return the code, after checking state and issuer."""
        page = await self.browser.open(self.authorization_url(scope, **extra))
        if any("sign-in" in form for form in [page.body.decode()] if 'action="/sign-in' in form):
            page = await self.sign_in(page)
        await self.consent(page, without=without)
        answer = self.callback.answer()
        assert answer["state"] == self.state
        assert answer["iss"] == self.issuer
        assert set(answer) == {"code", "state", "iss"}
        return answer["code"]

    async def token(self, body: str) -> tuple[int, dict[str, Any]]:
        response = await self.fetch(
            self.metadata["token_endpoint"],
            method="POST",
            body=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert response.headers["Content-Type"] == "application/json"
        assert response.headers["Cache-Control"] == "no-store"
        return response.code, json.loads(response.body)

    def code_body(self, code: str, **changed: str) -> str:
        return self.oauth.prepare_request_body(
            code=code,
            redirect_uri=changed.pop("redirect_uri", self.callback.uri),
            code_verifier=changed.pop("code_verifier", self.verifier),
            **changed,
        )

    async def redeem(self, code: str, **changed: str) -> tuple[int, dict[str, Any]]:
        return await self.token(self.code_body(code, **changed))

    async def refresh(self, token: str, scope: str | None = None) -> tuple[int, dict[str, Any]]:
        body = self.oauth.prepare_refresh_body(
            refresh_token=token, scope=scope, client_id="coatcheck"
        )
        return await self.token(body)

    async def grant(self, scope: str = READ_SCOPES, **extra: Any) -> dict[str, Any]:
        """Sign in from beginning to end and return the checked token response."""
        status, tokens = await self.redeem(await self.authorize(scope, **extra))
        assert status == 200, tokens
        assert tokens["token_type"] == "Bearer"
        return tokens

    async def post(self, name: str, **form: str) -> HTTPResponse:
        return await self.fetch(
            self.metadata[name],
            method="POST",
            body=urlencode({"client_id": "coatcheck", **form}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    async def introspect(self, token: str) -> dict[str, Any]:
        return json.loads((await self.post("introspection_endpoint", token=token)).body)

    async def get(self, url: str, token: str, **options: Any) -> HTTPResponse:
        path = url if "://" in url else f"{self.issuer}{url}"
        return await self.fetch(path, headers={"Authorization": f"Bearer {token}"}, **options)

    async def check_id_token(self, tokens: Mapping[str, Any], *, nonce: bool = True) -> Any:
        """Validate the ID token (OpenID Connect Core section 3.1.3.7) and return its claims."""
        keys = json.loads((await self.fetch(self.metadata["jwks_uri"])).body)
        decoded = jwt.decode(tokens["id_token"], KeySet.import_key_set(keys), algorithms=["RS256"])
        claims = decoded.claims
        assert claims["iss"] == self.issuer
        assert claims["aud"] == "coatcheck"
        assert claims["iat"] <= self.clock() < claims["exp"]
        assert claims.get("nonce") == (self.nonce if nonce else None)
        digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
        assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return claims


@dataclass
class Running:
    """A running photo service with its client."""

    service: PhotoService
    client: StrictClient
    documents: Documents
    clock: Clock

    @property
    def issuer(self) -> str:
        return self.service.issuer


@asynccontextmanager
async def running(
    documents: Documents | None = None, clock: Clock | None = None
) -> AsyncIterator[Running]:
    """Run a photo service with a client that knows its metadata."""
    documents, clock = documents or Documents(), clock or Clock()
    service = PhotoService(documents=documents, clock=clock, random=secrets.token_bytes)
    issuer = await service.start()
    callback = Callback()
    client = StrictClient(issuer, callback, HttpBrowser(), clock)
    try:
        await client.discover()
        yield Running(service, client, documents, clock)
    finally:
        client.close()
        await callback.close()
        await service.stop()


def query_of(url: str) -> dict[str, str]:
    """Return the query of *url*."""
    return dict(parse_qsl(urlsplit(url).query))
