"""What the person's own browser shows after the redirect: that the tab can be closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tornado.locale import Locale
from tornado.template import Loader

_STYLES = ("tokens", "base", "frame", "pieces", "pages")


@dataclass(frozen=True, slots=True, kw_only=True)
class TabPages:
    """The pages of the loopback listener, ready to send.

    Attributes:
        done: After the accepted answer.
        used: For an answer that nobody waits for.
        stylesheet: Of both, served at ``/done.css``.
    """

    done: bytes
    used: bytes
    stylesheet: bytes


def tab_pages(templates: Path, static: Path, locale: Locale, theme: str) -> TabPages:
    """Render the pages in the language of *locale*; *theme* is the setting."""
    _ = locale.translate
    template = Loader(str(templates)).load("tab.html")
    given = {"locale": locale, "theme": theme}
    return TabPages(
        done=template.generate(title=_("Done"), text=_("You can close this tab."), **given),
        used=template.generate(
            title=_("Nobody waits for this any more"),
            text=_("The sign-in is over, or this address was used before. Go back to Coatcheck."),
            **given,
        ),
        stylesheet=b"\n".join((static / "css" / f"{name}.css").read_bytes() for name in _STYLES),
    )
