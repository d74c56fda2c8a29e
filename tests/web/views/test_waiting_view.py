"""The waiting page's words."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from babel import Locale

from desktop_app.web.locale import Locales
from desktop_app.web.views.speech import Speech
from desktop_app.web.views.waiting import waiting_view
from tests.support.made_up import NOW, sign_in

LOCALES = Locales.load(Path(__file__).parents[3] / "ui" / "locale")


def speech(language: str) -> Speech:
    translate = LOCALES.choose(language).translate
    return Speech(translate=translate, locale=Locale.parse(language), now=NOW, zone=UTC)


@pytest.mark.parametrize(("language", "name"), [("en", "Photos"), ("ru", "Фотосервис")])
def test_the_built_in_service_has_a_name_in_every_language(language: str, name: str) -> None:
    waiting = sign_in(provider="photos", provider_name="Photos")
    view = waiting_view(waiting, "", speech(language))
    assert view.provider_name == name
    assert name in view.steps[1].title


def test_a_brand_is_called_the_same_everywhere() -> None:
    view = waiting_view(sign_in(provider="own", provider_name="Photos"), "", speech("ru"))
    assert view.provider_name == "Photos"
