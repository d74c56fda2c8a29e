import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.text import clean_text


def test_control_and_direction_characters_go() -> None:
    assert clean_text("a\x1b[31m\r\nb\u202ec\u200b\tд") == "a[31m bc д"


def test_long_text_is_cut() -> None:
    assert clean_text("x" * 1000, limit=10) == "x" * 9 + "…"


@given(st.text(), st.integers(1, 300))
def test_any_text_becomes_one_bounded_visible_line(text: str, limit: int) -> None:
    clean = clean_text(text, limit=limit)
    assert len(clean) <= limit
    assert not [c for c in clean if unicodedata.category(c)[0] == "C"]
    assert "\n" not in clean
