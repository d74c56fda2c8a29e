"""A client of the photo service's older way that signs with oauthlib, not with our own code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from oauthlib.oauth1 import Client
from tornado.httpclient import HTTPResponse

from desktop_app.demo.http_browser import Page
from tests.support.photos import Running, client_credentials

ALL = "profile,email,photos.read,photos.delete"


@dataclass
class OlderClient:
    """Signs in through every step of RFC 5849 section 2, and uses what it got."""

    photos: Running
    method: str = "HMAC-SHA256"
    token: str | None = None
    secret: str | None = None
    callback: str = ""
    given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.callback = self.callback or self.photos.client.callback.uri

    def at(self, name: str) -> str:
        return f"{self.photos.issuer}/oauth1/{name}"

    def signer(self, **changes: Any) -> Client:
        client = client_credentials()
        values: dict[str, Any] = {
            "client_key": "coatcheck",
            "client_secret": client.secret,
            "rsa_key": client.private_key if self.method.startswith("RSA") else None,
            "resource_owner_key": self.token,
            "resource_owner_secret": self.secret,
            "signature_method": self.method,
            "timestamp": str(int(self.photos.clock())),
            "nonce": secrets.token_hex(12),
        }
        return Client(**{**values, **changes})

    async def send(
        self, method: str, url: str, body: str | None = None, **changes: Any
    ) -> HTTPResponse:
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        signer = self.signer(**changes)
        uri, headers, _ = signer.sign(url, http_method=method, body=body, headers=kind)
        sent = body or ("" if method == "POST" else None)
        return await self.photos.client.fetch(uri, method=method, headers=headers, body=sent)

    async def begin(self, **changes: Any) -> HTTPResponse:
        self.token = self.secret = None
        changes = {"callback_uri": self.callback, **changes}
        return await self.send("POST", self.at("initiate"), **changes)

    async def take(self, response: HTTPResponse) -> dict[str, str]:
        """Keep the credentials of *response* and return its fields."""
        assert response.code == 200, (response.code, response.body)
        self.given = dict(parse_qsl(response.body.decode(), strict_parsing=True))
        self.token, self.secret = self.given["oauth_token"], self.given["oauth_token_secret"]
        return self.given

    def question(self, scope: str = ALL) -> str:
        query = urlencode({"oauth_token": self.token or "", "scope": scope})
        return f"{self.at('authorize')}?{query}"

    async def decide(self, scope: str = ALL, **choices: Any) -> Page:
        """Sign in as the person and answer the question."""
        browser = self.photos.client.browser
        page = await browser.open(self.question(scope))
        if b'action="/oauth1/sign-in' in page.body:
            page = await browser.submit(page, page.form("/oauth1/sign-in"))
        values = {"decision": choices.pop("decision", "allow")}
        return await browser.submit(page, page.form("/oauth1/consent"), values=values, **choices)

    async def exchange(self, verifier: str) -> HTTPResponse:
        return await self.send("POST", self.at("token"), verifier=verifier)

    async def grant(self, scope: str = ALL, **choices: Any) -> dict[str, str]:
        """Sign in from beginning to end and return the token answer."""
        await self.take(await self.begin())
        await self.decide(scope, **choices)
        answer = self.photos.client.callback.answer()
        assert answer.keys() == {"oauth_token", "oauth_verifier"}
        assert answer["oauth_token"] == self.token
        return await self.take(await self.exchange(answer["oauth_verifier"]))

    async def get(self, path: str, **changes: Any) -> HTTPResponse:
        return await self.send("GET", f"{self.photos.issuer}{path}", **changes)


def path_of(url: str) -> str:
    """Return the path of *url*."""
    return urlsplit(url).path
