"""The window's language: what is set, else what the browser likes best, else English."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.web.locale import Locales

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
"n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Account"
msgstr "Учётная запись"

#, fuzzy
msgid "Lock"
msgstr "Замок"

msgid "{count} account"
msgid_plural "{count} accounts"
msgstr[0] "{count} учётная запись"
msgstr[1] "{count} учётные записи"
msgstr[2] "{count} учётных записей"
"""


@pytest.fixture
def locales(tmp_path: Path) -> Locales:
    catalogue = tmp_path / "ru" / "LC_MESSAGES" / "coatcheck.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(PO, encoding="utf-8")
    return Locales.load(tmp_path)


@pytest.mark.parametrize(
    ("language", "accepted", "code"),
    [
        ("ru", "en", "ru"),
        ("en", "ru", "en"),
        ("system", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("system", "en;q=0.5, ru;q=0.7", "ru"),
        ("system", "fr, ru;q=0.1", "ru"),
        ("system", "ru;q=0", "en"),
        ("system", "fr", "en"),
        ("system", "", "en"),
        ("system", ";;;q=,,ru;q=x", "en"),
        ("xx", "", "en"),
    ],
)
def test_the_language_is_chosen(locales: Locales, language: str, accepted: str, code: str) -> None:
    assert locales.choose(language, accepted).code == code


@given(st.text(max_size=60))
def test_any_header_chooses_something(accepted: str) -> None:
    assert Locales().choose("system", accepted).code == "en"


def test_messages_and_plurals_come_from_the_po_file(locales: Locales) -> None:
    russian = locales.choose("ru")
    assert russian.translate("Account") == "Учётная запись"
    assert russian.translate("{count} account", "{count} accounts", 3).startswith("{count} учётные")
    assert russian.translate("not there") == "not there"


def test_a_fuzzy_message_is_not_used(locales: Locales) -> None:
    assert locales.choose("ru").translate("Lock") == "Lock"


def test_english_has_the_apostrophes_of_print_and_keeps_other_quotes(locales: Locales) -> None:
    english = locales.choose("en")
    said = english.translate("It can't be opened. Unlock it with 'coatcheck unlock'.")
    assert said == "It can’t be opened. Unlock it with 'coatcheck unlock'."
