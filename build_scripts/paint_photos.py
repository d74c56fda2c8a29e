"""Paint the pictures that ship with the photo service: original, calm, the same every time.

Run it by hand after a change: ``python build_scripts/paint_photos.py [FOLDER]``. Each picture
is a pure function of its seed, drawn at double size with Pillow alone and scaled down.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

from painting.canvas import OUT, Canvas, noise
from painting.heights import high_pass, north_sky
from painting.land import dunes, first_light, harvest, pine_ridge, winter_field
from painting.people import person
from painting.water import evening_sea, islands, low_tide, moonrise, still_lake
from PIL import Image, ImageChops

FOLDER = Path(__file__).parent.parent / "desktop_app" / "demo" / "photos"
Painter = Callable[[random.Random], Canvas]

PEOPLE = {
    "jane": ("first-light", "e9bf9f", "6b3f2a", "c8553d", True),
    "noor": ("still-lake", "b9835c", "231c1f", "efe3c8", False),
}


PICTURES: dict[str, tuple[int, Painter]] = {
    "first-light": (11, first_light),
    "still-lake": (27, still_lake),
    "pine-ridge": (33, pine_ridge),
    "high-pass": (42, high_pass),
    "harvest": (58, harvest),
    "moonrise": (64, moonrise),
    "north-sky": (79, north_sky),
    "low-tide": (83, low_tide),
    "dunes": (95, dunes),
    "islands": (101, islands),
    "evening-sea": (118, evening_sea),
    "winter-field": (127, winter_field),
}


def finish(canvas: Canvas, seed: int) -> Canvas:
    """Scale down, darken the corners a little and add fine grain, as a camera does."""
    small = canvas.resize(OUT, Image.Resampling.LANCZOS)
    corners = Image.radial_gradient("L").resize(OUT).point(lambda v: int(max(0, v - 110) * 0.30))
    small = Image.composite(Image.new("RGB", OUT, (12, 12, 18)), small, corners)
    grain = noise(random.Random(seed), *OUT).point(lambda v: 128 + (v - 128) // 32)
    return ImageChops.overlay(small, Image.merge("RGB", (grain,) * 3))


def paint(name: str) -> Canvas:
    """Return the finished picture *name*."""
    seed, painter = PICTURES[name]
    return finish(painter(random.Random(seed)), seed)


def main(folder: Path) -> None:
    """Paint every picture into *folder*."""
    (folder / "people").mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        _save(paint(name), folder / f"{name}.jpg")
    for name, (background, skin, hair, shirt, long_hair) in PEOPLE.items():
        portrait = person(paint(background), skin, hair, shirt, long_hair=long_hair)
        _save(portrait, folder / "people" / f"{name}.jpg")


def _save(canvas: Canvas, path: Path) -> None:
    canvas.save(path, quality=84, optimize=True, progressive=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
