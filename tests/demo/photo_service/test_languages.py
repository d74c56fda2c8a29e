"""The photo service speaks two languages, completely."""

from __future__ import annotations

import asyncio
import re

import pytest

from desktop_app.demo.photo_service.handlers import asking, base
from desktop_app.demo.photo_service.languages import choose_locale, load_locale
from desktop_app.demo.photo_service.permissions import PERMISSIONS
from desktop_app.demo.photo_service.shelf import PHOTO_FOLDER, PHOTOS
from tests.support.photos import READ_SCOPES, running

TEMPLATES = PHOTO_FOLDER.parent / "templates"


def all_messages() -> set[str]:
    written = set()
    for template in TEMPLATES.glob("*.html"):
        written |= set(re.findall(r'_\("([^"]+)"\)', template.read_text("utf-8")))
    said = {text for p in PERMISSIONS for text in (p.text, p.note) if text}
    titles = {photo.title for photo in PHOTOS}
    sentences = {*base._SENTENCES.values(), asking._BAD_LINK, asking._WRONG_PASSWORD}
    return written | said | titles | sentences


def test_every_message_has_a_russian_text_and_none_is_left_over() -> None:
    russian = load_locale("ru")
    missing = {message for message in all_messages() if russian.translate(message) == message}
    assert not missing
    assert set(russian.translations["unknown"]) == all_messages()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en-GB,en;q=0.9,ru;q=0.1", "en"),
        ("ru  en-US", "ru"),
        ("de-DE", "en"),
        ("", "en"),
        ("\udcff", "en"),
    ],
)
def test_the_first_language_that_it_knows_is_chosen(wishes: str, code: str) -> None:
    assert choose_locale(wishes).code == code


def test_the_client_may_ask_for_a_language() -> None:
    """OpenID Connect Core section 3.1.2.1, ``ui_locales``."""

    async def scenario() -> None:
        async with running() as photos:
            url = photos.client.authorization_url(READ_SCOPES, ui_locales="ru")
            assert "Войти" in (await photos.client.browser.open(url)).body.decode()

    asyncio.run(scenario())
