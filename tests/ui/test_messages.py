"""Every sentence is there in every language, and fits its places."""

from __future__ import annotations

import functools
import re
import socket
import ssl
from pathlib import Path

import pytest

from build_scripts import messages
from desktop_app.transport.failures import explain

LANGUAGES = sorted(folder.name for folder in messages.LOCALES.iterdir())
_PLACE = re.compile(r"\{\w+\}")
_FORBIDDEN = re.compile(r"\b(token|scope|grant|callback|refresh)s?\b", re.IGNORECASE)
# Under Details these words are the right ones.
_UNDER_DETAILS = {"Token", "ID token", "Refresh token"}


@functools.cache
def gathered() -> dict[messages.Msgid, str]:
    """Every sentence, and where it stands."""
    return messages.gather()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_or_fuzzy(language: str) -> None:
    """Run ``python build_scripts/messages.py`` and translate what it adds."""
    catalog = messages.catalog_of(language)
    missing = []
    for msgid in gathered():
        message = catalog.get(msgid if isinstance(msgid, str) else msgid[0])
        texts = () if message is None else _texts(message.string)
        if not texts or not all(texts) or (message and message.fuzzy):
            missing.append(msgid)
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    known = {each if isinstance(each, str) else each[0] for each in gathered()}
    left = [m.id for m in messages.catalog_of(language) if m.id and _texts(m.id)[0] not in known]
    assert left == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_no_place_that_nothing_fills(language: str) -> None:
    wrong = [
        message.id
        for message in messages.catalog_of(language)
        if message.id
        for text in _texts(message.string)
        if not set(_PLACE.findall(text)) <= set(_PLACE.findall(" ".join(_texts(message.id))))
    ]
    assert wrong == []


def test_pages_speak_in_the_persons_words() -> None:
    """LOOK.md: such words live under Details alone."""
    wrong = [
        text
        for msgid, path in gathered().items()
        if path.startswith(("ui/templates", "desktop_app/web/views"))
        for text in _texts(msgid)
        if _FORBIDDEN.search(text) and text not in _UNDER_DETAILS
    ]
    assert wrong == []


def test_no_reason_is_put_together_where_no_catalog_finds_it() -> None:
    """``Reason("…{place}…", place=…)`` is there for that."""
    assert messages.spliced_reasons() == []


def test_pages_do_not_shout() -> None:
    assert [each for each in gathered() if "!" in " ".join(_texts(each))] == []


def test_scripts_hold_no_sentence_of_their_own() -> None:
    """What a script shows is written in the page, where it is translated."""
    scripts = Path(messages.ROOT / "ui" / "static" / "js").glob("*.js")
    shown = re.compile(r"""(?:textContent|toast\()\s*=?\s*["'`][A-Z]""")
    assert [path.name for path in scripts if shown.search(path.read_text("utf-8"))] == []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (str(value),)


@pytest.mark.parametrize(
    "error",
    [
        OSError(),
        ConnectionRefusedError(),
        ConnectionResetError(),
        TimeoutError(),
        socket.gaierror(),
        ssl.SSLError(),
        ssl.SSLCertVerificationError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_why_no_answer_came_can_be_said_in_every_language(error: OSError) -> None:
    assert explain(error, host="sample.example").fields["reason"] in messages.gather()
