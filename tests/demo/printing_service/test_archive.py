"""An album in one archive, from the photo service to the sheet."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop_app.demo.printing_service import archive as reading
from desktop_app.demo.printing_service.archive import read_archive
from desktop_app.demo.printing_service.fetch import PrintError
from tests.support.older_client import OlderClient
from tests.support.photos import running


def archive(pictures: Mapping[str, bytes], **index: Any) -> bytes:
    """Return *pictures* by their titles as an archive; *index* is in ``album.json``."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        named = [{"title": title, "file": f"{title}.jpg"} for title in pictures]
        made.writestr("album.json", json.dumps({"owner": "Ada", "photos": named, **index}))
        for title, jpeg in pictures.items():
            made.writestr(f"{title}.jpg", jpeg)
    return content.getvalue()


def test_the_photo_service_gives_all_photos_for_one_signature() -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = OlderClient(photos)
            await client.grant()
            answer = await client.get("/photos.zip")
            assert answer.headers["Content-Type"] == "application/zip"
            album = read_archive(answer.body)
            assert (album.owner, len(album.photos)) == ("Jane Hill", 6)
            assert Image.open(io.BytesIO(album.photos[0].jpeg)).format == "JPEG"
            assert (await photos.client.fetch(f"{photos.issuer}/photos.zip")).code == 401

    asyncio.run(scenario())


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_MAX_FILE", 1000)
    with pytest.raises(PrintError, match="too large"):
        read_archive(archive({"A": bytes(1001)}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        archive({}),
        archive({"A": b"x"}, photos=[1]),
        archive({"A": b"x"}, photos=[{"title": "B", "file": "../B.jpg"}]),
        archive({"A": b"x"}, photos=7),
        archive({"A": b"x" * 100})[:-30],
    ],
)
def test_what_is_no_album_is_an_error_in_words(content: bytes) -> None:
    with pytest.raises(PrintError):
        read_archive(content)


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_a_damaged_archive_is_an_album_or_an_error(place: int, damage: bytes) -> None:
    whole = archive({"A": b"picture " * 20})
    place = min(place, len(whole))
    with contextlib.suppress(PrintError):
        read_archive(whole[:place] + damage + whole[place + len(damage) :])
