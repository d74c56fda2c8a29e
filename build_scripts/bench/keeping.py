"""What it takes to keep things: a durable write, and opening a store of many documents."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from build_scripts.bench.rounds import Ratio, compare, seconds, timed
from desktop_app.store.database import Database

_MANY = 10_000
_TABLE = "profiles"


def store(folder: Path, rounds: int) -> list[Ratio]:
    """Compare the store with bare files that hold the same."""
    key = secrets.token_bytes(32)
    documents = {str(number): _document(number) for number in range(_MANY)}
    return _writing(folder, key, rounds) + _opening(folder, key, documents, rounds)


def _writing(folder: Path, key: bytes, rounds: int) -> list[Ratio]:
    database = Database(folder / "writes.db", key=lambda: key)
    plain = os.open(folder / "writes.plain", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    line = json.dumps(_document(1)).encode()

    def append() -> None:
        os.write(plain, line)
        os.fsync(plain)

    with asyncio.Runner() as runner:
        runner.run(database.open())

        def put() -> None:
            runner.run(database.table(_TABLE).put("1", _document(1)))

        things = {"one document changed, durably": timed(put, 5)}
        ratios = compare(timed(append, 5), things, rounds=rounds)
        runner.run(database.close())
    os.close(plain)
    return ratios


def _opening(
    folder: Path, key: bytes, documents: dict[str, dict[str, Any]], rounds: int
) -> list[Ratio]:
    path = folder / "many.db"
    plain = folder / "many.json"
    plain.write_text(json.dumps(documents), "utf-8")
    asyncio.run(_fill(path, key, documents))
    things = {f"a store of {_MANY:,} documents opened": lambda: _opened_in(path, key)}
    return compare(timed(_reader(plain)), things, rounds=rounds)


async def _fill(path: Path, key: bytes, documents: dict[str, dict[str, Any]]) -> None:
    database = Database(path, key=lambda: key)
    await database.open()
    table = database.table(_TABLE)
    await asyncio.gather(*(table.put(number, document) for number, document in documents.items()))
    await database.close()


def _opened_in(path: Path, key: bytes) -> float:
    database = Database(path, key=lambda: key)
    with asyncio.Runner() as runner:
        taken = seconds(lambda: runner.run(database.open()))
        runner.run(database.close())
    return taken


def _reader(path: Path) -> Callable[[], object]:
    return lambda: json.loads(path.read_text("utf-8"))


def _document(number: int) -> dict[str, Any]:
    return {
        "issuer": "https://issuer.example",
        "subject": f"person-{number}",
        "label": f"Account {number}",
        "claims": {"name": "A Person", "email": f"person-{number}@mail.example"},
        "scopes": ["openid", "profile", "email"],
    }
