from __future__ import annotations

from typing import Any

import msgspec
import pytest

from desktop_app.errors import InvalidRequestError
from desktop_app.providers.model import Provider, Redirect
from desktop_app.providers.personal import personalise, read_personal
from desktop_app.v1_0.schemas.providers import provider_body
from tests.support import shipped

_PRESET = next(each for each in shipped.catalogue().all() if each.id == "google")
_CLIENT = {"client_id": "c", "client_secret": "s"}


def test_the_persons_client_stands_in_the_preset() -> None:
    provider = personalise(_PRESET, read_personal(_CLIENT, preset=_PRESET))
    assert (provider.client_id, provider.client_secret) == ("c", "s")
    assert provider.issuer == _PRESET.issuer
    assert provider.scopes == _PRESET.scopes
    assert provider.extra_parameters == _PRESET.extra_parameters
    assert provider.origin == "preset"


def test_a_preset_without_an_entry_is_itself() -> None:
    assert personalise(_PRESET, None) is _PRESET


def test_only_the_persons_part_is_kept() -> None:
    mine = read_personal({**_CLIENT, "scopes": ["openid"]}, preset=_PRESET)
    assert mine.issuer is None
    assert not mine.scope_texts
    assert personalise(_PRESET, mine).scopes == ("openid",)


def test_a_redirect_of_ones_own_wins() -> None:
    draft = {**_CLIENT, "redirect": {"host": "localhost", "port": 8400}}
    provider = personalise(_PRESET, read_personal(draft, preset=_PRESET))
    assert provider.redirect == Redirect(host="localhost", port=8400)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"issuer": "https://evil.example"}, "issuer"),
        ({"token_endpoint": "https://evil.example/token"}, "token_endpoint"),
        ({"userinfo_mapping": {"subject": "x"}}, "userinfo_mapping"),
        ({"name": "Other"}, "name"),
        ({"misspelt": 1}, "misspelt"),
        ({"client_id": "a\nb"}, "client_id"),
    ],
)
def test_a_presets_own_part_can_not_be_changed(part: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_personal({**_CLIENT, **part}, preset=_PRESET)
    assert caught.value.fields["field"] == field


def test_repeating_what_the_preset_says_is_no_change() -> None:
    draft = {**_CLIENT, "id": "google", "name": "Google", "issuer": _PRESET.issuer}
    assert read_personal(draft, preset=_PRESET).client_id == "c"


@pytest.mark.parametrize("preset", shipped.catalogue().all(), ids=lambda each: each.id)
def test_an_answer_of_the_api_can_be_sent_back(preset: Provider) -> None:
    known = read_personal(_CLIENT, preset=preset)
    provider = personalise(preset, known)
    body = provider_body(provider, ready=True, redirect_uri="http://127.0.0.1/callback")
    mine = read_personal(msgspec.to_builtins(body), preset=preset, known=known)
    assert mine == known
    assert personalise(preset, mine) == provider


def test_a_secret_that_is_left_out_stays_with_its_client() -> None:
    known = read_personal(_CLIENT, preset=_PRESET)
    same = read_personal({"client_id": "c"}, preset=_PRESET, known=known)
    other = read_personal({"client_id": "d"}, preset=_PRESET, known=known)
    assert same.client_secret == "s"
    assert other.client_secret is None
