from __future__ import annotations

import secrets

import pytest

from desktop_app.oauth.metadata import ServerMetadata
from desktop_app.providers.model import Provider
from desktop_app.services.providers.registration_wishes import first_wish

ALL = ("client_secret_basic", "client_secret_post", "none")


def asked_method(**lists: tuple[str, ...]) -> str:
    """How a client wants to prove itself to a provider that says *lists* of its endpoints."""
    provider = Provider(id="one", name="One", protocol="oidc", issuer="https://one.example")
    told = {f"{name}_endpoint_auth_methods_supported": methods for name, methods in lists.items()}
    metadata = ServerMetadata(issuer="https://one.example", **told)  # type: ignore[arg-type]
    wish = first_wish(provider, metadata, scopes=(), random=secrets.token_bytes)
    return wish.client.token_endpoint_auth_method


def test_no_secret_is_asked_for_where_none_is_needed() -> None:
    """RFC 8252 section 8.4."""
    assert asked_method(token=ALL) == "none"
    assert asked_method(token=ALL, revocation=ALL, introspection=ALL) == "none"


@pytest.mark.parametrize("endpoint", ["revocation", "introspection"])
def test_a_secret_is_asked_for_where_another_endpoint_wants_one(endpoint: str) -> None:
    """Otherwise the grant could not be taken back, or not asked about, with this client."""
    assert asked_method(token=ALL, **{endpoint: ("client_secret_basic",)}) == "client_secret_basic"


def test_an_endpoint_that_takes_none_of_the_methods_changes_nothing() -> None:
    assert asked_method(token=ALL, revocation=("tls_client_auth",)) == "none"
