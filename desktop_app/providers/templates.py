"""Presets with places that only the person can fill: a server's name, an application's key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import EndpointError
from desktop_app.providers.draft_fields import refuse
from desktop_app.providers.model import Provider
from desktop_app.providers.places import ENDPOINTS
from desktop_app.providers.rules import Ask, Call, Lookup

_PLACE = re.compile(r"\{([a-z_]+)\}")
_WORD = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_ADDRESSES = ("issuer", "emails_endpoint", *ENDPOINTS)


def is_template(provider: Provider) -> bool:
    """Tell whether *provider* is a preset that many servers share, and none of its own."""
    return provider.template is None and any(ask.kind == "host" for ask in provider.asks)


def unanswered(provider: Provider) -> tuple[Ask, ...]:
    """Return what the person has not told yet."""
    return tuple(ask for ask in provider.asks if not provider.values.get(ask.name))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return *text* with every ``{name}`` of *values* filled; other places stay."""
    host = values.get("host", "")
    if "://" in host:
        # Only a server on this machine may be without encryption; read_values holds that.
        text = text.replace("https://{host}", host)
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def expand(preset: Provider, values: Mapping[str, str]) -> Provider:
    """Return *preset* with the person's answers in every address."""
    addresses: dict[str, Any] = {
        name: _filled(getattr(preset, name), values) for name in _ADDRESSES
    }
    guide = replace(
        preset.guide,
        url=_filled(preset.guide.url, values),
        settings_url=_filled(preset.guide.settings_url, values),
    )
    return replace(
        preset,
        **addresses,
        guide=guide,
        token_hosts=tuple(_origin(each, values) for each in preset.token_hosts),
        serves=replace(preset.serves, webdav=_filled(preset.serves.webdav, values)),
        userinfo=_userinfo(preset, values),
        revocation=_revocation(preset, values),
        values=dict(values),
    )


def read_values(
    preset: Provider, given: Any, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the answers in *given* to what *preset* asks, checked; *known* ones may be left out.

    Raises:
        InvalidRequestError: If one can't be used; its ``field`` names it.
    """
    if not isinstance(given, Mapping):
        raise refuse("values", "it must be an object")
    asks = {ask.name: ask for ask in preset.asks}
    for name, value in given.items():
        if name not in asks or not isinstance(value, str):
            raise refuse("values", "it holds something that this provider does not ask for")
    answers = {name: _checked(asks[name], value) for name, value in given.items() if value.strip()}
    return {**(known or {}), **answers}


def host_of(text: str) -> str:
    """Return the server that a person means by *text*: ``@me@mastodon.example`` as well.

    Raises:
        InvalidRequestError: If it is none.
    """
    name = text.strip().rstrip("/").rpartition("@")[2]
    plain = name.lower().startswith("http://")
    address = name if "://" in name else f"https://{name}"
    try:
        check_endpoint(address, name="host")
    except EndpointError as error:
        raise refuse("host", str(error.fields["reason"])) from error
    parts = urlsplit(address)
    if parts.query or ("." not in parts.netloc and not plain):
        raise refuse("host", "it is no server's name")
    place = parts.netloc.lower() + parts.path
    return f"http://{place}" if plain else place


def _checked(ask: Ask, value: str) -> str:
    if ask.kind == "host":
        return host_of(value)
    if not _WORD.fullmatch(value.strip()):
        raise refuse(ask.name, "it holds characters that don't belong there")
    return value.strip()


def _filled(text: str | None, values: Mapping[str, str]) -> str | None:
    return None if text is None else fill(text, values)


def _origin(text: str, values: Mapping[str, str]) -> str:
    """A server may live below a path; where a token may go is always a whole origin."""
    parts = urlsplit(fill(text, values))
    return f"{parts.scheme}://{parts.netloc}" if "{host}" in text else text


def _userinfo(preset: Provider, values: Mapping[str, str]) -> Any:
    rules = preset.userinfo
    lookups = tuple(_lookup(each, values) for each in rules.lookups)
    return replace(rules, lookups=lookups, call=_call(rules.call, values))


def _lookup(lookup: Lookup, values: Mapping[str, str]) -> Lookup:
    return replace(lookup, url=fill(lookup.url, values))


def _revocation(preset: Provider, values: Mapping[str, str]) -> Any:
    if preset.revocation is None:
        return None
    return replace(preset.revocation, call=_call(preset.revocation.call, values))


def _call(call: Call, values: Mapping[str, str]) -> Call:
    def filled(texts: Mapping[str, str]) -> dict[str, str]:
        return {name: fill(text, values) for name, text in texts.items()}

    return replace(
        call,
        url=fill(call.url, values),
        headers=filled(call.headers),
        query=filled(call.query),
        form=filled(call.form),
        json=filled(call.json),
    )
