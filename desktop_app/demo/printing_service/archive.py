"""Reads an album that came as one zip archive: a signature opens one address only."""

from __future__ import annotations

import io
import json
import zipfile
import zlib

from desktop_app.demo.printing_service.fetch import Album, PrintablePhoto, PrintError

_INDEX = "album.json"
_MAX_PHOTOS = 60
_MAX_FILE = 8 << 20
"""Unpacked, a few bytes can be as large as they like."""


def read_archive(content: bytes) -> Album:
    """Return the album in *content*: ``album.json`` names the owner and each photo's file.

    Raises:
        PrintError: If it is no such archive, or has nothing to print.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            album = _read(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise PrintError("The photo service answered something else than photos.") from error
    if not album.photos:
        raise PrintError("There are no photos to print.")
    return album


def _read(archive: zipfile.ZipFile) -> Album:
    index = json.loads(_unpacked(archive, _INDEX))
    photos = tuple(
        PrintablePhoto(str(each["title"]), _unpacked(archive, str(each["file"])))
        for each in index["photos"][:_MAX_PHOTOS]
    )
    return Album(str(index["owner"]), photos)


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        content = file.read(_MAX_FILE + 1)
    if len(content) > _MAX_FILE:
        raise PrintError("A photo is too large to print.")
    return content
