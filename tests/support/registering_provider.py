"""A provider that registers clients (RFC 7591, RFC 7592) and compares redirect URIs exactly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from tests.support import sample_provider
from tests.support.sample_provider import Answer, SampleProvider, as_json

Members = dict[str, Any]


class RegisteringProvider(SampleProvider):
    """The sample provider, with clients that come and go.

    Attributes:
        clients: What is registered, by client ID.
        manages: False for a provider that offers no RFC 7592.
        refuse: Looks at a request and returns an answer if it is to be refused.
        more: Members that every answer has besides.
        told: False for one that takes members without repeating them.
        fault: What a registration's own address answers instead of working.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.clients: dict[str, Members] = {}
        self.manages = True
        self.told = True
        self.fault: Answer | None = None
        self.more: Members = {}
        self.refuse: Callable[[Members], Answer | None] = lambda _: None
        self.wishes: list[Members] = []
        self.looks: list[tuple[str, str]] = []
        self._server = HTTPServer(
            Application(
                [
                    (r"/register(?:/(.*))?", _RegisterHandler, {"provider": self}),
                    (r".*", sample_provider.Handler, {"provider": self}),
                ]
            )
        )

    async def __aenter__(self) -> RegisteringProvider:
        await super().__aenter__()
        self.metadata["registration_endpoint"] = f"{self.issuer}/register"
        return self

    def saw(self, authorization_url: str) -> None:
        """Look at the client and its redirect URI as a strict provider does."""
        super().saw(authorization_url)
        query = {
            name: values[0] for name, values in parse_qs(urlsplit(authorization_url).query).items()
        }
        assert query["redirect_uri"] in self.clients[query["client_id"]]["redirect_uris"]
        self.claims["aud"] = query["client_id"]

    def register(self, wish: Members) -> Answer:
        self.wishes.append(wish)
        refused = self.refuse(wish)
        if refused is not None:
            return refused
        client_id = f"client-{len(self.wishes)}"
        self.clients[client_id] = {**wish, "client_id": client_id, **self._own(client_id)}
        return as_json(self._shown(client_id), 201)

    def manage(self, method: str, client_id: str, body: bytes, authorization: str) -> Answer:
        self.looks.append((method, client_id))
        if self.fault is not None:
            return self.fault
        known = self.clients.get(client_id)
        if known is None or authorization != f"Bearer {known['registration_access_token']}":
            return as_json({"error": "invalid_token"}, 401)
        if method == "DELETE":
            del self.clients[client_id]
            return 204, "text/plain", b""
        if method == "PUT":
            wish = json.loads(body)
            self.clients[client_id] = {**wish, **self._own(client_id, turn=True)}
        return as_json(self._shown(client_id))

    def _own(self, client_id: str, *, turn: bool = False) -> Members:
        """A change gives a new registration token, as the RFC allows."""
        if not self.manages:
            return dict(self.more)
        number = 1 + (len(self.looks) if turn else 0)
        return {
            "registration_access_token": f"rat-{client_id}-{number}",
            "registration_client_uri": f"{self.issuer}/register/{client_id}",
            **self.more,
        }

    def _shown(self, client_id: str) -> Members:
        known = self.clients[client_id]
        return known if self.told else {"client_id": client_id, **self._own(client_id)}


class _RegisterHandler(RequestHandler):
    def initialize(self, provider: RegisteringProvider) -> None:
        self._provider = provider

    def check_xsrf_cookie(self) -> None:
        pass

    async def post(self, _: str | None) -> None:
        self._write(self._provider.register(json.loads(self.request.body)))

    async def get(self, client_id: str) -> None:
        self._manage(client_id)

    async def put(self, client_id: str) -> None:
        self._manage(client_id)

    async def delete(self, client_id: str) -> None:
        self._manage(client_id)

    def _manage(self, client_id: str) -> None:
        request = self.request
        method, authorization = request.method or "", request.headers.get("Authorization", "")
        self._write(self._provider.manage(method, client_id, request.body, authorization))

    def _write(self, answer: Answer) -> None:
        status, content_type, body = answer
        self.set_status(status)
        if status != 204:
            self.set_header("Content-Type", content_type)
        self.finish(body)
