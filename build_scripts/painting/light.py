"""Air, light and water."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from painting.canvas import Canvas, H, W, noise, paint_below, rgb, ridge, smooth


def glow(canvas: Canvas, x: float, y: float, radius: float, colour: str, strength: float) -> Canvas:
    """Return *canvas* with light around a point."""
    spot = ImageChops.invert(Image.radial_gradient("L")).resize((int(radius * 2),) * 2)
    # The drawn gradient ends at its corners; the circle inside ends at 76.
    spot = spot.point(lambda v: int((max(0, v - 76) / 179) ** 2 * 255 * strength))
    mask = Image.new("L", (W, H))
    mask.paste(spot, (int(x - radius), int(y - radius)))
    light = Image.new("RGB", (W, H), rgb(colour))
    return Image.composite(ImageChops.screen(canvas, light), canvas, mask)


def disc(canvas: Canvas, x: float, y: float, radius: float, colour: str, blur: float = 1.5) -> None:
    """Paint a round sun or moon."""
    mask = Image.new("L", (W, H))
    ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    canvas.paste(rgb(colour), mask=mask.filter(ImageFilter.GaussianBlur(blur)))


def mist(
    canvas: Canvas, rng: random.Random, y: float, height: float, colour: str, most: float
) -> None:
    """Lay a bank of mist around *y* over everything so far."""
    cloud = noise(rng, 5, 9).resize((W, H), Image.Resampling.BICUBIC)
    band = Image.new("L", (1, H))
    for row in range(H):
        near = max(0.0, 1 - abs(row - y) / height)
        band.putpixel((0, row), int(255 * near * near * (3 - 2 * near)))
    mask = ImageChops.multiply(cloud.point(lambda v: 110 + v * 145 // 255), band.resize((W, H)))
    canvas.paste(rgb(colour), mask=mask.point(lambda v: int(v * most)))


def clouds(
    canvas: Canvas, rng: random.Random, top: float, bottom: float, colour: str, most: float
) -> None:
    """Paint long, soft clouds between *top* and *bottom*."""
    total = Image.new("L", (W, H))
    for octave, weight in ((3, 0.55), (7, 0.3), (15, 0.15)):
        layer = noise(rng, octave, octave * 4).resize((W, H), Image.Resampling.BICUBIC)
        total = ImageChops.add(total, layer.point(lambda v, w=weight: int(v * w)))
    total = total.point(lambda v: min(255, max(0, (v - 120) * 4)))
    band = Image.new("L", (1, H))
    middle, reach = (top + bottom) / 2, (bottom - top) / 2
    for row in range(H):
        band.putpixel((0, row), int(255 * max(0.0, 1 - ((row - middle) / reach) ** 2)))
    mask = ImageChops.multiply(total, band.resize((W, H)))
    mask = mask.filter(ImageFilter.GaussianBlur(14)).point(lambda v: int(v * most))
    canvas.paste(rgb(colour), mask=mask)


def stars(canvas: Canvas, rng: random.Random, bottom: float, count: int) -> None:
    """Scatter stars above *bottom*."""
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    for _ in range(count):
        x, y = rng.uniform(0, W), bottom * rng.random() ** 1.2
        r = rng.choice((0.8, 0.8, 1.1, 1.1, 1.5, 2.1))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=rng.randrange(70, 240))
    canvas.paste((244, 246, 255), mask=layer.filter(ImageFilter.GaussianBlur(0.7)))


def reflect(canvas: Canvas, shore: int, tint: str, share: float) -> None:
    """Mirror what is above *shore* into still water below it."""
    depth = H - shore
    above = canvas.crop((0, max(0, shore - depth), W, shore))
    water = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((W, depth))
    water = water.filter(ImageFilter.GaussianBlur(3))
    canvas.paste(Image.blend(water, Image.new("RGB", (W, depth), rgb(tint)), share), (0, shore))


def ripples(
    canvas: Canvas, rng: random.Random, shore: int, colour: str, count: int, most: int = 70
) -> None:
    """Draw the light on water: fine dashes that grow towards the viewer."""
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    for _ in range(count):
        near = rng.random() ** 1.6
        y = shore + 4 + near * (H - shore)
        length = 20 + near * 190 * rng.random()
        x = rng.uniform(-100, W)
        draw.line((x, y, x + length, y), fill=rng.randrange(10, most), width=1 + round(near * 2))
    canvas.paste(rgb(colour), mask=layer.filter(ImageFilter.GaussianBlur(1.4)))


def path_of_light(canvas: Canvas, rng: random.Random, x: float, shore: int, colour: str) -> None:
    """Draw the glitter that a low sun or moon lays over water."""
    layer = Image.new("L", (W, H))
    draw = ImageDraw.Draw(layer)
    for _ in range(900):
        near = rng.random() ** 1.3
        y = shore + 2 + near * (H - shore)
        wide = 26 + near * 230
        half = rng.uniform(4, 14 + near * 46)
        middle = rng.gauss(x, wide / 2.4)
        light = int(230 * (1 - near * 0.55))
        draw.line((middle - half, y, middle + half, y), fill=light, width=1 + round(near * 3))
    canvas.paste(rgb(colour), mask=layer.filter(ImageFilter.GaussianBlur(1.6)))


def layers(
    canvas: Canvas,
    rng: random.Random,
    tones: Sequence[tuple[float, float, str, str]],
    *,
    rough: float = 0.5,
    soft: int = 0,
    haze: str = "",
) -> Canvas:
    """Paint ranges of hills, far to near: (base, height, colour at top, colour at foot)."""
    for base, height, top, foot in tones:
        line = ridge(rng, base * H, height * H, rough)
        line = smooth(line, soft) if soft else line
        paint_below(
            canvas, line, [(base - height / 2, top), (min(1.0, base + 0.25), foot), (1.01, foot)]
        )
        if haze:
            mist(canvas, rng, (base + 0.13) * H, 0.12 * H, haze, 0.42)
    return canvas
