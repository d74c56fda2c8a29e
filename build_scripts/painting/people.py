"""Portraits of people who do not exist."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

from painting.canvas import Canvas, blend, rgb


def person(background: Canvas, skin: str, hair: str, shirt: str, *, long_hair: bool) -> Canvas:
    """Return a small portrait of somebody who does not exist."""
    size = 1024
    canvas = background.crop((160, 0, 800, 640)).resize((size, size))
    canvas = canvas.filter(ImageFilter.GaussianBlur(9))
    draw = ImageDraw.Draw(canvas)
    if long_hair:
        draw.rounded_rectangle((318, 250, 706, 800), 190, fill=rgb(hair))
    draw.rounded_rectangle((190, 735, 834, 1300), 250, fill=rgb(shirt))
    draw.rounded_rectangle((448, 560, 576, 800), 62, fill=blend(rgb(skin), rgb(hair), 0.22))
    draw.ellipse((448, 700, 576, 822), fill=blend(rgb(skin), rgb(hair), 0.22))
    draw.rounded_rectangle((366, 268, 658, 668), 144, fill=rgb(skin))
    draw.pieslice((340, 218, 684, 590), 178, 362, fill=rgb(hair))
    draw.ellipse((340, 330, 470, 480), fill=rgb(hair))
    return canvas.resize((256, 256), Image.Resampling.LANCZOS)
