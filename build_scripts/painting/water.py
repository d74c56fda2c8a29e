"""Pictures of lakes and seas."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from painting.canvas import Canvas, H, W, gradient, paint_below, rgb, ridge, smooth
from painting.land import pines
from painting.light import clouds, disc, glow, layers, path_of_light, reflect, ripples, stars


def still_lake(rng: random.Random) -> Canvas:
    """A mountain lake that mirrors everything."""
    sky = gradient([(0, "5d93bd"), (0.35, "a9cbdc"), (0.52, "e4ecea"), (1, "e4ecea")])
    clouds(sky, rng, 0.03 * H, 0.34 * H, "ffffff", 0.85)
    peaks = ridge(rng, 0.36 * H, 0.3 * H, 0.56)
    paint_below(sky, peaks, [(0.2, "8494a6"), (0.55, "b7c3ca"), (1, "b7c3ca")])
    layers(sky, rng, [(0.47, 0.12, "5f7f86", "86a09c")], haze="dfe9e6")
    shore_line = smooth(ridge(rng, 0.55 * H, 0.04 * H), 20)
    pines(sky, rng, shore_line, 120, "2c4f4b", 17)
    shore = int(0.58 * H)
    paint_below(sky, [min(y, shore - 6) for y in shore_line], [(0.5, "2c4f4b"), (1, "2c4f4b")])
    reflect(sky, shore, "2b5f74", 0.28)
    ripples(sky, rng, shore, "e9f5f4", 190, 52)
    return sky


def moonrise(rng: random.Random) -> Canvas:
    """A full moon over dark water."""
    sky = gradient([(0, "0f1d38"), (0.35, "24416a"), (0.6, "5c7fa0"), (1, "7f9bb0")])
    stars(sky, rng, 0.42 * H, 260)
    sky = glow(sky, 0.36 * W, 0.33 * H, 640, "dfe6f2", 0.8)
    disc(sky, 0.36 * W, 0.33 * H, 92, "f7f3e4", 2.5)
    clouds(sky, rng, 0.3 * H, 0.62 * H, "8ea6bd", 0.5)
    layers(
        sky, rng, [(0.6, 0.09, "2f4f70", "43658a"), (0.65, 0.05, "1b3350", "24405f")], haze="6d8aa5"
    )
    shore = int(0.7 * H)
    reflect(sky, shore, "132a47", 0.42)
    ripples(sky, rng, shore, "9db6cc", 260, 46)
    path_of_light(sky, rng, 0.36 * W, shore, "f3efdc")
    return sky


def low_tide(rng: random.Random) -> Canvas:
    """Wet sand, long after the wave."""
    sky = gradient([(0, "93b8cc"), (0.3, "d4e0de"), (0.42, "f7e7d4"), (1, "f7e7d4")])
    clouds(sky, rng, 0.02 * H, 0.36 * H, "ffffff", 0.8)
    sea = int(0.42 * H)
    water = gradient([(0, "6fa3ad"), (0.42, "5f9aa6"), (0.62, "a9cbc6"), (1, "a9cbc6")])
    sky.paste(water.crop((0, sea, W, H)), (0, sea))
    ripples(sky, rng, sea, "eef7f5", 240, 90)
    for base, top in ((0.6, "b9cbc2"), (0.66, "cfc5ad"), (0.76, "d8c09a"), (0.9, "cfae83")):
        line = smooth(ridge(rng, base * H, 0.05 * H, 0.4), 90)
        _foam(sky, [y - 7 for y in line], 0.75 if base < 0.7 else 0.16)
        paint_below(sky, line, [(base - 0.03, top), (1, "c7a679"), (1.01, "c7a679")])
    sheen = gradient([(0, "000000"), (0.62, "000000"), (0.74, "5a5a5a"), (1, "101010")]).convert(
        "L"
    )
    sky.paste(rgb("f4ebdc"), mask=sheen)
    return sky


def _foam(canvas: Canvas, line: Sequence[float], most: float) -> None:
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    draw.line([(x, y) for x, y in enumerate(line)], fill=int(255 * most), width=9)
    canvas.paste((255, 255, 255), mask=layer.filter(ImageFilter.GaussianBlur(4)))


def islands(rng: random.Random) -> Canvas:
    """Islands that fade into the distance, from a hill."""
    sky = gradient([(0, "8fb9d6"), (0.3, "cfe1e6"), (0.44, "f4efe2"), (1, "f4efe2")])
    clouds(sky, rng, 0.02 * H, 0.34 * H, "ffffff", 0.9)
    sea = int(0.42 * H)
    sky.paste(
        gradient([(0, "b9d6db"), (0.42, "b9d6db"), (0.7, "5e9fb0"), (1, "2f7389")]).crop(
            (0, sea, W, H)
        ),
        (0, sea),
    )
    ripples(sky, rng, sea, "f1faf9", 300, 58)
    places = [
        (0.24, 0.435, 0.2, 0.05, "a5c0c9"),
        (0.7, 0.44, 0.3, 0.065, "98b6c0"),
        (0.45, 0.475, 0.17, 0.055, "7c9fab"),
        (0.9, 0.52, 0.2, 0.08, "668c96"),
        (0.14, 0.545, 0.24, 0.09, "55807f"),
        (0.6, 0.615, 0.26, 0.1, "41706a"),
        (0.28, 0.74, 0.3, 0.12, "2c5b50"),
    ]
    for x, y, wide, tall, colour in places:
        _island(sky, rng, (x * W, y * H, wide * W, tall * H), colour)
    return sky


def _island(
    canvas: Canvas, rng: random.Random, box: tuple[float, float, float, float], colour: str
) -> None:
    x, foot, wide, tall = box
    profile = smooth(ridge(rng, 0, tall * 0.6, 0.5), 6)
    outline = []
    for step in range(201):
        share = step / 200
        hump = (4 * share * (1 - share)) ** 0.7
        outline.append((x + (share - 0.5) * wide, foot - hump * (tall + profile[int(share * W)])))
    for dim, flip in ((90, -0.45), (255, 1.0)):
        layer = Image.new("L", (W, H))
        shape = [(px, foot - (foot - py) * flip) for px, py in outline]
        ImageDraw.Draw(layer).polygon(shape, fill=dim)
        canvas.paste(rgb(colour), mask=layer.filter(ImageFilter.GaussianBlur(1 if flip > 0 else 5)))


def evening_sea(rng: random.Random) -> Canvas:
    """The sun on the edge of the sea."""
    sky = gradient(
        [(0, "43416f"), (0.22, "95618a"), (0.42, "ee9272"), (0.56, "fdd08a"), (1, "fdd08a")]
    )
    clouds(sky, rng, 0.05 * H, 0.5 * H, "6d4a78", 0.75)
    clouds(sky, rng, 0.2 * H, 0.55 * H, "ffc191", 0.6)
    shore = int(0.58 * H)
    sky = glow(sky, 0.6 * W, shore, 760, "ffd890", 0.85)
    disc(sky, 0.6 * W, shore - 34, 84, "fff2c9", 2.5)
    water = gradient([(0, "c7807a"), (0.58, "d98f78"), (0.72, "7c5678"), (1, "2e2a4f")])
    sky.paste(water.crop((0, shore, W, H)), (0, shore))
    ripples(sky, rng, shore, "2f2850", 700, 90)
    path_of_light(sky, rng, 0.6 * W, shore, "ffe3a6")
    return sky
