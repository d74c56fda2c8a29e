"""Fetches photos with an access token or signatures, from one origin and no other."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit

_MAX_BODY = 8 << 20
_MAX_PHOTOS = 60
_TIMEOUT = 20.0


Authorize = Callable[[str], str]
"""The ``Authorization`` header for one address."""


class PrintError(Exception):
    """Nothing was printed; the text is a sentence for the person.

    Args:
        sentence: Why.
        code: Stable, where whoever started us may want to say it in other words.
    """

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class PrintablePhoto:
    """One photo as it came."""

    title: str
    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Album:
    """All photos of somebody."""

    owner: str
    photos: tuple[PrintablePhoto, ...]


def bearer(access_token: str) -> Authorize:
    """Return what shows *access_token* with every request (RFC 6750)."""
    return lambda _: f"Bearer {access_token}"


def signed(signatures: Mapping[str, str]) -> Authorize:
    """Return what shows the header that somebody else signed for one address (RFC 5849)."""

    def find(url: str) -> str:
        if url not in signatures:
            raise PrintError("It was given no signature for one of the photos.")
        return signatures[url]

    return find


class PhotoSource:
    """A photo service's API; credentials go to its origin alone, and redirects are not followed.

    Args:
        url: Where it lists its photos.
        authorize: Gives the ``Authorization`` header for an address.
    """

    def __init__(self, url: str, authorize: Authorize) -> None:
        self._url = url
        self._authorize = authorize
        self._origin = _read_origin(urlsplit(url))

    def fetch(self) -> Album:
        """Return every photo that the token shows.

        Raises:
            PrintError: If the service refuses, is away, or answers something else.
        """
        listing = self._read_listing()
        photos = tuple(self._fetch_photo(entry) for entry in listing["photos"][:_MAX_PHOTOS])
        if not photos:
            raise PrintError("There are no photos to print.")
        return Album(str(listing.get("owner", "")), photos)

    def read(self) -> bytes:
        """Return what is at the address itself.

        Raises:
            PrintError: If the service refuses, or is away.
        """
        return self._get(self._url)

    def _read_listing(self) -> Mapping[str, Any]:
        try:
            listing = json.loads(self.read())
        except ValueError as error:
            raise PrintError("The photo service answered something else than photos.") from error
        if not isinstance(listing, dict) or not isinstance(listing.get("photos"), list):
            raise PrintError("The photo service answered something else than photos.")
        return listing

    def _fetch_photo(self, entry: Any) -> PrintablePhoto:
        if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
            raise PrintError("The photo service answered something else than photos.")
        return PrintablePhoto(str(entry.get("title", "")), self._get(entry["url"]))

    def _get(self, url: str) -> bytes:
        parts = urlsplit(url)
        if _read_origin(parts) != self._origin:
            raise PrintError("A photo is at another place than the service itself.")
        headers = {"Authorization": self._authorize(url)}
        connection = _connect(parts)
        try:
            connection.request("GET", parts.path, headers=headers)
            return _read_body(connection.getresponse())
        except (OSError, http.client.HTTPException) as error:
            raise PrintError("The photo service does not answer.") from error
        finally:
            connection.close()


def _read_origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    try:
        origin = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise PrintError("The address of the photos is not one.") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PrintError("The address of the photos is not one.")
    return origin


def _connect(parts: SplitResult) -> http.client.HTTPConnection:
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    kind: type[http.client.HTTPConnection] = kinds[parts.scheme]
    return kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)


def _read_body(response: http.client.HTTPResponse) -> bytes:
    if response.status in {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN}:
        raise PrintError("The photo service did not let it in.")
    if response.status != http.HTTPStatus.OK:
        raise PrintError(f"The photo service answered {response.status}.")
    body = response.read(_MAX_BODY + 1)
    if len(body) > _MAX_BODY:
        raise PrintError("A photo is too large to print.")
    return body
