"""What the browser's tab shows after the redirect."""

from __future__ import annotations

import pytest

from desktop_app.web.pages.tab import tab_pages
from tests.support import shipped

LOCALES = shipped.locales()
PLACES = (shipped.UI / "templates", shipped.UI / "static")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "You can close this tab."), ("ru", "Эту вкладку можно закрыть.")]
)
def test_the_last_page_says_that_the_tab_can_be_closed(language: str, said: str) -> None:
    pages = tab_pages(*PLACES, LOCALES.choose(language), "system")
    assert said in pages.done.decode()
    assert pages.used != pages.done


def test_the_last_page_loads_its_one_stylesheet_and_runs_nothing() -> None:
    pages = tab_pages(*PLACES, LOCALES.choose("en"), "dark")
    text = pages.done.decode()
    assert 'href="/done.css"' in text
    assert "<script" not in text
    assert "style=" not in text
    assert 'data-theme="dark"' in text
    assert b"--accent" in pages.stylesheet
    assert b"url(" not in pages.stylesheet
