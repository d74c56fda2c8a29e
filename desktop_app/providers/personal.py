"""What a person may change of a preset: their client, and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import msgspec

from desktop_app.providers.draft import read_draft
from desktop_app.providers.draft_document import TOLD_ONLY
from desktop_app.providers.draft_fields import display_name, provider_id, refuse
from desktop_app.providers.model import Provider
from desktop_app.providers.places import keep_secrets
from desktop_app.providers.templates import expand, read_values

PERSONAL = (
    "client_id",
    "client_secret",
    "private_key",
    "client_authentication",
    "scopes",
    "redirect",
    "dpop",
    "register",
    "initial_access_token",
    "response_mode",
    "resources",
    "token_hosts",
    "ca_file",
    "extra_parameters",
)
_DEFAULTS = Provider(id="", name="")


def read_personal(
    draft: Mapping[str, Any], *, preset: Provider, known: Provider | None = None
) -> Provider:
    """Return the person's part of *preset* as *draft* has it, for the store.

    Args:
        draft: May repeat what the preset says, but not say otherwise.
        preset: The preset as it ships.
        known: What the person entered before; secrets that the draft leaves out stay.

    Raises:
        InvalidRequestError: If a part can't be used or isn't the person's to change.
    """
    shipped = {name: msgspec.to_builtins(getattr(preset, name)) for name in PERSONAL}
    # What only repeats the preset is neither checked nor kept: a preset may do what a person
    # can't ask for, such as a place for the server's name.
    personal = {
        name: draft[name]
        for name in PERSONAL
        if name in draft and _plain(draft[name]) != _plain(shipped[name])
    }
    # The issuer is a stand-in: a preset's own place is never read from a draft.
    read = read_draft({"issuer": "https://preset.invalid", **personal})
    _refuse_changes(draft, preset)
    values = {name: getattr(read, name) for name in PERSONAL}
    own = {name: value for name, value in values.items() if value != getattr(preset, name)}
    answers = read_values(preset, draft.get("values") or {}, known.values if known else None)
    mine = Provider(id=preset.id, name=preset.name, protocol=preset.protocol, values=answers, **own)
    return keep_secrets(mine, known, draft) if known else mine


def personalise(preset: Provider, mine: Provider | None) -> Provider:
    """Return *preset* with what the person entered in the place of its defaults."""
    if mine is None:
        return preset
    preset = expand(preset, mine.values) if mine.values else preset
    values = {name: getattr(mine, name) for name in PERSONAL}
    given = {name: value for name, value in values.items() if value != getattr(_DEFAULTS, name)}
    return replace(preset, **given)


def own_server(preset: Provider, mine: Provider) -> Provider:
    """Return the person's entry *mine* for one server, with all that its *preset* says."""
    entry = personalise(preset, mine)
    return replace(
        entry,
        id=mine.id,
        name=mine.name,
        origin="own",
        template=preset.id,
        # Discovery may have corrected its spelling.
        issuer=mine.issuer or entry.issuer,
    )


def read_server(draft: Mapping[str, Any], *, preset: Provider, known: Provider) -> Provider:
    """Return the person's part of one server's entry as *draft* has it, for the store.

    Args:
        draft: May repeat what the preset says of this server, but not say otherwise.
        preset: The preset as it ships.
        known: What is kept of the entry. Its server stays; so do secrets that are left out.

    Raises:
        InvalidRequestError: If a part can't be used or isn't the person's to change.
    """
    place = {name: getattr(known, name) for name in ("id", "name", "values", "issuer")}
    # As it would be without the person's part: what repeats that part is still theirs.
    bare = own_server(preset, Provider(**place))
    mine = read_personal(draft, preset=bare)
    return keep_secrets(replace(mine, **place, origin="own", template=preset.id), known, draft)


def server_draft(preset: Provider, values: Mapping[str, str], draft: Mapping[str, Any]) -> Provider:
    """Return the person's entry for one server of *preset*, for the store; its id may be "".

    Raises:
        InvalidRequestError: If a part can't be used or isn't the person's to say.
    """
    own = ("template", "values", "id", "name")
    mine = read_personal({k: v for k, v in draft.items() if k not in own}, preset=preset)
    name, wanted = draft.get("name"), draft.get("id")
    for field, value in (("name", name), ("id", wanted)):
        if value is not None and not isinstance(value, str):
            raise refuse(field, "it must be text")
    return replace(
        mine,
        id=provider_id(wanted) if wanted else "",
        name=display_name(name or values["host"].removeprefix("http://")),
        origin="own",
        template=preset.id,
        values=values,
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _refuse_changes(draft: Mapping[str, Any], preset: Provider) -> None:
    known = {field.name for field in fields(Provider)}
    for name in draft.keys() - set(PERSONAL) - TOLD_ONLY:
        if name not in known or draft[name] != msgspec.to_builtins(getattr(preset, name)):
            raise refuse(name, "a preset's own part can't be changed; add a provider instead")
