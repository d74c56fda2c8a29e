"""How documents of earlier versions become those of this one.

The version stands in the journal's header. A migration is added at the end, and one that was
ever released is never changed: files of every version are out there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from desktop_app.store.records import Tables, decode_record, encode_record

Migration = Callable[[Tables], None]


def last_seen_from_updated(tables: Tables) -> None:
    """0 to 1: profiles say when the provider last answered; before, only when they changed."""
    for profile in tables.get("profiles", {}).values():
        profile.setdefault("last_seen_at", profile.get("updated_at", 0.0))


MIGRATIONS: tuple[Migration, ...] = (last_seen_from_updated,)

VERSION = len(MIGRATIONS)
"""Version of the documents that this program writes."""


def migrate(
    payloads: Iterable[bytes], version: int, migrations: Sequence[Migration] = MIGRATIONS
) -> list[bytes]:
    """Return the records of a journal of *version* as records of ours.

    A record of an unknown kind is passed on as it is.
    """
    tables, unknown = _replay(payloads)
    for migration in migrations[version:]:
        migration(tables)
    return unknown + [
        encode_record(name, doc_id, document)
        for name, table in tables.items()
        for doc_id, document in table.items()
    ]


def _replay(payloads: Iterable[bytes]) -> tuple[Tables, list[bytes]]:
    tables: Tables = {}
    unknown: list[bytes] = []
    for payload in payloads:
        try:
            change = decode_record(payload)
        except ValueError:
            unknown.append(payload)
            continue
        table = tables.setdefault(change.table, {})
        if change.document is None:
            table.pop(change.doc_id, None)
        else:
            table[change.doc_id] = change.document
    return tables, unknown
