"""Colours, gradients and skylines: what every picture is made of."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Canvas = Image.Image
W, H = 1920, 1280
OUT = (960, 640)


def rgb(code: str) -> Colour:
    """Return the colour that ``rrggbb`` says."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def blend(a: Colour, b: Colour, share: float) -> Colour:
    """Return *a* with *share* of *b* mixed in."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def blend_hex(a: str, b: str) -> str:
    """Return the colour half-way between two."""
    return "{:02x}{:02x}{:02x}".format(*blend(rgb(a), rgb(b), 0.5))


def gradient(stops: Sequence[tuple[float, str]]) -> Canvas:
    """Return a canvas that runs from top to bottom through *stops* (place 0 to 1, colour)."""
    strip = Image.new("RGB", (1, H))
    for y in range(H):
        strip.putpixel((0, y), colour_at(stops, y / H))
    return strip.resize((W, H))


def colour_at(stops: Sequence[tuple[float, str]], place: float) -> Colour:
    """Return the colour of a gradient at *place*."""
    for (p0, c0), (p1, c1) in itertools.pairwise(stops):
        if place <= p1:
            share = max(0.0, (place - p0) / (p1 - p0))
            return blend(rgb(c0), rgb(c1), share * share * (3 - 2 * share))
    return rgb(stops[-1][1])


def ridge(rng: random.Random, base: float, height: float, rough: float = 0.55) -> list[float]:
    """Return a skyline of W + 1 heights by midpoint displacement, about *base* pixels down."""
    points = [base + rng.uniform(-height, height) / 2 for _ in range(5)]
    reach = height / 2
    while len(points) < W // 3:
        reach *= rough
        finer: list[float] = []
        for a, b in itertools.pairwise(points):
            finer += [a, (a + b) / 2 + rng.uniform(-reach, reach)]
        points = [*finer, points[-1]]
    step = (len(points) - 1) / W
    return [_between(points, x * step) for x in range(W + 1)]


def _between(points: Sequence[float], place: float) -> float:
    left = min(int(place), len(points) - 2)
    return points[left] + (points[left + 1] - points[left]) * (place - left)


def smooth(line: list[float], reach: int) -> list[float]:
    """Return *line* with a moving average over *reach* pixels to each side."""
    sums = [0.0]
    for value in line:
        sums.append(sums[-1] + value)
    low = [max(0, i - reach) for i in range(len(line))]
    high = [min(len(line), i + reach + 1) for i in range(len(line))]
    return [(sums[b] - sums[a]) / (b - a) for a, b in zip(low, high, strict=True)]


def mask_below(line: Sequence[float]) -> Canvas:
    """Return a mask of everything below the skyline *line*."""
    mask = Image.new("L", (W, H))
    edge = [(x, y) for x, y in enumerate(line)]
    ImageDraw.Draw(mask).polygon([*edge, (W, H), (0, H)], fill=255)
    return mask


def paint_below(canvas: Canvas, line: Sequence[float], stops: Sequence[tuple[float, str]]) -> None:
    """Fill below *line* with a gradient whose stops are places of the whole canvas."""
    canvas.paste(gradient(stops), mask=mask_below(line))


def noise(rng: random.Random, columns: int, rows: int) -> Canvas:
    """Return a small field of random greys."""
    field = Image.new("L", (columns, rows))
    field.putdata([rng.randrange(256) for _ in range(columns * rows)])
    return field
