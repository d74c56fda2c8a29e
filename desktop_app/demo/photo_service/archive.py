"""Photos as one zip archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

from desktop_app.demo.photo_service.shelf import Photo


def pack(owner: str, photos: Sequence[Photo]) -> bytes:
    """Return an archive of *photos*, with an ``album.json`` that says whose they are."""
    content = io.BytesIO()
    # Pictures are compressed already.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        names = [{"title": photo.title, "file": photo.path.name} for photo in photos]
        archive.writestr("album.json", json.dumps({"owner": owner, "photos": names}))
        for photo in photos:
            archive.write(photo.path, photo.path.name)
    return content.getvalue()
