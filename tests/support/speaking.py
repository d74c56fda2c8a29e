"""How the pages speak in the tests of their words: English, at the moment of `made_up`."""

from __future__ import annotations

from babel import Locale

from desktop_app.web.views.speech import Speech
from tests.support.made_up import NOW, ZONE


def _plain(text: str, many: str = "", number: int = 1) -> str:
    return many if many and number != 1 else text


SPEECH = Speech(translate=_plain, locale=Locale.parse("en"), now=NOW, zone=ZONE)
