"""Providers as their documentation shows them: a preset's own addresses, answered from a file."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from desktop_app.providers.model import Provider
from desktop_app.providers.templates import expand
from tests.support import shipped
from tests.support.rig import Rig
from tests.support.signing import public_jwk, signed

REPLAYS = Path(__file__).parents[1] / "providers" / "replays"
CLIENT = {"client_id": "the-client", "client_secret": "the-secret"}
_ANSWERS = {"host": "server.example", "realm": "staff"}

Replay = dict[str, Any]


@functools.cache
def replays() -> dict[str, Replay]:
    """Return every replay by its provider's id."""
    files = sorted(REPLAYS.glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in files}


class ReplayedProvider:
    """Answers at the preset's addresses, moved to this machine, with what a replay holds.

    Attributes:
        asked: Every request that came, as method, original address and the rest.
        refusing: Lets the token endpoint answer with the replay's error.
        doubting: Lets the revocation answer without a proof.
    """

    def __init__(self, provider_id: str, replay: Replay, clock: Callable[[], float]) -> None:
        self.replay = replay
        self.asked: list[dict[str, Any]] = []
        self.refusing = False
        self.doubting = False
        self.nonce: str | None = None
        self._clock = clock
        preset = shipped.catalogue().get(provider_id)
        assert preset is not None
        self._preset = expand(preset, {**_ANSWERS, **replay.get("values", {})})
        self._server = HTTPServer(Application([(r".*", _Handler, {"replayed": self})]))
        self._base = ""

    async def __aenter__(self) -> ReplayedProvider:
        sockets = bind_sockets(0, "127.0.0.1")
        self._base = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        self._server.add_sockets(sockets)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.stop()
        await self._server.close_all_connections()

    def moved(self, url: str) -> str:
        """Return where an address of the provider's is answered on this machine."""
        parts = urlsplit(url)
        path = f"/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return self._base + path

    def entry(self) -> Provider:
        """Return the preset as the person has it, its addresses moved."""
        values = msgspec.to_builtins(self._preset)
        moved = msgspec.convert(self._move(values, ""), Provider)
        secret = CLIENT["client_secret"] if moved.needs_secret else None
        return replace(
            moved,
            client_id=CLIENT["client_id"],
            client_secret=secret,
            issuer_assumed=False,
            # Two tests at once would want one fixed port.
            redirect=replace(moved.redirect, port=None),
        )

    def _move(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: self._move(each, key) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._move(each, name) for each in value]
        places = name in {"issuer", "issuer_template", "url"} or name.endswith(("_endpoint", "uri"))
        moves = places and isinstance(value, str) and value.startswith("https://")
        return self.moved(value) if moves else value

    def answer(self, request: dict[str, Any]) -> tuple[int, str, bytes]:
        """Return the status, type and body for one request."""
        self.asked.append(request)
        url, found = request["url"], self._documents(request["url"])
        if found is not None:
            return _sent({"status": 200, "body": found})
        for call in (*self.replay.get("further", ()), self._userinfo()):
            if call and url == call["url"]:
                return _sent(call["answer"])
        return self._told(url)

    def _told(self, url: str) -> tuple[int, str, bytes]:
        revocation = self.replay.get("revocation", {})
        if url == revocation.get("url", revocation.get("rfc7009")):
            return _sent(revocation["refused"] if self.doubting else revocation)
        if url == self._address("token_endpoint"):
            return _sent(self.replay["error"] if self.refusing else self._tokens())
        if url == self._address("request_token_endpoint"):
            return _sent(self.replay["temporary"])
        return 404, "text/plain", f"nothing at {url}".encode()

    def _address(self, name: str) -> str:
        told = getattr(self._preset, name)
        return told or f"{self._preset.issuer}/{name}"

    def _userinfo(self) -> dict[str, Any]:
        call = self.replay.get("userinfo")
        where = (self._address("userinfo_endpoint") or "").partition("?")[0]
        return {"url": where, **call} if call else {}

    def _documents(self, url: str) -> Any:
        if url.endswith("/.well-known/openid-configuration"):
            return self._description()
        if url == self._address("jwks_uri"):
            return {"keys": [public_jwk("RS256", 1, kid="key-1", use="sig")]}
        return None

    def _description(self) -> dict[str, Any]:
        names = ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
        if "rfc7009" in self.replay.get("revocation", {}):
            names.append("revocation_endpoint")
        places = {name: self.moved(self._address(name)) for name in names}
        if "revocation_endpoint" in places:
            places["revocation_endpoint"] = self.moved(self.replay["revocation"]["rfc7009"])
        template = self._preset.issuer_template
        return {
            "issuer": self.moved(
                (template or self._preset.issuer or "").replace("{tid}", "{tenantid}")
            ),
            **places,
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.replay.get("discovery", {}),
        }

    def _tokens(self) -> dict[str, Any]:
        told = self.replay["token"]
        if "id_token" not in self.replay:
            return dict(told)
        return {**told, "body": {**told["body"], "id_token": self._id_token()}}

    def _id_token(self) -> str:
        now, claims = self._clock(), self.replay["id_token"]
        issuer = self._preset.issuer_template or self._preset.issuer or ""
        issuer = issuer.replace("{tid}", claims.get("tid", ""))
        fixed = {"iss": self.moved(issuer), "aud": CLIENT["client_id"], "nonce": self.nonce}
        return signed({**fixed, "iat": now, "exp": now + 300, **claims}, kid="key-1")


Scene = Callable[[Rig, ReplayedProvider], Awaitable[None]]


def play(provider_id: str, scene: Scene) -> None:
    """Run *scene* with services that know the provider, which answers what its replay holds."""

    async def run() -> None:
        async with Rig() as rig:
            replay = replays()[provider_id]
            async with ReplayedProvider(provider_id, replay, rig.clock) as replayed:
                await rig.provider_store.save(replayed.entry())
                await scene(rig, replayed)

    asyncio.run(run())


class _Handler(RequestHandler):
    def initialize(self, replayed: ReplayedProvider) -> None:
        self._replayed = replayed

    def check_xsrf_cookie(self) -> None:
        pass

    async def get(self) -> None:
        self._answer()

    post = delete = get

    def _answer(self) -> None:
        arguments = self.request.query_arguments, self.request.body_arguments
        query, form = ({k: v[0].decode() for k, v in each.items()} for each in arguments)
        is_json = self.request.headers.get("Content-Type") == "application/json"
        status, kind, body = self._replayed.answer(
            {
                "method": self.request.method,
                "url": "https:/" + self.request.path,
                "headers": dict(self.request.headers.get_all()),
                "query": query,
                "form": form,
                "json": json.loads(self.request.body) if is_json else {},
            }
        )
        self.set_status(status)
        self.set_header("Content-Type", kind)
        if status != 204:
            self.write(body)


def _sent(answer: dict[str, Any]) -> tuple[int, str, bytes]:
    body = answer.get("body")
    if isinstance(body, str):
        return answer["status"], answer.get("type", "text/plain"), body.encode()
    return answer["status"], "application/json", b"" if body is None else json.dumps(body).encode()
