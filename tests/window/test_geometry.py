from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.window.geometry import MIN_HEIGHT, MIN_WIDTH, Geometry, Screen, read_geometry

SCREEN = Screen(0, 0, 1920, 1080)
LEFT = Screen(-1280, 0, 1280, 1024)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none())


def test_first_window_is_1080_by_720_in_the_middle() -> None:
    assert read_geometry(None) == Geometry(width=1080, height=720, x=None, y=None)


def test_geometry_survives_being_kept() -> None:
    geometry = Geometry(width=800, height=600, x=-5, y=20, maximized=True)
    assert read_geometry(geometry.to_document()) == geometry


@given(st.dictionaries(st.sampled_from(["width", "height", "x", "y", "maximized"]), VALUES))
def test_whatever_was_kept_gives_a_window_of_a_usable_size(document: dict[str, object]) -> None:
    found = read_geometry(document)
    assert found.width >= MIN_WIDTH
    assert found.height >= MIN_HEIGHT
    assert isinstance(found.maximized, bool)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1700, 500), (-900, 10), (-1200, 900)])
def test_a_place_that_can_be_seen_stays(x: int, y: int) -> None:
    geometry = Geometry(x=x, y=y)
    assert geometry.on([SCREEN, LEFT]) == geometry


@pytest.mark.parametrize(("x", "y"), [(1900, 0), (0, 1079), (0, -50), (-1070, 0)])
def test_a_place_out_of_reach_becomes_the_middle(x: int, y: int) -> None:
    """The screen it stood on was taken away."""
    geometry = Geometry(width=900, height=700, x=x, y=y, maximized=True)
    assert geometry.on([SCREEN]) == Geometry(width=900, height=700, maximized=True)
