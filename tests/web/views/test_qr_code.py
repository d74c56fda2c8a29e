"""QR codes as drawing instructions."""

from __future__ import annotations

import re

import segno

from desktop_app.web.views.qr_code import qr_code_view

ADDRESS = "https://photos.example/device?code=WDJB-MJHT"


def drawn(path: str, size: int) -> list[list[int]]:
    """Return the modules that *path* paints, each once."""
    modules = [[0] * size for _ in range(size)]
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert width == back
        for column in range(int(x), int(x) + int(width)):
            assert not modules[int(y)][column]
            modules[int(y)][column] = 1
    return modules


def test_the_drawing_is_the_code_with_room_around_it() -> None:
    view = qr_code_view(ADDRESS)
    assert view is not None
    code = segno.make(ADDRESS, micro=False, error="m")
    rows = [list(row) for row in code.matrix]
    assert drawn(view.path, len(rows)) == rows
    assert view.box == f"-2 -2 {len(rows) + 4} {len(rows) + 4}"


def test_the_drawing_holds_nothing_that_markup_could_trip_over() -> None:
    view = qr_code_view('https://photos.example/?"><script>')
    assert view is not None
    assert re.fullmatch(r"[Mhvz0-9 -]+", view.path)


def test_what_is_too_long_for_a_code_has_none() -> None:
    assert qr_code_view("https://photos.example/" + "x" * 5000) is None
