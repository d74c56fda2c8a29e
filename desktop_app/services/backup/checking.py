"""Looks through the contents of a backup before any of it is kept.

Whoever knows its passphrase may have written anything into it. What is checked here is what the
program otherwise checks when it comes in: addresses, ids, names, pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Final

from desktop_app.errors import AppError
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import token_host
from desktop_app.providers.places import ENDPOINTS
from desktop_app.services.accounts import Grant, Picture, Profile
from desktop_app.services.backup.backup_errors import BackupError
from desktop_app.services.backup.contents import Contents
from desktop_app.services.errors import PictureError
from desktop_app.services.profiles.pictures import PICTURE_SIZE, encode_picture
from desktop_app.services.providers.registered_client import RegisteredClient

_ID: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,99}")
_GRANT_ENDPOINTS: Final = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "end_session_endpoint",
    "jwks_uri",
)
# What the provider told fills it, escaped, when it is called: see `call_request`.
_PLACE: Final = re.compile(r"(?<=[^/]/)\{[a-z_]+\}(?=/|$)")
_MOST_ACCOUNTS: Final = 10_000
_LONGEST_LINE: Final = 1_000
# The end of the year 9999.
_LAST_SECOND: Final = 253_402_300_799
_PNG: Final = b"\x89PNG\r\n\x1a\n"


def checked(contents: Contents) -> Contents:
    """Return *contents* with its pictures encoded anew; takes a while for many.

    Raises:
        BackupError: A part is none that Coatcheck would ever keep.
    """
    if len(contents.profiles) > _MOST_ACCOUNTS:
        raise BackupError("it has more accounts than anybody")
    try:
        _check_profiles(contents.profiles)
        _check_providers(contents.providers, contents.registrations)
        _check_times(*contents.pictures, *contents.denials)
    except BackupError:
        raise
    except AppError as error:
        raise BackupError("a name or an address in it can't be used", error.detail) from error
    return replace(contents, pictures=tuple(_pictures(contents.pictures)))


def _check_profiles(profiles: Iterable[Profile]) -> None:
    seen: set[str] = set()
    for profile in profiles:
        _check_id(profile.id)
        _check_id(profile.provider)
        if profile.id in seen:
            raise BackupError("two of its accounts have one name", profile.id)
        seen.add(profile.id)
        _check_line(profile.label)
        _check_times(profile)
        if profile.grant is not None:
            _check_times(profile.grant)
            _check_grant(profile.grant)


def _check_times(*values: object) -> None:
    """Refuse moments that no calendar has: pages could not show them."""
    for value in values:
        for each in fields(value):  # type: ignore[arg-type]  # all of them are dataclasses
            moment = getattr(value, each.name)
            told = each.name.endswith("_at") or each.name == "until"
            if told and isinstance(moment, int | float) and not 0 <= moment <= _LAST_SECOND:
                raise BackupError("a time in it is none that a calendar has", each.name)


def _check_grant(grant: Grant) -> None:
    for name in _GRANT_ENDPOINTS:
        _check_address(getattr(grant, name), name)


def _check_address(url: str | None, name: str) -> None:
    if url:
        check_endpoint(_PLACE.sub("x", url) if name == "userinfo_endpoint" else url, name=name)


def _check_providers(
    providers: Iterable[Provider], registrations: Iterable[RegisteredClient]
) -> None:
    for provider in providers:
        _check_id(provider.id)
        _check_line(provider.name)
        for name in ENDPOINTS:
            _check_address(getattr(provider, name), name)
        for origin in provider.token_hosts:
            token_host(origin)
    for client in registrations:
        _check_id(client.provider)
        _check_times(client)
        check_endpoint(client.endpoint, name="registration_endpoint")
        check_endpoint(client.token_endpoint, name="token_endpoint")
        _check_address(client.registration.registration_client_uri, "registration_client_uri")


def _check_id(text: str) -> None:
    if not _ID.fullmatch(text):
        raise BackupError("a name or an address in it can't be used", "an id")


def _check_line(text: str) -> None:
    if len(text) > _LONGEST_LINE or not text.isprintable():
        raise BackupError("a name or an address in it can't be used", "a name")


def _is_small(png: bytes) -> bool:
    """Tell whether it is a PNG of the size that we keep: larger ones were made by somebody else.

    Source: PNG specification, section 11.2.2 (IHDR).
    """
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    ours = 0 < width <= PICTURE_SIZE and 0 < height <= PICTURE_SIZE
    return png.startswith(_PNG) and ours


def _pictures(pictures: Iterable[Picture]) -> Iterable[Picture]:
    for picture in pictures:
        if not _is_small(picture.png):
            continue
        try:
            png = encode_picture(picture.png)
        except PictureError:
            # The provider has it; an account is worth more than its picture.
            continue
        yield replace(picture, png=png)
