import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.logout import PendingLogout, begin_logout, is_logout_answer

ENDPOINT = "https://op.example.com/logout?realm=a"


def begin(endpoint: str = ENDPOINT, **changes: Any) -> PendingLogout:
    values: dict[str, Any] = {"client_id": "c", "random": secrets.token_bytes}
    return begin_logout(endpoint, **{**values, **changes})


def test_the_browser_is_sent_with_what_the_provider_needs() -> None:
    """OpenID Connect RP-Initiated Logout section 2."""
    back = "http://127.0.0.1:5000/signed-out"
    pending = begin(id_token="a.b.c", redirect_uri=back, languages="ru en")
    assert parse_qs(urlsplit(pending.url).query) == {
        "realm": ["a"],
        "id_token_hint": ["a.b.c"],
        "client_id": ["c"],
        "post_logout_redirect_uri": [back],
        "state": [pending.state],
        "ui_locales": ["ru en"],
    }
    assert "a.b.c" not in repr(pending)


def test_without_a_way_back_nothing_is_waited_for() -> None:
    pending = begin()
    assert pending.url == f"{ENDPOINT}&client_id=c"
    assert pending.state is None
    assert not is_logout_answer(pending, {"state": ""})


def test_the_way_back_is_known_by_its_state() -> None:
    """OpenID Connect RP-Initiated Logout section 3."""
    pending = begin(redirect_uri="http://127.0.0.1:5000/signed-out")
    assert is_logout_answer(pending, {"state": pending.state or ""})
    assert not is_logout_answer(pending, {"state": "other"})
    assert not is_logout_answer(pending, {})


@pytest.mark.parametrize("endpoint", ["http://op.example.com", "file:///x", "https://a/$(x)"])
def test_the_browser_is_not_sent_to_an_unsafe_place(endpoint: str) -> None:
    with pytest.raises(EndpointError):
        begin(endpoint)


@given(st.dictionaries(st.just("state"), st.text()))
def test_any_other_answer_is_none(parameters: dict[str, str]) -> None:
    assert not is_logout_answer(begin(redirect_uri="http://127.0.0.1:1/x"), parameters)
