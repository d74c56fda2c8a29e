"""Profile pictures: bounded, decoded, and encoded anew."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop_app.oauth.errors import EndpointError
from desktop_app.services.errors import (
    PictureError,
    ProviderUnreachableError,
    ResponseTooLargeError,
)
from desktop_app.services.profiles.pictures import encode_picture, fetch_picture
from desktop_app.transport.http import HttpClientAdapter
from tests.support.sample_provider import SampleProvider, picture


def made(kind: str, size: tuple[int, int] = (600, 300), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_usual_kind_becomes_a_png_of_at_most_256_pixels(kind: str) -> None:
    result = opened(encode_picture(made(kind)))
    assert (result.format, result.size) == ("PNG", (256, 128))


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(encode_picture(made("PNG", (20, 10)))).size == (20, 10)


def test_nothing_but_pixels_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of Maria"
    exif[0x0112] = 6
    result = encode_picture(made("JPEG", exif=exif.tobytes(), comment=b"<script>"))
    assert b"Camera" not in result
    assert b"script" not in result
    # Turned upright as the camera said.
    assert opened(result).size == (128, 256)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        made("BMP"),
        made("TIFF"),
        made("PNG")[:200],
        made("JPEG")[:300],
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        encode_picture(data)


@pytest.mark.parametrize("size", [(5000, 5000), (60_000, 3000)])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(
    size: tuple[int, int],
) -> None:
    with pytest.raises(PictureError):
        encode_picture(_header_only(size))


def _header_only(size: tuple[int, int]) -> bytes:
    """Return a PNG that says *size* and holds hardly anything."""
    out = io.BytesIO()
    Image.new("1", (8, 8)).save(out, "PNG")
    data = bytearray(out.getvalue())
    data[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


@settings(max_examples=200)
@given(data=st.binary(max_size=400), start=st.sampled_from([b"", b"GIF89a", b"\xff\xd8\xff\xe0"]))
def test_any_bytes_are_a_picture_or_refused(data: bytes, start: bytes) -> None:
    with contextlib.suppress(PictureError):
        encode_picture(start + data)


@settings(max_examples=200)
@given(
    position=st.integers(0, 5000), value=st.integers(0, 255), kind=st.sampled_from(["PNG", "GIF"])
)
def test_a_damaged_picture_is_a_picture_or_refused(position: int, value: int, kind: str) -> None:
    data = bytearray(made(kind, (40, 40)))
    data[position % len(data)] = value
    with contextlib.suppress(PictureError):
        assert opened(encode_picture(bytes(data))).format == "PNG"


def with_sample(story: Callable[[SampleProvider], Awaitable[None]]) -> None:
    async def run() -> None:
        async with SampleProvider(lambda: 0.0) as sample:
            await story(sample)

    asyncio.run(run())


async def fetch(url: str, *, by: str = "http://127.0.0.1/token") -> bytes:
    return await fetch_picture(HttpClientAdapter(), url, by=by)


def test_a_picture_is_fetched_also_over_a_redirect() -> None:
    async def story(sample: SampleProvider) -> None:
        sample.answers["/hop"] = lambda _: (302, "text/plain", b"/picture.png")
        assert opened(await fetch(f"{sample.issuer}/hop")).size == (256, 171)

    with_sample(story)


def test_endless_redirects_and_errors_are_refused() -> None:
    async def story(sample: SampleProvider) -> None:
        sample.answers["/loop"] = lambda _: (302, "text/plain", b"/loop")
        sample.answers["/bad"] = lambda _: (302, "text/plain", b"file:///etc/passwd")
        sample.answers["/http"] = lambda _: (302, "text/plain", b"http://198.51.100.1/a.png")
        for path in ("/loop", "/missing"):
            with pytest.raises(PictureError):
                await fetch(sample.issuer + path)
        for path in ("/bad", "/http"):
            with pytest.raises(EndpointError):
                await fetch(sample.issuer + path)

    with_sample(story)


def test_a_far_provider_can_t_make_us_ask_this_machine_or_its_network() -> None:
    async def story(sample: SampleProvider) -> None:
        for url in (f"{sample.issuer}/picture.png", "https://192.168.0.1/", "https://[fe80::1]/"):
            with pytest.raises(PictureError):
                await fetch(url, by="https://far.example/token")
        assert sample.requests == []

    with_sample(story)


def test_a_picture_that_is_too_long_or_nowhere_is_refused() -> None:
    async def story(sample: SampleProvider) -> None:
        sample.answers["/huge"] = lambda _: (200, "image/png", picture() + b"x" * (6 << 20))
        with pytest.raises(ResponseTooLargeError):
            await fetch(f"{sample.issuer}/huge")
        with pytest.raises(PictureError):
            await fetch(f"{sample.issuer}/{'x' * 5000}")
        await sample.stop()
        with pytest.raises(ProviderUnreachableError):
            await fetch(f"{sample.issuer}/picture.png")

    with_sample(story)
