from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.providers.readiness import is_ready, redirect_uri_hint


@pytest.mark.parametrize(
    ("method", "secret", "key", "ready"),
    [
        (None, None, None, True),
        ("client_secret_basic", None, None, False),
        ("client_secret_jwt", "s", None, True),
        ("private_key_jwt", "s", None, False),
        ("private_key_jwt", None, "pem", True),
    ],
)
def test_a_client_is_ready_when_its_way_of_proving_itself_is_there(
    method: Any, secret: str | None, key: str | None, ready: bool
) -> None:
    provider = Provider(
        id="x",
        name="X",
        client_id="c",
        client_secret=secret,
        private_key=key,
        client_authentication=method,
    )
    assert is_ready(provider) is ready
    assert not is_ready(replace(provider, client_id=None))


@pytest.mark.parametrize(
    ("redirect", "hint"),
    [
        (Redirect(), "http://127.0.0.1/callback"),
        (Redirect(host="localhost"), "http://localhost/callback"),
        (Redirect(host="[::1]", port=8400, path="/x"), "http://[::1]:8400/x"),
        (Redirect(paste="https://a.example/back"), "https://a.example/back"),
    ],
)
def test_the_redirect_uri_to_enter_is_told(redirect: Redirect, hint: str) -> None:
    assert redirect_uri_hint(Provider(id="x", name="X", redirect=redirect)) == hint
