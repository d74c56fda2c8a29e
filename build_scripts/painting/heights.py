"""Pictures of mountains and the northern sky."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from painting.canvas import Canvas, H, W, gradient, paint_below, rgb, ridge, smooth
from painting.land import pines
from painting.light import clouds, layers, mist, stars


def high_pass(rng: random.Random) -> Canvas:
    """Snow on the peaks, evening on the snow."""
    sky = gradient([(0, "33477a"), (0.3, "7d7fa8"), (0.55, "e8b4a6"), (1, "f4cdb0")])
    clouds(sky, rng, 0.05 * H, 0.4 * H, "e7b7b4", 0.55)
    far = [(0.06, 0.36), (0.27, 0.29), (0.5, 0.35), (0.97, 0.33)]
    near = [(0.14, 0.52), (0.42, 0.47), (0.9, 0.5), (0.68, 0.3)]
    for peaks, lit, shade in ((far, "e6bdb8", "9d93b4"), (near, "fde1d2", "6d74a3")):
        for x, y in peaks:
            _peak(sky, rng, (x * W, y * H), lit, shade)
        mist(sky, rng, 0.72 * H, 0.26 * H, "b9a3b8", 0.75)
    return layers(
        sky, rng, [(0.84, 0.1, "454d72", "323a5c"), (0.95, 0.1, "232b48", "1a2038")], rough=0.46
    )


def _peak(
    canvas: Canvas, rng: random.Random, top: tuple[float, float], lit: str, shade: str
) -> None:
    """Paint one snowy mountain: the left side in the light, the right one out of it."""
    left = _slope(rng, top, -rng.uniform(0.95, 1.25), 0.38)
    right = _slope(rng, top, rng.uniform(0.95, 1.25), 0.38)
    spine = _slope(rng, top, rng.uniform(0.02, 0.2), 0.9)
    mask = Image.new("L", (W, H))
    ImageDraw.Draw(mask).polygon([*left, *reversed(right)], fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(1))
    canvas.paste(gradient([(0.25, lit), (0.8, shade), (1, shade)]), mask=mask)
    dark = Image.new("L", (W, H))
    draw = ImageDraw.Draw(dark)
    draw.polygon([*spine, *reversed(right)], fill=240)
    for _ in range(7):
        share = rng.uniform(0.12, 0.7)
        px, py = left[int(share * (len(left) - 1))]
        start = px + rng.uniform(0.2, 0.8) * (top[0] - px), py
        gully = _slope(rng, start, rng.uniform(-0.75, -0.4), 0.5)[: rng.randrange(4, 12)]
        draw.polygon([*gully, (gully[-1][0] + 30, gully[-1][1])], fill=170)
    dark = ImageChops.multiply(dark.filter(ImageFilter.GaussianBlur(1.4)), mask)
    canvas.paste(rgb(shade), mask=dark)


def _slope(
    rng: random.Random, top: tuple[float, float], lean: float, wild: float
) -> list[tuple[float, float]]:
    """Return a jagged line from *top* down to the foot of the canvas."""
    x, y = top
    points = [(x, y)]
    while y < H:
        step = rng.uniform(9, 36)
        y += step
        x += step * (lean + rng.uniform(-wild, wild))
        points.append((x, y))
    return points


def north_sky(rng: random.Random) -> Canvas:
    """Green light over a sleeping forest."""
    sky = gradient([(0, "071226"), (0.5, "0f2a3f"), (0.8, "1d4a52"), (1, "1d4a52")])
    stars(sky, rng, 0.75 * H, 620)
    for shift, colour, most in (
        (-0.12, "8f7be0", 0.5),
        (0.12, "3fd0b0", 0.5),
        (0.02, "55eaa4", 0.95),
    ):
        sky = _curtain(sky, rng, shift, colour, most)
    line = smooth(ridge(rng, 0.84 * H, 0.12 * H), 40)
    layers(sky, rng, [(0.78, 0.1, "0e2a36", "0c222d")], rough=0.45)
    pines(sky, rng, line, 190, "05121a", 26)
    paint_below(sky, line, [(0, "05121a"), (1, "05121a")])
    return sky


def _curtain(canvas: Canvas, rng: random.Random, shift: float, colour: str, most: float) -> Canvas:
    """Hang one curtain of light: bright at its winding foot, gone towards the top."""
    foot = ridge(rng, (0.52 + shift) * H, 0.3 * H, 0.4)
    for _ in range(3):
        foot = smooth(foot, 150)
    rays = smooth(smooth([rng.random() for _ in range(W + 1)], 9), 9)
    low, high = min(rays), max(rays)
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    for x in range(W):
        strength = 0.4 + 0.6 * (rays[x] - low) / (high - low)
        _ray(draw, x, foot[x], 0.42 * H * (0.5 + 0.7 * strength), 255 * strength * most)
    mask = layer.filter(ImageFilter.GaussianBlur(10))
    light = ImageChops.screen(canvas, Image.new("RGB", (W, H), rgb(colour)))
    return Image.composite(light, canvas, mask)


def _ray(draw: ImageDraw.ImageDraw, x: int, foot: float, tall: float, light: float) -> None:
    parts = 48
    for part in range(parts):
        share = part / parts
        rise = min(1.0, share / 0.24)
        value = light * rise * rise * (3 - 2 * rise) * (1 - share) ** 1.5
        top = foot + tall * (0.2 - share)
        draw.line((x, top, x, top - tall / parts - 1), fill=int(value))
