from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import InvalidRequestError
from desktop_app.providers.draft import read_draft
from desktop_app.providers.model import Provider, Redirect, UserinfoMapping
from desktop_app.v1_0.schemas.providers import provider_body

_ISSUER = {"issuer": "https://op.example"}
_EXPLICIT = {
    "name": "Explicit",
    "authorization_endpoint": "https://a.example/authorize",
    "token_endpoint": "https://a.example/token",
    "userinfo_endpoint": "https://a.example/me",
}
_PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----"


def _field(draft: dict[str, Any], known: Provider | None = None) -> object:
    with pytest.raises(InvalidRequestError) as caught:
        read_draft(draft, known=known)
    assert caught.value.code == "invalid_request"
    assert caught.value.message
    return caught.value.fields["field"]


def test_an_issuer_is_enough() -> None:
    provider = read_draft({"name": "Work", "issuer": " OP.example/ "})
    assert provider.issuer == "https://op.example/"
    assert (provider.protocol, provider.origin, provider.name) == ("oidc", "own", "Work")
    assert provider.redirect == Redirect()


def test_a_nameless_provider_is_called_by_its_host() -> None:
    assert read_draft(_ISSUER).name == "op.example"


def test_explicit_endpoints_are_enough() -> None:
    provider = read_draft(_EXPLICIT)
    assert provider.protocol == "oauth2"
    assert provider.userinfo_endpoint == "https://a.example/me"


def test_everything_of_the_contract_is_read() -> None:
    provider = read_draft(
        {
            **_ISSUER,
            "id": "my-op",
            "client_id": " abc ",
            "client_secret": " s3cret\n",
            "scopes": ["openid", "a", "openid"],
            "client_authentication": "client_secret_post",
            "redirect": {"host": "localhost", "port": 8400, "path": "/back"},
            "userinfo_mapping": {"subject": "/data/0/id", "name": None},
            "token_hosts": ["API.example", "http://127.0.0.1:9200", "https://api.example:443/"],
            "ca_file": "/etc/ca.pem",
            "extra_parameters": {"access_type": "offline"},
        }
    )
    assert (provider.id, provider.client_id, provider.client_secret) == ("my-op", "abc", "s3cret")
    assert provider.scopes == ("openid", "a")
    assert provider.redirect == Redirect(host="localhost", port=8400, path="/back")
    assert provider.userinfo_mapping == UserinfoMapping(subject="/data/0/id", name=None)
    assert provider.token_hosts == ("https://api.example", "http://127.0.0.1:9200")
    assert provider.extra_parameters == {"access_type": "offline"}


@pytest.mark.parametrize("redirect", ["any_port", None])
def test_any_port_is_the_default(redirect: str | None) -> None:
    assert read_draft({**_ISSUER, "redirect": redirect}).redirect == Redirect()


def test_a_pasted_redirect_keeps_its_address() -> None:
    redirect = {"paste": "https://localhost/back"}
    assert read_draft({**_ISSUER, "redirect": redirect}).redirect.paste == "https://localhost/back"
    redirect = {"paste": "urn:ietf:wg:oauth:2.0:oob"}
    assert read_draft({**_ISSUER, "redirect": redirect}).redirect.paste is not None


def test_what_the_access_is_meant_for_may_come_as_a_parameter() -> None:
    """RFC 8707: it belongs into every request, not only into the browser's."""
    extra = {"resource": "https://b.example/", "audience": "b"}
    provider = read_draft(
        {**_ISSUER, "resources": ["https://a.example/"], "extra_parameters": extra}
    )
    assert provider.resources == ("https://a.example/", "https://b.example/")
    assert provider.extra_parameters == {"audience": "b"}
    assert read_draft({**_ISSUER, "resources": "https://a.example/"}).resources == (
        "https://a.example/",
    )


@pytest.mark.parametrize("mode", ["query", "form_post", "jwt", "query.jwt", "form_post.jwt", None])
def test_the_way_that_answers_come_can_be_chosen(mode: str | None) -> None:
    assert read_draft({**_ISSUER, "response_mode": mode}).response_mode == mode


def test_scopes_may_come_as_one_text() -> None:
    assert read_draft({**_ISSUER, "scopes": "openid  email"}).scopes == ("openid", "email")


def test_a_private_key_is_taken_and_kept_out_of_the_repr() -> None:
    provider = read_draft({**_ISSUER, "private_key": f"\n{_PEM}\n", "client_secret": "hunter2"})
    assert provider.private_key == _PEM + "\n"
    assert "PRIVATE KEY" not in repr(provider)
    assert "hunter2" not in repr(provider)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"issuer": "http://op.example"}, "issuer"),
        ({"resources": ["photos"]}, "resources"),
        ({"resources": [f"https://{n}.example/" for n in range(21)]}, "resources"),
        ({"response_mode": "fragment"}, "response_mode"),
        ({"extra_parameters": {"dpop_jkt": "x"}}, "extra_parameters"),
        ({"issuer": "file:///etc/passwd"}, "issuer"),
        ({"issuer": "javascript:alert(1)"}, "issuer"),
        ({"issuer": "https://op.example?x=1"}, "issuer"),
        ({"token_endpoint": "http://op.example/token"}, "token_endpoint"),
        ({"userinfo_endpoint": "https://u:p@op.example/"}, "userinfo_endpoint"),
        ({"jwks_uri": "https://op.example/a b"}, "jwks_uri"),
        ({"id": "Has Space"}, "id"),
        ({"id": "../up"}, "id"),
        ({"id": "openid"}, "id"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": 3}, "name"),
        ({"protocol": "saml"}, "protocol"),
        ({"client_id": "ключ"}, "client_id"),
        ({"client_secret": "a\nb"}, "client_secret"),
        ({"private_key": "secret"}, "private_key"),
        ({"private_key": _PEM.replace("PRIVATE", "PUBLIC")}, "private_key"),
        ({"scopes": ["a b"]}, "scopes"),
        ({"scopes": ['a"b']}, "scopes"),
        ({"scopes": [1]}, "scopes"),
        ({"client_authentication": "tls"}, "client_authentication"),
        ({"redirect": "somewhere"}, "redirect"),
        ({"redirect": {"host": "evil.example"}}, "redirect"),
        ({"redirect": {"port": 0}}, "redirect"),
        ({"redirect": {"port": 65536}}, "redirect"),
        ({"redirect": {"path": "callback"}}, "redirect"),
        ({"redirect": {"path": "/a?b=c"}}, "redirect"),
        ({"redirect": {"path": "/done"}}, "redirect"),
        ({"redirect": {"paste": "javascript:alert(1)"}}, "redirect"),
        ({"redirect": {"paste": "https://x.example/#a"}}, "redirect"),
        ({"redirect": {"paste": "/relative"}}, "redirect"),
        ({"redirect": {"unknown": 1}}, "redirect"),
        ({"userinfo_mapping": {"subject": ""}}, "userinfo_mapping"),
        ({"userinfo_mapping": {"subject": "/a~2"}}, "userinfo_mapping"),
        ({"userinfo_mapping": {"subject": 1}}, "userinfo_mapping"),
        ({"token_hosts": ["https://a.example/path"]}, "token_hosts"),
        ({"token_hosts": ["http://a.example"]}, "token_hosts"),
        ({"token_hosts": "a.example"}, "token_hosts"),
        ({"ca_file": "relative.pem"}, "ca_file"),
        ({"extra_parameters": {"state": "x"}}, "extra_parameters"),
        ({"extra_parameters": {"redirect_uri": "x"}}, "extra_parameters"),
        ({"extra_parameters": {"a b": "x"}}, "extra_parameters"),
        ({"extra_parameters": {"a": "x\ny"}}, "extra_parameters"),
        ({"extra_parameters": {"a": 1}}, "extra_parameters"),
        ({"register": "yes"}, "register"),
        ({"misspelt": 1}, "misspelt"),
    ],
)
def test_a_part_that_can_not_be_used_is_named(part: dict[str, Any], field: str) -> None:
    assert _field({**_ISSUER, **part}) == field


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({}, "issuer"),
        ({"name": "x"}, "issuer"),
        ({**_EXPLICIT, "protocol": "oidc"}, "issuer"),
        ({**_EXPLICIT, "token_endpoint": None}, "token_endpoint"),
        ({**_EXPLICIT, "userinfo_endpoint": ""}, "userinfo_endpoint"),
        ({**_EXPLICIT, "protocol": "oauth1"}, "request_token_endpoint"),
        ({**_ISSUER, "signature_method": "RSA-SHA256"}, "private_key"),
    ],
)
def test_a_missing_part_is_named(draft: dict[str, Any], field: str) -> None:
    assert _field(draft) == field


def test_a_known_provider_keeps_its_id() -> None:
    known = read_draft({**_ISSUER, "id": "op"})
    assert read_draft(_ISSUER, known=known).id == "op"
    assert _field({**_ISSUER, "id": "other"}, known) == "id"


def test_a_secret_that_is_left_out_stays() -> None:
    known = read_draft({**_ISSUER, "id": "op", "client_id": "c", "client_secret": "s"})
    assert read_draft({**_ISSUER, "client_id": "c"}, known=known).client_secret == "s"


def test_the_token_for_registering_stays_at_its_place_and_is_never_shown() -> None:
    entry = {**_ISSUER, "register": True}
    known = read_draft({**entry, "id": "op", "initial_access_token": " t0ken~ "})
    assert known.initial_access_token == "t0ken~"
    assert "t0ken~" not in repr(known)
    assert read_draft(entry, known=known).initial_access_token == "t0ken~"
    assert read_draft({**entry, "initial_access_token": ""}, known=known) == replace(
        known, initial_access_token=None
    )
    for change in (
        {"issuer": "https://other.example"},
        {"registration_endpoint": "https://other.example/register"},
    ):
        assert read_draft({**entry, **change}, known=known).initial_access_token is None
    for wrong in ("two words", "a\r\nX-Other: b", "ü"):
        assert _field({**entry, "initial_access_token": wrong}) == "initial_access_token"


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://other.example", "client_id": "c"},
        {"client_id": "another"},
        {"client_id": "c", "token_endpoint": "https://other.example/token"},
        {"client_id": "c", "revocation_endpoint": "https://other.example/revoke"},
        {"client_id": "c", "client_secret": None},
        {"client_id": "c", "client_secret": ""},
    ],
)
def test_a_secret_does_not_follow_to_another_place_or_client(change: dict[str, Any]) -> None:
    known = read_draft({**_ISSUER, "id": "op", "client_id": "c", "client_secret": "s"})
    assert read_draft({**_ISSUER, **change}, known=known).client_secret is None


def test_an_answer_of_the_api_can_be_sent_back() -> None:
    known = read_draft(
        {
            **_EXPLICIT,
            "id": "op",
            "client_id": "c",
            "client_secret": "s",
            "redirect": {"port": 8400},
            "userinfo_mapping": {"subject": "/id", "email": None},
            "token_hosts": ["a.example"],
        }
    )
    body = provider_body(known, ready=True, redirect_uri="http://127.0.0.1:8400/callback")
    assert read_draft(msgspec.to_builtins(body), known=known) == known


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    ["issuer", "name", "id", "scopes", "redirect", "token_hosts", "userinfo_mapping", "client_id"]
) | st.text(max_size=10)


@given(st.dictionaries(_NAMES, _JSON, max_size=6))
def test_any_draft_gives_a_provider_or_names_a_field(draft: dict[str, Any]) -> None:
    try:
        provider = read_draft({**_ISSUER, **draft})
    except InvalidRequestError as error:
        assert isinstance(error.fields["field"], str)
        assert error.message
    else:
        assert provider.issuer
