"""The waiting page's words."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from babel import Locale

from desktop_app.web.views.speech import Speech
from desktop_app.web.views.waiting import WaitingView, waiting_view
from tests.support import shipped
from tests.support.made_up import NOW, sign_in

LOCALES = shipped.locales()


def speech(language: str) -> Speech:
    translate = LOCALES.choose(language).translate
    return Speech(translate=translate, locale=Locale.parse(language), now=NOW, zone=UTC)


@pytest.mark.parametrize(("language", "name"), [("en", "Photos"), ("ru", "Фотосервис")])
def test_the_built_in_service_has_a_name_in_every_language(language: str, name: str) -> None:
    waiting = sign_in(provider="photos", provider_name="Photos", provider_origin="built_in")
    view = waiting_view(waiting, "", speech(language))
    assert view.provider_name == name
    assert name in view.steps[1].title


def test_what_is_said_beside_a_brand_is_translated() -> None:
    older = sign_in(provider="x-oauth1", provider_name="X, the older way", provider_origin="preset")
    assert waiting_view(older, "", speech("ru")).provider_name == "X, старый способ"


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "h.example:8 (its own sign-in)"), ("ru", "h.example:8 (собственный вход)")],
)
def test_a_server_for_which_nobody_vouches_is_called_so(language: str, name: str) -> None:
    own = sign_in(provider="h", provider_name="h.example:8", provider_origin="itself")
    assert waiting_view(own, "", speech(language)).provider_name == name


def test_a_brand_is_called_the_same_everywhere() -> None:
    view = waiting_view(sign_in(provider="own", provider_name="Photos"), "", speech("ru"))
    assert view.provider_name == "Photos"


def device(**changes: Any) -> WaitingView:
    waiting = sign_in(
        flow="device",
        authorization_url=None,
        redirect_uri=None,
        user_code="WDJB-MJHT",
        verification_uri="https://photos.example/device",
        verification_uri_complete="https://photos.example/device?code=WDJB-MJHT",
        browser_opened=False,
        **changes,
    )
    return waiting_view(waiting, "", speech("en"))


def test_a_code_for_another_device_is_shown_with_its_address_and_its_time() -> None:
    view = device(expires_at=NOW + 125)
    assert view.device is not None
    assert (view.device.code, view.device.where) == ("WDJB-MJHT", "photos.example/device")
    assert (view.device.ends_at, view.device.left) == (int(NOW) + 125, "2:05")
    assert view.device.until.startswith("Good until <time")
    assert view.address == "https://photos.example/device?code=WDJB-MJHT"
    assert [step.state for step in view.steps] == ["done", "current", ""]
    assert view.steps[1].text == "Enter the code there and say yes."


def test_a_code_whose_time_is_over_counts_no_further() -> None:
    view = device(expires_at=NOW - 5)
    assert view.device is not None
    assert view.device.left == "0:00"


def test_a_sign_in_in_the_browser_has_no_code() -> None:
    assert waiting_view(sign_in(), "", speech("en")).device is None


def test_a_provider_that_shows_a_code_at_the_end_has_it_typed() -> None:
    typed = waiting_view(sign_in(flow="paste", redirect_uri=None), "", speech("en"))
    pasted = waiting_view(sign_in(flow="paste"), "", speech("en"))
    assert (typed.types_code, pasted.types_code, typed.device) == (True, False, None)


def test_who_has_to_bring_something_back_is_told_so() -> None:
    steps = waiting_view(sign_in(flow="paste"), "", speech("en")).steps
    assert steps[1].text == "Say yes there, then bring back what it shows."
