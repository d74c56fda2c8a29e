"""Pictures of hills, woods, fields and sand."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from painting.canvas import (
    Canvas,
    Colour,
    H,
    W,
    blend_hex,
    gradient,
    mask_below,
    paint_below,
    rgb,
    ridge,
    smooth,
)
from painting.light import clouds, disc, glow, layers, mist


def first_light(rng: random.Random) -> Canvas:
    """Ranges of hills, one behind the other, before the sun is up."""
    sky = gradient(
        [(0, "3a5a86"), (0.3, "8fa3b8"), (0.48, "f1c6a0"), (0.6, "fbe3c0"), (1, "f3d6b3")]
    )
    clouds(sky, rng, 0.02 * H, 0.4 * H, "f6d9c4", 0.5)
    sky = glow(sky, 0.68 * W, 0.5 * H, 900, "ffd9a0", 0.9)
    disc(sky, 0.68 * W, 0.475 * H, 62, "fff4dc", 3)
    tones = [
        (0.5, 0.12, "b9a9a6", "d9bfae"),
        (0.57, 0.14, "93939f", "b7a8a6"),
        (0.66, 0.15, "66778a", "8d8f99"),
        (0.77, 0.17, "3f5a6d", "5f7484"),
        (0.9, 0.18, "22404f", "2f4d5c"),
    ]
    return layers(sky, rng, tones, haze="f4d9bf")


def pine_ridge(rng: random.Random) -> Canvas:
    """Rows of pines that come out of the fog."""
    air = gradient([(0, "cfdad9"), (0.5, "dfe6e2"), (1, "c3d0cc")])
    rows = [
        (0.4, 95, "b7c6c4", 19),
        (0.52, 140, "93aaa8", 25),
        (0.66, 205, "64827f", 33),
        (0.82, 290, "385955", 44),
        (1.02, 400, "17332f", 62),
    ]
    for base, size, colour, every in rows:
        line = smooth(ridge(rng, base * H, 0.12 * H), 60)
        pines(air, rng, line, size, colour, every)
        paint_below(air, [y + size * 0.02 for y in line], [(0, colour), (1, colour)])
        mist(air, rng, (base + 0.1) * H, 0.17 * H, "dbe4e1", 0.72)
    return air


def pines(
    canvas: Canvas,
    rng: random.Random,
    line: Sequence[float],
    size: float,
    colour: str,
    every: float,
) -> None:
    """Plant a row of conifers along *line*."""
    draw = ImageDraw.Draw(canvas)
    x = -10.0
    while x < W + 10:
        ground = line[min(max(int(x), 0), W)] + size * 0.12
        _pine(draw, rng, x, ground, size * rng.uniform(0.55, 1.15), rgb(colour))
        x += every * rng.uniform(0.5, 1.5)


def _pine(
    draw: ImageDraw.ImageDraw, rng: random.Random, x: float, y: float, size: float, fill: Colour
) -> None:
    width = size * rng.uniform(0.15, 0.2)
    outline: list[tuple[float, float]] = [(x, y - size)]
    tiers = 9
    right: list[tuple[float, float]] = []
    for tier in range(1, tiers + 1):
        down = y - size + size * 0.94 * tier / tiers
        reach = width * (tier / tiers) ** 0.85 * rng.uniform(0.82, 1.12)
        right += [(x + reach, down), (x + reach * 0.55, down - size * 0.012)]
    left = [(2 * x - px - rng.uniform(-1, 1) * width * 0.06, py) for px, py in reversed(right)]
    draw.polygon([*outline, *right, *left], fill=fill)
    draw.rectangle(
        (x - size * 0.012, y - size * 0.08, x + size * 0.012, y + size * 0.04), fill=fill
    )


def harvest(rng: random.Random) -> Canvas:
    """Low golden fields under a wide sky."""
    sky = gradient([(0, "6f9cc0"), (0.4, "bcd3d6"), (0.58, "f6e3b8"), (1, "f6e3b8")])
    clouds(sky, rng, 0.04 * H, 0.5 * H, "fff6e4", 0.9)
    tones = [
        (0.58, 0.05, "8aa08f", "a7b083"),
        (0.64, 0.06, "b5a95c", "d3b865"),
        (0.74, 0.08, "cfa64a", "dcb75b"),
        (0.86, 0.1, "b9863a", "c99a45"),
    ]
    layers(sky, rng, tones, rough=0.36, soft=70)
    line = smooth(ridge(rng, 0.62 * H, 0.03 * H), 60)
    draw = ImageDraw.Draw(sky)
    for x in (0.22, 0.255, 0.29, 0.74):
        _round_tree(draw, rng, x * W, line[int(x * W)] + 14, rng.uniform(46, 74), rgb("4d6443"))
    _furrows(sky, rng)
    return sky


def _round_tree(
    draw: ImageDraw.ImageDraw, rng: random.Random, x: float, y: float, size: float, fill: Colour
) -> None:
    draw.rectangle((x - size * 0.05, y - size * 0.7, x + size * 0.05, y), fill=fill)
    for _ in range(26):
        r = size * rng.uniform(0.14, 0.3)
        dx, dy = rng.gauss(0, size * 0.24), rng.gauss(-size * 0.95, size * 0.22)
        draw.ellipse((x + dx - r, y + dy - r, x + dx + r, y + dy + r), fill=fill)


def _furrows(canvas: Canvas, rng: random.Random) -> None:
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    for i in range(-46, 47):
        jitter = rng.uniform(-2, 2)
        end = 0.58 * W + i * 118 + jitter
        draw.line((0.58 * W + i * 12, 0.83 * H, end, H + 40), fill=58, width=5)
    mask = layer.filter(ImageFilter.GaussianBlur(2))
    fade = gradient([(0, "000000"), (0.84, "000000"), (0.95, "ffffff"), (1, "ffffff")]).convert("L")
    canvas.paste(rgb("7d5426"), mask=ImageChops.multiply(mask, fade))


def winter_field(rng: random.Random) -> Canvas:
    """Snow, a fence, one tree."""
    sky = gradient([(0, "aebfcd"), (0.35, "d3dce1"), (0.55, "f3ebe4"), (1, "f3ebe4")])
    layers(
        sky,
        rng,
        [(0.56, 0.05, "b4c2cc", "cdd6da"), (0.6, 0.04, "9fb1bd", "c6d1d7")],
        rough=0.4,
        soft=20,
    )
    mist(sky, rng, 0.6 * H, 0.1 * H, "eef1f2", 0.8)
    line = smooth(ridge(rng, 0.68 * H, 0.06 * H, 0.36), 120)
    paint_below(sky, line, [(0.62, "f2f4f5"), (0.85, "dbe4ec"), (1, "c3d2df"), (1.01, "c3d2df")])
    draw = ImageDraw.Draw(sky)
    _bare_tree(draw, rng, (0.69 * W, line[int(0.69 * W)] + 12), 310)
    near = smooth(ridge(rng, 0.86 * H, 0.07 * H, 0.36), 130)
    for x in range(40, W, 118):
        post = near[x] - 8
        draw.line((x, post + 30, x + 3, post - 62), fill=rgb("6d6763"), width=8)
    for drop in (48, 20):
        wire = [(x, near[x] - 8 - drop) for x in range(40, W - 10, 6)]
        draw.line(wire, fill=rgb("8d8883"), width=3)
    paint_below(sky, near, [(0.82, "fafbfb"), (1, "d5e0ea"), (1.01, "d5e0ea")])
    return sky


def _bare_tree(
    draw: ImageDraw.ImageDraw, rng: random.Random, foot: tuple[float, float], size: float
) -> None:
    def branch(x: float, y: float, angle: float, length: float, width: float) -> None:
        if length < 7:
            return
        to = x + math.cos(angle) * length, y - math.sin(angle) * length
        draw.line((x, y, *to), fill=rgb("4b4a4c"), width=max(1, round(width)))
        for turn in (rng.uniform(0.2, 0.55), -rng.uniform(0.2, 0.55)):
            branch(*to, angle + turn, length * rng.uniform(0.68, 0.84), width * 0.68)

    branch(*foot, math.pi / 2 + 0.04, size * 0.26, size * 0.055)


def dunes(rng: random.Random) -> Canvas:
    """Sand, wind, nothing else."""
    sky = gradient([(0, "4f8fbd"), (0.35, "a8cbd8"), (0.5, "efe3cd"), (1, "efe3cd")])
    rows = [
        (0.5, 0.08, "e6c49b", "c99a6b"),
        (0.6, 0.14, "e2b581", "b57d4e"),
        (0.74, 0.18, "dba670", "9c6440"),
        (0.94, 0.2, "cf9159", "7f4d33"),
    ]
    for base, height, lit, shade in rows:
        line = smooth(ridge(rng, base * H, height * H, 0.36), 110)
        paint_below(
            sky,
            line,
            [
                (base - height / 2, lit),
                (min(1.0, base + 0.2), blend_hex(lit, shade)),
                (1.01, shade),
            ],
        )
        _lee(sky, rng, line, shade)
    return sky


def _lee(canvas: Canvas, rng: random.Random, line: Sequence[float], shade: str) -> None:
    """Shade the side of a dune that the light does not reach, from a winding crest down."""
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    crest = min(range(len(line)), key=lambda x: line[x])
    sway = [rng.uniform(-1, 1) for _ in range(H + 1)]
    for _ in range(3):
        sway = smooth(sway, 110)
    edge = [
        (crest + sway[int(y)] * 2600 + (y - line[crest]) * 0.5, y)
        for y in range(int(line[crest]), H, 4)
    ]
    side = [(x, line[x]) for x in range(crest, W + 1)]
    draw.polygon([*side, (W, H), *reversed(edge)], fill=150)
    mask = ImageChops.multiply(layer.filter(ImageFilter.GaussianBlur(5)), mask_below(line))
    canvas.paste(rgb(shade), mask=mask)
