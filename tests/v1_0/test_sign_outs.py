"""Signing out at the provider, when an account is taken back or forgotten."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.served import PHOTOS, Served

REVOKE = "/v1.0/profiles/p1/revoke"
FORGET = "/v1.0/profiles/p1?sign_out=true"
PAGE = f"{PHOTOS}/signed-out"


def add_account(served: Served, **changes: Any) -> None:
    served.plug_in()
    served.add_profile(**{"end_session_endpoint": PAGE, **changes})


def page_of(url: str) -> tuple[str, dict[str, list[str]]]:
    page, _, query = url.partition("?")
    return page, parse_qs(query)


def test_the_page_opens_in_the_person_s_browser_after_revoking(served: Served) -> None:
    """RP-Initiated Logout section 2; nothing comes back, so there is neither address nor state."""
    add_account(served)
    body = served.person().ask("POST", REVOKE, {"sign_out": True}).json
    assert (body["proof"], body["sign_out_url"]) == ("provider_confirmed", None)
    (opened,) = served.browser.opened
    page, query = page_of(opened)
    assert page == PAGE
    assert query.pop("ui_locales")
    assert query == {"id_token_hint": ["the-id-token"], "client_id": ["client"]}


def test_it_opens_after_forgetting_too(served: Served) -> None:
    add_account(served)
    assert served.person().ask("DELETE", FORGET).status == 204
    assert urlsplit(served.browser.opened[0]).path == "/signed-out"


def test_nobody_is_signed_out_unasked(served: Served) -> None:
    add_account(served)
    assert served.person().ask("POST", REVOKE, {}).json["sign_out_url"] is None
    assert served.person().ask("DELETE", "/v1.0/profiles/p1").status == 204
    assert served.browser.opened == []


def test_without_a_browser_the_person_gets_the_address(served: Served) -> None:
    add_account(served)
    served.browser.works = False
    body = served.person().ask("POST", REVOKE, {"sign_out": True}).json
    assert page_of(body["sign_out_url"])[1]["id_token_hint"] == ["the-id-token"]


@pytest.mark.parametrize("missing", ["end_session_endpoint", "id_token"])
def test_a_provider_without_such_a_page_is_only_told(served: Served, missing: str) -> None:
    add_account(served, **{missing: None})
    body = served.person().ask("POST", REVOKE, {"sign_out": True}).json
    assert (body["proof"], body["sign_out_url"]) == ("provider_confirmed", None)
    assert served.browser.opened == []


def test_if_revoking_fails_the_person_stays_signed_in(served: Served) -> None:
    served.add_profile(end_session_endpoint=PAGE)
    answer = served.person().ask("POST", REVOKE, {"sign_out": True})
    assert (answer.status, answer.error) == (502, "provider_unreachable")
    answer = served.person().ask("DELETE", f"{FORGET}&revoke=true")
    assert (answer.status, answer.error) == (502, "provider_unreachable")
    assert served.browser.opened == []


def test_a_program_may_not_sign_the_person_out(served: Served) -> None:
    add_account(served)
    for answer in (
        served.program("POST", REVOKE, {"sign_out": True}),
        served.program("DELETE", FORGET),
    ):
        assert (answer.status, answer.error) == (403, "person_required")
    assert served.person().ask("GET", "/v1.0/profiles/p1").json["status"] == "active"
    assert served.program("POST", REVOKE, {}).status == 200


def test_strangers_and_foreign_pages_get_nothing(served: Served) -> None:
    add_account(served)
    wish = {"sign_out": True}
    assert served.ask("POST", REVOKE, wish).status == 401
    foreign = served.person().ask("POST", REVOKE, wish, Origin="https://evil.example")
    assert foreign.status == 403


@pytest.mark.parametrize("wish", [{"sign_out": "yes"}, {"sign_out": None}, {"further": 1}])
def test_a_bad_wish_is_400(served: Served, wish: dict[str, Any]) -> None:
    add_account(served)
    answer = served.person().ask("POST", REVOKE, wish)
    assert (answer.status, answer.error) == (400, "invalid_request")
