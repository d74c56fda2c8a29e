"""One preset: a strict TOML document, and the provider that it describes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from desktop_app.errors import AppError
from desktop_app.oauth.provider_rules import AuthorizationRules, TokenRules
from desktop_app.providers.model import (
    Guide,
    PermissionKind,
    Provider,
    Redirect,
    Serves,
    UserinfoMapping,
)
from desktop_app.providers.rules import (
    AtprotoRules,
    Call,
    RegistrationRules,
    RevocationRules,
    Supports,
    UserinfoRules,
)


class PresetError(AppError):
    """A preset that can't be read; ``preset`` names it, ``reason`` says where it is wrong."""

    code = "preset_invalid"
    public_message = "The provider entry “{preset}” can't be read: {reason}"


class _Scope(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A ``[[scope]]``: its words, whether it is asked for, and its other names."""

    name: str
    kind: PermissionKind
    text: str
    care: bool = False
    asked: bool = False
    also: tuple[str, ...] = ()


_TABLES: Mapping[str, type] = {
    "redirect": Redirect,
    "userinfo_mapping": UserinfoMapping,
    "guide": Guide,
    "authorization": AuthorizationRules,
    "token": TokenRules,
    "supports": Supports,
    "serves": Serves,
    "registration": RegistrationRules,
    "atproto": AtprotoRules,
}
# Tables that say how to call as well: the call's keys stand beside their own.
_CALLING: Mapping[str, type] = {"userinfo": UserinfoRules, "revocation": RevocationRules}
# A preset never brings a client of ours, and its scopes come from [[scope]] alone.
_NOT_IN_A_PRESET = {
    "client_id",
    "client_secret",
    "private_key",
    "initial_access_token",
    "ca_file",
    "scopes",
    "scope_texts",
    "scope_aliases",
    "values",
    "template",
}


def parse_preset(text: str, *, name: str) -> Provider:
    """Return the provider that the TOML document *text* describes.

    Raises:
        PresetError: If it is no TOML, or a key is missing, unknown or of the wrong type.
    """
    try:
        return _provider(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise PresetError(str(error), preset=name, reason=str(error)) from error


def _provider(document: dict[str, Any]) -> Provider:
    scopes = msgspec.convert(document.pop("scope", []), list[_Scope])
    asks = document.pop("ask", [])
    _refuse_unknown(document)
    for table in _CALLING.keys() & document.keys():
        document[table] = _calling(document[table])
    values = {"origin": "preset", **document, "asks": asks, **_scope_members(scopes)}
    mapping = document.get("userinfo_mapping", {})
    # TOML has no null; an empty string says that the provider has no such member.
    values["userinfo_mapping"] = {key: value or None for key, value in mapping.items()}
    return msgspec.convert(values, Provider)


def _scope_members(scopes: list[_Scope]) -> dict[str, Any]:
    return {
        "scopes": [scope.name for scope in scopes if scope.asked],
        "scope_texts": {scope.name: _words(scope) for scope in scopes},
        "scope_aliases": {also: scope.name for scope in scopes for also in scope.also},
    }


def _words(scope: _Scope) -> dict[str, Any]:
    return {"kind": scope.kind, "text": scope.text, "care": scope.care}


def _calling(table: Mapping[str, Any]) -> dict[str, Any]:
    names = _names(Call)
    own = {name: value for name, value in table.items() if name not in names}
    if "lookup" in own:
        own["lookups"] = own.pop("lookup")
    return {**own, "call": {name: value for name, value in table.items() if name in names}}


def _refuse_unknown(document: Mapping[str, Any]) -> None:
    """A misspelt key must be an error: its default would silently take its place."""
    _refuse(document.keys() - (_names(Provider) - _NOT_IN_A_PRESET), "")
    known = {name: _names(kind) for name, kind in _TABLES.items()}
    known |= {name: _names(kind) | _names(Call) | {"lookup"} for name, kind in _CALLING.items()}
    for table, names in known.items():
        members = document.get(table, {})
        if not isinstance(members, dict):
            raise msgspec.ValidationError(f"Expected a table - at `$.{table}`")
        _refuse(members.keys() - names, f".{table}")


def _names(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def _refuse(unknown: set[str], where: str) -> None:
    if unknown:
        raise msgspec.ValidationError(f"Unknown key `{min(unknown)}` - at `${where}`")
