"""What a record says: one document of one table, or that it is gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
Tables = dict[str, dict[str, Document]]


@dataclass(frozen=True, slots=True)
class Change:
    """One document's new content; None where it is removed."""

    table: str
    doc_id: str
    document: Document | None = field(repr=False)


def encode_record(table: str, doc_id: str, document: Mapping[str, Any] | None) -> bytes:
    """Return the record's payload.

    Raises:
        TypeError: If *document* holds something that is not JSON.
    """
    # ASCII escapes carry what UTF-8 can't: a lone surrogate in somebody's name.
    content = None if document is None else dict(document)
    text = json.dumps([table, doc_id, content], separators=(",", ":"))
    return text.encode("ascii")


def decode_record(payload: bytes) -> Change:
    """Read a record's payload.

    Raises:
        ValueError: It is not one of ours.
    """
    match json.loads(payload):
        case [str(table), str(doc_id), dict() | None as document]:
            return Change(table, doc_id, document)
    raise ValueError("not a record")


def copy_document(document: Mapping[str, Any]) -> Document:
    """Return a copy that shares nothing with *document*."""
    return {name: _copy_value(value) for name, value in document.items()}


def _copy_value(value: Any) -> Any:
    if isinstance(value, dict):
        return copy_document(value)
    if isinstance(value, list):
        return [_copy_value(item) for item in value]
    return value
