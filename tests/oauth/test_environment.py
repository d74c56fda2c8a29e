"""What the environment may not change, and what importing the core may not cost."""

import os
import secrets
import subprocess
import sys

import pytest

from desktop_app.oauth.authorization import authorization_url
from desktop_app.oauth.client_authentication import Client
from desktop_app.oauth.errors import EndpointError, TokenResponseError
from desktop_app.oauth.token import parse_token_response, refresh_request
from tests.support.answers import json_answer
from tests.support.authorizations import NOW, begun

SWITCHES = (
    "OAUTHLIB_INSECURE_TRANSPORT",
    "OAUTHLIB_RELAX_TOKEN_SCOPE",
    "OAUTHLIB_STRICT_TOKEN_TYPE",
)


@pytest.fixture(params=SWITCHES)
def _switched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(request.param, "1")


@pytest.mark.usefixtures("_switched")
def test_oauthlibs_switches_change_nothing_and_stay_as_they_are() -> None:
    before = dict(os.environ)
    client = Client(client_id="id")
    arguments = {"client": client, "refresh_token": "r", "now": NOW, "random": secrets.token_bytes}
    with pytest.raises(EndpointError):
        refresh_request(endpoint="http://op.example.com/token", **arguments)
    assert refresh_request(endpoint="http://127.0.0.1:1/token", **arguments).body
    with pytest.raises(EndpointError):
        authorization_url("http://op.example.com/auth", begun())
    narrowed = {"access_token": "a", "token_type": "Bearer", "scope": "less"}
    assert parse_token_response(json_answer(narrowed)).scope == ("less",)
    assert parse_token_response(json_answer({"access_token": "a"})).token_type == "Bearer"
    with pytest.raises(TokenResponseError):
        parse_token_response(json_answer({"access_token": "a", "token_type": "mac"}))
    assert dict(os.environ) == before


def test_importing_the_core_imports_no_heavy_library() -> None:
    """joserfc, oauthlib and cryptography are for the first sign-in, not for the start."""
    modules = "authorization client_authentication id_token identity introspection issuer jwks"
    modules += " metadata redirect_uri revocation scopes state token userinfo"
    modules += " client_id_document device dpop logout oauth1 protected_resource registration"
    modules += " registration_management refreshed_id_token signed_response token_exchange"
    imports = ", ".join(f"desktop_app.oauth.{name}" for name in modules.split())
    heavy = "{'joserfc', 'oauthlib', 'cryptography'}"
    code = f"import sys, {imports}; print(sorted({heavy} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
