"""Profile pictures from outside: fetched with limits, decoded, scaled and encoded anew.

What is kept is never what came in: only pixels pass, so neither a hidden script nor the
picture's own notes (place, camera) reach the disk or the window.
"""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from desktop_app.oauth.endpoints import check_endpoint, reaches_inside
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.services.errors import PictureError
from desktop_app.services.ports import HttpClient

if TYPE_CHECKING:
    from PIL import Image

PICTURE_SIZE: Final = 256
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
_MAX_BYTES: Final = 5 << 20
_MAX_PIXELS: Final = 24_000_000
_MAX_URL: Final = 4096
_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


async def fetch_picture(
    http: HttpClient, url: str, *, by: str, ca_file: str | None = None
) -> bytes:
    """Fetch the picture at *url* and return it as our own PNG, at most 256 pixels wide and high.

    Only a provider (it is at *by*) that is itself on this machine or in its network may send us
    there: any other could make us ask the person's own services.

    Raises:
        PictureError: If the address or what it answers can't be used.
        EndpointError: If the address is not https (or http on this machine).
        ProviderUnreachableError: If nothing answers.
        ResponseTooLargeError: If the answer is longer than 5 MiB.
    """
    response = await _follow(http, url, by=by, ca_file=ca_file)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, encode_picture, response.body)


def encode_picture(data: bytes) -> bytes:
    """Return the picture in *data* (PNG, JPEG, WebP or GIF) as a fresh PNG.

    Raises:
        PictureError: If it is none of these, damaged, or has too many pixels.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            return _encoded(picture)
    except PictureError:
        raise
    except Exception as error:
        # Pillow's decoders raise whatever their format's code stumbles over.
        raise PictureError(reason="it is damaged or of an unknown kind") from error


def _encoded(picture: Image.Image) -> bytes:
    from PIL import ImageOps

    if picture.width * picture.height > _MAX_PIXELS:
        raise PictureError(reason="it has too many pixels")
    # JPEG can be decoded at a fraction of its size, which saves memory and time.
    picture.draft("RGB", (2 * PICTURE_SIZE, 2 * PICTURE_SIZE))
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((PICTURE_SIZE, PICTURE_SIZE))
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, "PNG", optimize=True)
    return out.getvalue()


async def _follow(http: HttpClient, url: str, *, by: str, ca_file: str | None) -> HttpResponse:
    for _ in range(_MAX_REDIRECTS + 1):
        _check_address(url, by=by)
        response = await http.fetch(_request(url, ca_file))
        if response.status not in _REDIRECTS:
            return _checked(response)
        url = urljoin(url, response.headers.get("location", ""))
    raise PictureError(reason="its address leads from one place to another")


def _request(url: str, ca_file: str | None) -> HttpRequest:
    return HttpRequest(
        method="GET",
        url=url,
        headers={"Accept": "image/png, image/jpeg, image/webp, image/gif"},
        ca_file=ca_file,
        max_body=_MAX_BYTES,
    )


def _check_address(url: str, *, by: str) -> None:
    if len(url) > _MAX_URL:
        raise PictureError(reason="its address is too long")
    check_endpoint(url, name="picture")
    if reaches_inside(url, by=by):
        raise PictureError(reason="its address is on this machine or in its own network")


def _checked(response: HttpResponse) -> HttpResponse:
    if response.status != 200:  # noqa: PLR2004 - HTTP's own word for "here it is"
        raise PictureError(reason="its address answers with an error")
    return response
