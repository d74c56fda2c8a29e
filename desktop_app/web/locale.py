"""The languages of the window, read from ``.po`` files without Tornado's globals."""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from pathlib import Path

from tornado.locale import GettextLocale, Locale

ENGLISH = "en"
_DOMAIN = "coatcheck.po"
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


class Locales:
    """The languages that are there; English is the text in the code itself."""

    def __init__(self, locales: Mapping[str, Locale] | None = None) -> None:
        self._locales = {ENGLISH: _english(), **(locales or {})}

    @classmethod
    def load(cls, folder: Path) -> Locales:
        """Read ``<language>/LC_MESSAGES/coatcheck.po`` for every language under *folder*."""
        paths = sorted(folder.glob(f"*/LC_MESSAGES/{_DOMAIN}"))
        return cls({path.parts[-3]: _read(path) for path in paths})

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages' codes, English first."""
        return tuple(self._locales)

    def choose(self, language: str, accepted: str = "") -> Locale:
        """Return the locale for a setting and, if that is ``system``, an Accept-Language.

        Args:
            language: A code, or ``system``.
            accepted: The browser's Accept-Language header.
        """
        if language in self._locales:
            return self._locales[language]
        return next(
            (self._locales[code] for code in _preferences(accepted) if code in self._locales),
            self._locales[ENGLISH],
        )


def _preferences(accepted: str) -> list[str]:
    """Return the primary language codes of an Accept-Language header, best first.

    Source: RFC 9110 section 12.5.4.
    """
    weighed = [_weigh(part) for part in accepted.split(",")]
    wanted = [pair for pair in weighed if pair[0] > 0]
    return [code for _, code in sorted(wanted, key=lambda pair: -pair[0])]


def _weigh(part: str) -> tuple[float, str]:
    tag, _, parameter = part.strip().partition(";")
    name, _, value = parameter.strip().partition("=")
    code = tag.strip().replace("_", "-").split("-")[0].lower()
    if not name:
        return 1.0, code
    try:
        return float(value), code
    except ValueError:
        return 0.0, code


class _Typeset(gettext.NullTranslations):
    """The text of the code itself, with the apostrophes of print.

    Some of it is also what the interface for programs says, where plain ASCII is customary.
    """

    def gettext(self, message: str) -> str:
        return _APOSTROPHE.sub("’", message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))


def _english() -> Locale:
    return GettextLocale(ENGLISH, _Typeset())


def _read(path: Path) -> Locale:
    # Imported late: a session that is only ever in English does not pay for Babel.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    code = path.parts[-3]
    with path.open("rb") as file:
        catalog = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GettextLocale(code, gettext.GNUTranslations(compiled))
