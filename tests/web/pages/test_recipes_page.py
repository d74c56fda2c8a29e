"""``/recipes``: programs are told to ask Coatcheck by a button."""

from __future__ import annotations

from tests.web.pages.conftest import Visitor


def test_each_recipe_stands_there_with_its_buttons_or_what_it_needs(person: Visitor) -> None:
    page = person.get("/recipes")
    assert page.status == 200
    assert "&lt;git&gt;" in page.text
    assert page.text.count('data-call="POST /v1.0/recipes/git"') == 2
    assert "/v1.0/recipes/rclone" not in page.text
    assert "coatcheck setup rclone --url" in page.text
    assert "/recipes" in person.get("/programs").text
