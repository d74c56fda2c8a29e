"""Reading forms as a browser does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.demo.html_forms import read_forms

PAGE = """
<form action="/a?b=c&amp;d=e"><input name="hidden" type="hidden" value="1 &lt; 2">
<input type="radio" name="who" value="x"><input type="radio" name="who" value="y" checked>
<input type="checkbox" name="box" value="on1" checked><input type="checkbox" name="box" value="on2">
<input type="checkbox" name="box" value="fixed" checked disabled><input value="nameless"></form>
<input name="outside" value="1">
<form><input name="second"></form>
"""


def test_a_form_sends_what_a_browser_would_send() -> None:
    first, second = read_forms(PAGE)
    assert first.action == "/a?b=c&d=e"
    assert first.fields({}) == [("hidden", "1 < 2"), ("who", "y"), ("box", "on1")]
    assert second.fields({}) == [("second", "")]


def test_choosing_filling_in_and_unticking() -> None:
    (form, _) = read_forms(PAGE)
    fields = form.fields({"who": "x", "press": "this"}, without={"on1"})
    assert fields == [("hidden", "1 < 2"), ("who", "x"), ("press", "this")]


@settings(deadline=None)
@given(st.text())
def test_any_page_can_be_read(html: str) -> None:
    for form in read_forms(f"<form>{html}"):
        form.fields({})
