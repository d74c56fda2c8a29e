from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tinydb import Query, TinyDB

from desktop_app.errors import LockedError
from desktop_app.services.keeping import StoreDamage
from desktop_app.store.database import Database
from desktop_app.store.errors import (
    DiskFullError,
    ForeignStoreError,
    StoreInUseError,
)
from desktop_app.store.journal import Journal
from desktop_app.store.migrations import MIGRATIONS, VERSION, migrate
from desktop_app.store.profiles import ProfileStore
from desktop_app.store.records import encode_record
from tests.support.keeping import largest_file, make_database, make_profile, mode_of

_KEY = bytes(range(32))
_ROOT = Path(__file__).parents[2]


def _with_database(folder: Path, scenario: Callable[[Database], Awaitable[None]]) -> None:
    async def main() -> None:
        database = make_database(folder, _KEY)
        await database.open()
        try:
            await scenario(database)
        finally:
            await database.close()

    asyncio.run(main())


def _stored(folder: Path, table: str) -> dict[str, Any]:
    """What a new start would read."""
    found: dict[str, Any] = {}

    async def scenario(database: Database) -> None:
        for document in database.table(table):
            found[str(document.doc_id)] = dict(document)

    _with_database(folder, scenario)
    return found


def test_a_saved_document_survives_a_restart(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        await database.table("t").put("a", {"n": 1, "text": "Zoë \ud800", "big": 1 << 80})
        await database.table("t").put("b", {})
        await database.table("t").drop("b")

    _with_database(tmp_path, scenario)
    assert _stored(tmp_path, "t") == {"a": {"n": 1, "text": "Zoë \ud800", "big": 1 << 80}}
    assert {p.name: mode_of(p) for p in tmp_path.iterdir()} == {
        "profiles.db": 0o600,
        "profiles.db.lock": 0o600,
    }


def test_it_is_tinydb_and_its_queries_work(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        assert isinstance(database.tiny, TinyDB)
        table = database.table("t")
        table.insert_multiple([{"n": n} for n in range(5)])
        table.update({"even": True}, Query().n.test(lambda n: n % 2 == 0))
        assert [d["n"] for d in table.search(Query().even == True)] == [0, 2, 4]  # noqa: E712
        assert table.remove(Query().n == 4)
        table.upsert({"n": 2, "again": True}, Query().n == 2)
        assert table.get(Query().n == 2) == {"n": 2, "even": True, "again": True}
        assert table.contains(Query().n == 3)
        assert table.count(Query().n < 3) == 3
        assert (len(table), database.tiny.tables()) == (4, {"t"})

    _with_database(tmp_path, scenario)
    assert [d["n"] for d in _stored(tmp_path, "t").values()] == [0, 1, 2, 3]


def test_tables_can_be_emptied_and_dropped(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        database.table("a").insert({"n": 1})
        database.table("b").insert({"n": 1})
        database.table("a").truncate()
        database.tiny.drop_table("b")
        database.table("c").insert({"n": 1})
        database.tiny.drop_tables()
        database.table("d").insert({"n": 1})

    _with_database(tmp_path, scenario)
    for empty in "abc":
        assert _stored(tmp_path, empty) == {}
    assert _stored(tmp_path, "d") == {"1": {"n": 1}}


def test_documents_are_given_out_as_copies(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        given = {"list": [{"deep": 1}]}
        await table.put("a", given)
        given["list"][0]["deep"] = 2
        taken = [
            table.document("a"),
            table.get(doc_id="a"),
            table.all()[0],
            *table.get(doc_ids=["a"]),  # type: ignore[misc]
            *table.search(Query().list.exists()),
            database.tiny.storage.read()["t"]["a"],  # type: ignore[index]
        ]
        for document in taken:
            document["list"][0]["deep"] = 3  # type: ignore[index,call-overload]
        assert table.document("a") == {"list": [{"deep": 1}]}

    _with_database(tmp_path, scenario)


def test_a_change_of_one_document_writes_one_record(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        table.insert_multiple([{"n": n} for n in range(1000)])
        before = (tmp_path / "profiles.db").stat().st_size
        table.update({"n": -1}, Query().n == 7)
        assert (tmp_path / "profiles.db").stat().st_size - before < 100
        table.update({"n": -1}, Query().n == -1)
        assert (tmp_path / "profiles.db").stat().st_size - before < 100

    _with_database(tmp_path, scenario)


def test_an_update_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        table.insert_multiple([{"n": 1}, {"other": 1}])

        def change(document: Any) -> None:
            document["n"] += 1

        with pytest.raises(KeyError):
            table.update(change)
        with pytest.raises(TypeError):
            await table.put("bad", {"not": object()})
        assert table.all() == [{"n": 1}, {"other": 1}]

    _with_database(tmp_path, scenario)


def test_a_full_disk_changes_neither_memory_nor_file(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        await table.put("a", {"n": 1})
        with largest_file(10_000):
            with pytest.raises(DiskFullError):
                await table.put("a", {"n": "x" * 50_000})
            with pytest.raises(DiskFullError):
                table.update({"n": "x" * 50_000})
            results = await asyncio.gather(
                table.put("small", {"n": 2}),
                table.put("large", {"n": "x" * 50_000}),
                table.put("small too", {"n": 3}),
                return_exceptions=True,
            )
        assert [type(r) for r in results] == [type(None), DiskFullError, type(None)]
        assert table.all() == [{"n": 1}, {"n": 2}, {"n": 3}]

    _with_database(tmp_path, scenario)
    assert list(_stored(tmp_path, "t")) == ["a", "small", "small too"]


def test_writes_take_effect_in_the_order_of_the_calls(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        await asyncio.gather(*(table.put("a", {"n": n}) for n in range(200)))
        assert table.document("a") == {"n": 199}

    _with_database(tmp_path, scenario)
    assert _stored(tmp_path, "t") == {"a": {"n": 199}}


def test_a_write_is_carried_out_although_its_caller_was_cancelled(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        task = asyncio.create_task(database.table("t").put("rotated", {"n": 1}))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    _with_database(tmp_path, scenario)
    assert _stored(tmp_path, "t") == {"rotated": {"n": 1}}


def test_closing_finishes_what_was_begun_then_refuses(tmp_path: Path) -> None:
    async def main() -> None:
        database = make_database(tmp_path, _KEY)
        with pytest.raises(LockedError):
            database.table("t")
        await database.open()
        table = database.table("t")
        writes = [asyncio.create_task(table.put(str(n), {"n": n})) for n in range(20)]
        await asyncio.sleep(0)
        await database.close()
        await asyncio.gather(*writes)
        with pytest.raises(LockedError):
            database.table("t")
        with pytest.raises(LockedError):
            await table.put("late", {})
        assert table.all() == []
        await database.close()

    asyncio.run(main())
    assert len(_stored(tmp_path, "t")) == 20


def test_it_stays_closed_while_the_vault_is_locked(tmp_path: Path) -> None:
    def locked() -> bytes:
        raise LockedError

    with pytest.raises(LockedError):
        asyncio.run(Database(tmp_path / "profiles.db", key=locked).open())
    assert list(tmp_path.iterdir()) == []


def test_the_journal_is_compacted_when_garbage_outweighs(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        await table.put("kept", {"n": 1})
        for n in range(60):
            await table.put("a", {"n": n, "pad": "x" * 5000})
        await table.drop("a")
        await table.put("last", {"n": 2})

    _with_database(tmp_path, scenario)
    assert (tmp_path / "profiles.db").stat().st_size < 150_000
    assert _stored(tmp_path, "t") == {"kept": {"n": 1}, "last": {"n": 2}}


def test_a_compaction_without_room_loses_nothing(tmp_path: Path) -> None:
    async def scenario(database: Database) -> None:
        table = database.table("t")
        for n in range(30):
            await table.put(str(n), {"pad": "x" * 1000})
        (tmp_path / "profiles.db.new").mkdir()
        for n in range(200):
            await table.put("a", {"n": n, "pad": "x" * 1000})
        (tmp_path / "profiles.db.new").rmdir()

    _with_database(tmp_path, scenario)
    assert len(_stored(tmp_path, "t")) == 31


def test_a_second_process_and_a_second_opening_are_refused(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from desktop_app.store.database import Database\n"
        "from desktop_app.store.errors import StoreInUseError\n"
        "try:\n"
        "    asyncio.run(Database(Path(sys.argv[1]), key=lambda: bytes(32)).open())\n"
        "except StoreInUseError:\n"
        "    print('in use')\n"
    )

    async def scenario(database: Database) -> None:
        with pytest.raises(StoreInUseError):
            await make_database(tmp_path, _KEY).open()
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script,
            str(tmp_path / "profiles.db"),
            cwd=_ROOT,
            stdout=subprocess.PIPE,
        )
        assert (await child.communicate())[0] == b"in use\n"
        await database.open()

    _with_database(tmp_path, scenario)
    _with_database(tmp_path, _nothing)


async def _nothing(_: Database) -> None:
    pass


def test_a_failed_opening_lets_go_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "profiles.db").write_bytes(b"something else")

    async def main() -> None:
        database = make_database(tmp_path, _KEY)
        with pytest.raises(ForeignStoreError) as caught:
            await database.open()
        assert "profiles.db" in caught.value.message
        target = await database.set_aside("old")
        assert target == tmp_path / "profiles.db.old"
        assert target.read_bytes() == b"something else"
        assert await database.set_aside("old") is None
        assert not database.exists
        await database.open()
        assert database.is_open
        await database.close()

    asyncio.run(main())


def test_damage_is_reported_and_the_rest_is_there(tmp_path: Path) -> None:
    async def fill(database: Database) -> None:
        for n in range(3):
            await database.table("t").put(str(n), {"n": n})

    _with_database(tmp_path, fill)
    path = tmp_path / "profiles.db"
    content = bytearray(path.read_bytes())
    content[180] ^= 1
    path.write_bytes(content)

    async def look(database: Database) -> None:
        assert database.report is not None
        assert not database.report.clean
        assert database.report.aside is not None
        assert database.damage == StoreDamage(entries=1, kept_as=database.report.aside.name)
        assert len(database.table("t")) == 2

    _with_database(tmp_path, look)


def test_a_store_of_the_first_draft_is_brought_up_and_kept_beside(tmp_path: Path) -> None:
    path = tmp_path / "profiles.db"
    profile = {"id": "p", "provider": "x", "issuer": "i", "subject": "s"}
    profile |= {"created_at": 1.0, "updated_at": 5.0}  # type: ignore[dict-item]
    journal = Journal(path, key=_KEY, version=0, random=secrets.token_bytes)
    journal.open()
    journal.append([[encode_record("profiles", "p", profile)], [b'"of an unknown kind"']])
    journal.close()
    before = path.read_bytes()

    async def scenario(database: Database) -> None:
        store = ProfileStore(database)
        found = store.get("p")
        assert found is not None
        assert found.last_seen_at == 5.0

    _with_database(tmp_path, scenario)
    assert (tmp_path / "profiles.db.version-0").read_bytes() == before
    journal = Journal(path, key=_KEY, version=VERSION, random=secrets.token_bytes)
    assert b'"of an unknown kind"' in journal.open()
    assert journal.version == VERSION == 1
    journal.close()


def test_migrations_run_in_order_from_the_files_version() -> None:
    def first(tables: Any) -> None:
        tables["t"]["a"]["steps"].append(1)

    def second(tables: Any) -> None:
        tables["t"]["a"]["steps"].append(2)

    payloads = [encode_record("t", "a", {"steps": []}), encode_record("t", "b", None)]
    for version, steps in enumerate([[1, 2], [2], []]):
        migrated = migrate(payloads, version, (first, second))
        assert [json.loads(item) for item in migrated] == [["t", "a", {"steps": steps}]]
    assert len(MIGRATIONS) == VERSION


_WRITER = """
import asyncio, sys
from pathlib import Path
from desktop_app.services.keeping import StoreDamage
from desktop_app.store.database import Database

async def main():
    database = Database(Path(sys.argv[1]), key=lambda: bytes(range(32)))
    await database.open()
    table = database.table("t")
    async def write(lane):
        n = 0
        while True:
            n += 1
            await table.put(f"{lane}", {"n": n, "pad": "x" * 700})
            print(lane, n, flush=True)
    await asyncio.gather(*(write(lane) for lane in range(4)))

asyncio.run(main())
"""


@pytest.mark.parametrize("lines", [1, 40, 333, 900])
def test_every_acknowledged_write_survives_kill_9(tmp_path: Path, lines: int) -> None:
    """The child is killed while it writes, and compacts, as fast as it can."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path / "profiles.db")],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        acknowledged = {0: 0, 1: 0, 2: 0, 3: 0}
        for _ in range(lines):
            lane, number = map(int, child.stdout.readline().split())
            acknowledged[lane] = number
        os.kill(child.pid, signal.SIGKILL)
        for line in child.stdout:
            lane, number = map(int, line.split())
            acknowledged[lane] = number
    stored = _stored(tmp_path, "t")
    for lane, number in acknowledged.items():
        assert stored.get(str(lane), {"n": 0})["n"] >= number
    assert not list(tmp_path.glob("*.damaged*"))


def test_profiles_survive_a_restart_with_their_grants(tmp_path: Path) -> None:
    async def save(database: Database) -> None:
        await ProfileStore(database).save(make_profile())

    _with_database(tmp_path, save)

    async def look(database: Database) -> None:
        store = ProfileStore(database)
        assert store.get("p1") == make_profile()

    _with_database(tmp_path, look)
