"""Requests of bound grants: proofs, nonces, and the second try."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from functools import partial
from typing import Any
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import JWKRegistry

from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.dpop import new_dpop_key
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.token import refresh_request
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.tokens.proofs import Prover
from tests.support.made_up import grant

NOW = 1_770_000_000.0
KEY = new_dpop_key()
TOKEN_ENDPOINT = "https://as.example/token"
PLAIN = HttpResponse(status=200, body=b"{}")


def gives(nonce: str, response: HttpResponse = PLAIN) -> HttpResponse:
    return HttpResponse(status=response.status, headers={"dpop-nonce": nonce}, body=response.body)


def wants(nonce: str) -> HttpResponse:
    body = json.dumps({"error": "use_dpop_nonce"}).encode()
    return gives(nonce, HttpResponse(status=400, body=body))


class Answering:
    """Stands at ``ports.HttpClient``: prepared answers in turn, the last one for ever."""

    def __init__(self, *answers: HttpResponse) -> None:
        self._answers = list(answers)
        self.requests: list[HttpRequest] = []

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def proofs(self) -> list[dict[str, Any]]:
        return [claims(request.headers["DPoP"]) for request in self.requests]


def claims(proof: str) -> dict[str, Any]:
    header = json.loads(_decoded(proof.split(".", maxsplit=1)[0]))
    key = JWKRegistry.import_key(header["jwk"])
    return dict(jwt.decode(proof, key).claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def prover(http: Answering) -> Prover:
    return Prover(http=http, clock=lambda: NOW, random=secrets.token_bytes)


def renewing(endpoint: str = TOKEN_ENDPOINT, **client: Any) -> Any:
    return partial(
        refresh_request,
        endpoint=endpoint,
        client=Client(client_id="c", **client),
        refresh_token="rt",
    )


def ask(asker: Prover, key: str | None = KEY, **changes: Any) -> HttpResponse:
    return asyncio.run(asker.ask(renewing(**changes), key=key))


def test_without_a_key_there_is_no_proof() -> None:
    http = Answering(PLAIN)
    ask(prover(http), key=None)
    assert "DPoP" not in http.requests[0].headers


def test_a_second_try_makes_the_whole_request_anew() -> None:
    """RFC 9449 section 8; a proof and a client's assertion are good once."""
    http = Answering(wants("n-1"), PLAIN)
    secret = "a-secret-of-at-least-thirty-two-bytes!"
    assert ask(prover(http), method="client_secret_jwt", client_secret=secret) == PLAIN
    first, second = http.proofs()
    assert "nonce" not in first
    assert second["nonce"] == "n-1"
    assert first["jti"] != second["jti"]
    assertions = [
        parse_qs((request.body or b"").decode())["client_assertion"][0] for request in http.requests
    ]
    assert assertions[0] != assertions[1]


def test_a_server_that_wants_a_nonce_twice_in_a_row_is_not_asked_a_third_time() -> None:
    http = Answering(wants("n-1"))
    assert ask(prover(http)).status == 400
    assert len(http.requests) == 2


def test_the_nonce_of_any_answer_is_used_the_next_time() -> None:
    """RFC 9449 section 8.2: also one that comes with a success, or with another error."""
    http = Answering(gives("n-1"), gives("n-2", HttpResponse(status=503)), PLAIN)
    asker = prover(http)
    ask(asker)
    with pytest.raises(ProviderUnreachableError):
        ask(asker)
    ask(asker)
    assert [proof.get("nonce") for proof in http.proofs()] == [None, "n-1", "n-2"]


def test_nonces_are_remembered_for_each_grant_and_origin() -> None:
    http = Answering(gives("n-1"), PLAIN)
    asker = prover(http)
    ask(asker)
    ask(asker, key=new_dpop_key())
    ask(asker, endpoint="https://other.example/token")
    ask(asker, endpoint="https://as.example/par")
    assert [proof.get("nonce") for proof in http.proofs()] == [None, None, None, "n-1"]


def test_a_resource_gets_the_token_bound_to_the_proof() -> None:
    http = Answering(PLAIN)
    mine = grant(token_type="DPoP", dpop_key=KEY)
    request = HttpRequest(method="GET", url="https://api.example/me?page=1")
    asyncio.run(prover(http).ask_resource(request, mine))
    sent = http.requests[0]
    assert sent.headers["Authorization"] == f"DPoP {mine.access_token}"
    (proof,) = http.proofs()
    assert (proof["htm"], proof["htu"]) == ("GET", "https://api.example/me")
    assert proof["ath"]


def test_a_resource_of_a_grant_that_is_not_bound_gets_no_proof() -> None:
    http = Answering(PLAIN)
    request = HttpRequest(method="GET", url="https://api.example/me")
    asyncio.run(prover(http).ask_resource(request, grant()))
    assert http.requests == [request]


def test_nonces_of_long_unused_grants_are_forgotten() -> None:
    http = Answering(gives("n-1"), PLAIN)
    asker = prover(http)
    ask(asker)
    for number in range(1000):
        asker._known(f"key-{number}")
    ask(asker)
    assert [proof.get("nonce") for proof in http.proofs()] == [None, None]
