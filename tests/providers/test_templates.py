from __future__ import annotations

import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.providers.templates import expand, host_of, is_template, read_values, unanswered
from tests.support import shipped

_CATALOGUE = shipped.catalogue()
_TEMPLATES = {"gitea", "forgejo", "gitlab-server", "keycloak", "mastodon", "nextcloud"}


def test_self_hosted_presets_are_templates() -> None:
    assert {each.id for each in _CATALOGUE.all() if is_template(each)} == _TEMPLATES


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mastodon.social", "mastodon.social"),
        (" https://Mastodon.Social/ ", "mastodon.social"),
        ("@me@mastodon.social", "mastodon.social"),
        ("cloud.example.org/nextcloud/", "cloud.example.org/nextcloud"),
        ("git.example.org:3000", "git.example.org:3000"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
    ],
)
def test_a_server_is_what_the_person_means(typed: str, meant: str) -> None:
    assert host_of(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mastodon",
        "http://git.example.org",
        "a b.example",
        "x.example?y",
        "x.example#y",
        "{host}",
    ],
)
def test_what_is_no_server_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        host_of(typed)
    assert caught.value.fields["field"] == "host"


def test_every_address_gets_the_answers() -> None:
    preset = _CATALOGUE.get("keycloak")
    assert preset is not None
    found = expand(preset, {"host": "sso.example.org/auth", "realm": "staff"})
    assert found.issuer == "https://sso.example.org/auth/realms/staff"
    assert found.token_hosts == ("https://sso.example.org",)
    assert unanswered(found) == ()


def test_a_server_on_this_machine_may_be_without_encryption() -> None:
    preset = _CATALOGUE.get("mastodon")
    assert preset is not None
    found = expand(preset, {"host": "http://127.0.0.1:3000"})
    assert found.token_endpoint == "http://127.0.0.1:3000/oauth/token"


@pytest.mark.parametrize(
    "given", [[], {"hosts": "a.example"}, {"host": 1}, {"realm": "a/../b", "host": "a.example"}]
)
def test_answers_that_nobody_asked_for_are_refused(given: object) -> None:
    preset = _CATALOGUE.get("keycloak")
    assert preset is not None
    with pytest.raises(InvalidRequestError):
        read_values(preset, given)
