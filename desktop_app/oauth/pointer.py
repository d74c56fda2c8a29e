"""Finding a member in whatever shape a provider answers: names, pointers, templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_INDEX = re.compile(r"0|[1-9][0-9]{0,6}")
_PLACE = re.compile(r"\{([^{}]+)\}")


def find(document: Any, place: str) -> Any:
    """Return what is at *place* in *document*, or None.

    A place is a member's name, a JSON pointer (it begins with ``/``), or a template with
    ``{…}`` around either: ``{first_name} {last_name}``.

    Source: RFC 6901 section 4.
    """
    if "{" in place:
        return _filled(document, place)
    if not place.startswith("/"):
        return document.get(place) if isinstance(document, Mapping) else None
    value = document
    for token in place[1:].split("/"):
        value = _child(value, token.replace("~1", "/").replace("~0", "~"))
    return value


def _child(value: Any, token: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(token)
    if isinstance(value, list) and _INDEX.fullmatch(token) and int(token) < len(value):
        return value[int(token)]
    return None


def _filled(document: Any, template: str) -> str | None:
    """Return *template* with its places filled; None if an address lacks a part, or all do."""
    found = {place: _word(find(document, place)) for place in _PLACE.findall(template)}
    if not any(found.values()) or ("://" in template and not all(found.values())):
        return None
    return " ".join(_PLACE.sub(lambda match: found[match[1]], template).split())


def _word(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""
