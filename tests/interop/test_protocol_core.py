"""The protocol core against the npm oidc-provider: what it sends is what a strict peer takes."""

from __future__ import annotations

import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from desktop_app.oauth.authorization import (
    AuthorizationWish,
    PendingAuthorization,
    accept_response,
    authorization_url,
    begin_authorization,
    parse_redirect,
)
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.device import (
    PendingDevice,
    accept_poll,
    device_request,
    device_token_request,
    parse_device_response,
)
from desktop_app.oauth.dpop import (
    DpopNonces,
    check_bound,
    dpop_thumbprint,
    new_dpop_key,
    wanted_nonce,
    with_proof,
)
from desktop_app.oauth.errors import TokenErrorResponse
from desktop_app.oauth.flow_errors import RegistrationGoneError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.id_token import IdTokenExpectation, validate_id_token
from desktop_app.oauth.jwks import JsonWebKeySet, jwks_request, parse_jwks
from desktop_app.oauth.logout import begin_logout
from desktop_app.oauth.metadata import (
    ServerMetadata,
    discovery_request,
    discovery_urls,
    parse_metadata,
)
from desktop_app.oauth.pushed_authorization import (
    parse_pushed_response,
    pushed_authorization_url,
    pushed_request,
)
from desktop_app.oauth.registration import (
    Registration,
    check_usable,
    native_client,
    parse_registration_response,
    registered_client,
    registration_request,
)
from desktop_app.oauth.registration_management import (
    delete_request,
    parse_deletion_response,
    parse_management_response,
    read_request,
    update_request,
)
from desktop_app.oauth.resource_indicators import resource_fields
from desktop_app.oauth.signed_response import (
    SignedResponseExpectation,
    signed_response,
    unproven_state,
    validate_signed_response,
)
from desktop_app.oauth.token import (
    TokenResponse,
    code_request,
    parse_token_response,
    refresh_request,
)
from desktop_app.oauth.userinfo import parse_userinfo
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider

CALLBACK = "http://127.0.0.1:50000/callback"
SCOPES = ("openid", "offline_access")
PUBLIC = Client(client_id="coatcheck")


@pytest.fixture(scope="module")
def peer() -> Iterator[OidcProvider]:
    with running_oidc_provider(everything=True) as provider:
        yield provider


@pytest.fixture(scope="module")
def metadata(peer: OidcProvider) -> ServerMetadata:
    answer = send(discovery_request(discovery_urls(peer.issuer)[0]))
    return parse_metadata(answer, issuer=peer.issuer)


def send(request: HttpRequest) -> HttpResponse:
    outgoing = urllib.request.Request(
        request.url, request.body, dict(request.headers), method=request.method
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(outgoing, timeout=120) as answer:
            return response_of(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return response_of(error.code, error.headers, error.read())


def response_of(status: int, headers: Any, body: bytes) -> HttpResponse:
    return HttpResponse(
        status=status, headers={name.lower(): value for name, value in headers.items()}, body=body
    )


def timed() -> dict[str, Any]:
    return {"now": time.time(), "random": secrets.token_bytes}


def begun(metadata: ServerMetadata, client: Client = PUBLIC, **changes: Any) -> Any:
    wish = AuthorizationWish(
        issuer=metadata.issuer,
        client_id=client.client_id,
        redirect_uri=CALLBACK,
        scopes=SCOPES,
        openid=True,
        **changes,
    )
    return begin_authorization(wish, metadata=metadata, **timed())


def answer_to(url: str) -> str:
    return ScriptedBrowser().sign_in(url, stop_at=CALLBACK).url


def code_for(
    metadata: ServerMetadata, pending: PendingAuthorization, url: str | None = None
) -> str:
    start = url or authorization_url(metadata.authorization_endpoint or "", pending)
    return accept_response(pending, parse_redirect(answer_to(start)), now=time.time())


def redeemed(
    metadata: ServerMetadata, pending: PendingAuthorization, code: str, client: Client = PUBLIC
) -> HttpRequest:
    return code_request(
        endpoint=metadata.token_endpoint or "", client=client, pending=pending, code=code, **timed()
    )


class Prover:
    """Sends with proofs of one key; asks again once where a server wants a nonce."""

    def __init__(self) -> None:
        self.key = new_dpop_key(("ES256",))
        self.nonces = DpopNonces()
        self.asked_again = 0

    def send(self, request: HttpRequest, access_token: str | None = None) -> HttpResponse:
        answer = self._once(request, access_token)
        if wanted_nonce(answer):
            self.asked_again += 1
            answer = self._once(request, access_token)
        return answer

    def _once(self, request: HttpRequest, access_token: str | None) -> HttpResponse:
        nonce = self.nonces.get(request.url)
        proved = with_proof(request, self.key, nonce=nonce, access_token=access_token, **timed())
        answer = send(proved)
        self.nonces.learn(request.url, answer)
        return answer


def test_bound_tokens_through_a_pushed_request_with_nonces(metadata: ServerMetadata) -> None:
    """RFC 9126 and RFC 9449, from the pushed request to a bound refresh and a bound resource."""
    prover = Prover()
    pending = begun(metadata, dpop_jkt=dpop_thumbprint(prover.key))
    pushed = pushed_request(
        endpoint=metadata.pushed_authorization_request_endpoint or "",
        client=PUBLIC,
        pending=pending,
        **timed(),
    )
    reference = parse_pushed_response(prover.send(pushed))
    assert prover.asked_again == 1
    url = pushed_authorization_url(
        metadata.authorization_endpoint or "", client_id="coatcheck", request_uri=reference
    )
    assert {name for name, _ in parse_qsl(urlsplit(url).query)} == {"client_id", "request_uri"}
    code = code_for(metadata, pending, url)
    tokens = check_bound(parse_token_response(prover.send(redeemed(metadata, pending, code))))
    who = HttpRequest(method="GET", url=metadata.userinfo_endpoint or "")
    assert parse_userinfo(prover.send(who, tokens.access_token))["sub"] == "maria"
    refresh = refresh_request(
        endpoint=metadata.token_endpoint or "",
        client=PUBLIC,
        refresh_token=tokens.refresh_token or "",
        **timed(),
    )
    with pytest.raises(TokenErrorResponse):
        parse_token_response(Prover().send(refresh))
    assert check_bound(parse_token_response(prover.send(refresh))).access_token
    assert prover.asked_again == 1


def test_a_signed_answer_is_proven(metadata: ServerMetadata) -> None:
    """JARM, with ``form_post.jwt``."""
    pending = begun(metadata, response_mode="form_post.jwt")
    assert pending.response_mode == "form_post.jwt"
    url = answer_to(authorization_url(metadata.authorization_endpoint or "", pending))
    token = signed_response(parse_redirect(url)) or ""
    assert unproven_state(token) == pending.state
    expected = SignedResponseExpectation(
        issuer=metadata.issuer,
        client_id="coatcheck",
        now=time.time(),
        algorithms=metadata.authorization_signing_alg_values_supported,
    )
    response = validate_signed_response(token, keys_of(metadata), expected)
    code = accept_response(pending, response, now=time.time())
    tokens = parse_token_response(send(redeemed(metadata, pending, code)))
    assert tokens.id_token


def keys_of(metadata: ServerMetadata) -> JsonWebKeySet:
    return parse_jwks(send(jwks_request(metadata.jwks_uri or "")))


def test_a_code_is_typed_on_another_device(metadata: ServerMetadata) -> None:
    """RFC 8628, from the code to an ID token."""
    client = Client(client_id=register(metadata, device=True).client_id)
    asked = device_request(
        endpoint=metadata.device_authorization_endpoint or "",
        client=client,
        scopes=("openid",),
        **timed(),
    )
    pending = parse_device_response(send(asked), now=time.time())
    waiting = poll(metadata, client, pending)
    assert isinstance(waiting, PendingDevice)
    page = ScriptedBrowser().sign_in(pending.verification_uri_complete or "")
    assert page.status == 200
    tokens = poll(metadata, client, waiting)
    assert isinstance(tokens, TokenResponse)
    expected = IdTokenExpectation(
        issuer=metadata.issuer, client_id=client.client_id, nonce=None, now=time.time()
    )
    claims = validate_id_token(tokens.id_token or "", keys_of(metadata), expected)
    assert claims["sub"] == "maria"


def poll(
    metadata: ServerMetadata, client: Client, pending: PendingDevice
) -> TokenResponse | PendingDevice:
    request = device_token_request(
        endpoint=metadata.token_endpoint or "", client=client, pending=pending, **timed()
    )
    return accept_poll(pending, send(request), now=time.time())


def register(metadata: ServerMetadata, **changes: Any) -> Registration:
    endpoint = metadata.registration_endpoint or ""
    client = native_client(
        client_name="Coatcheck",
        redirect_uris=("http://127.0.0.1/callback",),
        auth_methods=metadata.token_endpoint_auth_methods_supported,
        grant_types=metadata.grant_types_supported,
        **changes,
    )
    answer = send(registration_request(endpoint, client))
    return check_usable(parse_registration_response(answer, endpoint=endpoint), client)


def test_a_client_registers_changes_and_goes(metadata: ServerMetadata) -> None:
    """RFC 7591 and RFC 7592, with rotating registration tokens."""
    kept = register(metadata)
    client = registered_client(kept)
    assert client.method == "none"
    pending = begun(metadata, client)
    request = redeemed(metadata, pending, code_for(metadata, pending), client)
    assert parse_token_response(send(request)).access_token
    kept = parse_management_response(send(read_request(kept)), kept)
    changed = native_client(client_name="Coatcheck 2", redirect_uris=("http://127.0.0.1/callback",))
    older = kept
    kept = parse_management_response(send(update_request(kept, changed)), kept)
    assert kept.metadata["client_name"] == "Coatcheck 2"
    assert kept.registration_access_token != older.registration_access_token
    parse_deletion_response(send(delete_request(kept)))
    with pytest.raises(RegistrationGoneError):
        parse_management_response(send(read_request(kept)), kept)


def test_an_access_is_meant_for_one_resource(metadata: ServerMetadata) -> None:
    """RFC 8707."""
    pending = begun(metadata, resources=("https://photos.example/",))
    pending = replace(pending, scopes=("openid", "photos"))
    request = code_request(
        endpoint=metadata.token_endpoint or "",
        client=PUBLIC,
        pending=pending,
        code=code_for(metadata, pending),
        extra=resource_fields(("https://photos.example/",)),
        **timed(),
    )
    assert parse_token_response(send(request)).scope == ("photos",)


def test_the_person_signs_out_at_the_provider(metadata: ServerMetadata) -> None:
    """OpenID Connect RP-Initiated Logout."""
    pending = begun(metadata)
    code = code_for(metadata, pending)
    tokens = parse_token_response(send(redeemed(metadata, pending, code)))
    logout = begin_logout(
        metadata.end_session_endpoint or "",
        client_id="coatcheck",
        id_token=tokens.id_token,
        random=secrets.token_bytes,
    )
    assert ScriptedBrowser().sign_in(logout.url).status == 200
