"""Draws a contact sheet: the photos of an album on one page, with their names."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps, UnidentifiedImageError

from desktop_app.demo.printing_service.fetch import PrintablePhoto, PrintError

_WIDTH = 1240
"""A4 at 150 dots an inch."""
_MARGIN, _GAP, _HEAD, _CAPTION, _FOOT = 96, 40, 208, 58, 120
_PAPER, _INK, _SOFT, _LINE = "#fbf8f3", "#2a2420", "#7b7067", "#e3dbd0"
_FEW = 8
_MAX_PIXELS = 40_000_000

Box = tuple[int, int, int, int]


def draw_sheet(owner: str, photos: Sequence[PrintablePhoto]) -> bytes:
    """Return the sheet as a PNG.

    Raises:
        PrintError: If a photo is no picture, or too large to open.
    """
    columns = 2 if len(photos) <= _FEW else 3
    cell = (_WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    frame = cell, cell * 2 // 3
    rows = math.ceil(len(photos) / columns)
    height = _HEAD + rows * (frame[1] + _CAPTION + _GAP) + _FOOT
    sheet = Image.new("RGB", (_WIDTH, height), _PAPER)
    _draw_head(sheet, owner, len(photos))
    for index, photo in enumerate(photos):
        x = _MARGIN + (index % columns) * (cell + _GAP)
        y = _HEAD + (index // columns) * (frame[1] + _CAPTION + _GAP)
        _draw_photo(sheet, photo, (x, y, x + frame[0], y + frame[1]), index + 1)
    _draw_foot(sheet, height)
    return _encode(sheet)


def open_photo(jpeg: bytes, size: tuple[int, int]) -> Image.Image:
    """Return a picture from outside, cut and scaled to *size*.

    Raises:
        PrintError: If it is no picture, or too large to open.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise PrintError("A photo is too large to print.")
            return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise PrintError("One of the photos is not a picture.") from error
    except Image.DecompressionBombError as error:
        raise PrintError("A photo is too large to print.") from error


def _draw_head(sheet: Image.Image, owner: str, count: int) -> None:
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, 78), owner or "Photos", fill=_INK, font=_font(46))
    noun = "photo" if count == 1 else "photos"
    draw.text((_MARGIN, 138), f"Contact sheet, {count} {noun}", fill=_SOFT, font=_font(22))
    draw.line((_MARGIN, 184, _WIDTH - _MARGIN, 184), fill=_LINE, width=2)


def _draw_photo(sheet: Image.Image, photo: PrintablePhoto, box: Box, number: int) -> None:
    left, top, right, bottom = box
    size = right - left, bottom - top
    _draw_shadow(sheet, box)
    sheet.paste(open_photo(photo.jpeg, size), (left, top), _corners(size))
    draw = ImageDraw.Draw(sheet)
    draw.text((left, bottom + 16), photo.title, fill=_INK, font=_font(21))
    draw.text((right, bottom + 16), f"{number:02}", fill=_SOFT, font=_font(21), anchor="ra")


def _draw_shadow(sheet: Image.Image, box: Box) -> None:
    left, top, right, bottom = box
    reach = 24
    shadow = Image.new("L", (right - left + 2 * reach, bottom - top + 2 * reach))
    inner = (reach, reach + 6, shadow.width - reach, shadow.height - reach + 6)
    ImageDraw.Draw(shadow).rounded_rectangle(inner, 10, fill=64)
    sheet.paste(_INK, (left - reach, top - reach), shadow.filter(ImageFilter.GaussianBlur(10)))


def _corners(size: tuple[int, int]) -> Image.Image:
    """Return a mask with round corners, drawn large and scaled down to be smooth."""
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), 16, fill=255)
    return mask.resize(size, Image.Resampling.LANCZOS)


def _draw_foot(sheet: Image.Image, height: int) -> None:
    draw = ImageDraw.Draw(sheet)
    text = "Printed with borrowed access. The printing service never saw a password."
    draw.text((_WIDTH / 2, height - 74), text, fill=_SOFT, font=_font(19), anchor="ma")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _encode(sheet: Image.Image) -> bytes:
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()
