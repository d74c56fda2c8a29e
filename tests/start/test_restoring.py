"""A backup brings everything back on another computer, in one step, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import base64
import functools
import secrets
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyrage

from desktop_app.services.accounts import Profile
from desktop_app.services.backup.contents import Contents
from desktop_app.services.backup.document import BackupDocument, encode
from desktop_app.store.database import Database
from desktop_app.store.profiles import ProfileStore
from desktop_app.vault.vault import Vault
from tests.support.made_up import some_profiles
from tests.support.memory import MemoryKeyring
from tests.support.program import Program, running
from tests.support.visits import connect_photos
from tests.support.waiting import PATIENCE

PASSPHRASE = "four words of mine"
MANY = 1_500


def restore(program: Program, sealed: bytes) -> Any:
    file = base64.b64encode(sealed).decode()
    return program.as_person("POST", "/v1.0/restore", {"file": file, "passphrase": PASSPHRASE})


def accounts(program: Program) -> int:
    found: int = program.as_program("GET", "/v1.0/profiles?limit=1").json["total"]
    return found


def test_an_account_goes_on_where_it_was_restored(tmp_path: Path) -> None:
    """The disk is lost; the account's own service, built in, comes back with it."""
    with running(tmp_path / "old", "--key-file", str(tmp_path / "old key")) as program:
        before = connect_photos(program)
        made = program.as_person("POST", "/v1.0/backup", {"passphrase": PASSPHRASE})
        assert made.status == 200, made.body
        program.kill()
    with running(tmp_path / "new", "--key-file", str(tmp_path / "new key")) as program:
        done = restore(program, made.body)
        assert [each["action"] for each in done.json["profiles"]] == ["add"]
        path = f"/v1.0/profiles/{before['id']}"
        assert program.as_program("GET", path).json == before
        renewed = program.as_program("POST", f"{path}/refresh")
        assert (renewed.status, renewed.json["status"]) == (200, "active")
        # What is older now must not replace what was just given.
        again = restore(program, made.body)
        assert [each["reason"] for each in again.json["profiles"]] == ["newer_here"]
        assert program.as_program("POST", f"{path}/refresh").status == 200


@functools.cache
def many() -> bytes:
    """A backup that takes a while to be written."""
    one: Profile = some_profiles()[0]
    profiles = tuple(replace(one, id=f"p{n}", subject=f"s{n}") for n in range(MANY))
    document = BackupDocument(
        made_at="2026-02-02T02:40:00Z", made_by="a test", contents=Contents(profiles=profiles)
    )
    sealed: bytes = pyrage.passphrase.encrypt(encode(document), PASSPHRASE)
    return sealed


def kept(folder: Path, key: Path) -> int:
    """How many accounts a start would find."""

    async def count() -> int:
        vault = Vault(folder / "vault.json", keyring=MemoryKeyring(), random=secrets.token_bytes)
        await vault.unlock(key_file=key)
        database = Database(folder / "profiles.db", key=lambda: vault.key)
        store = ProfileStore(database)
        await database.open()
        found = len(store.all())
        await database.close()
        return found

    return asyncio.run(count())


def test_a_kill_in_the_middle_leaves_all_or_nothing(tmp_path: Path) -> None:
    sealed, folder, key = many(), tmp_path / "data", tmp_path / "key"
    with running(folder, "--key-file", str(key)) as program, ThreadPoolExecutor(1) as waiting:
        program.as_person("GET", "/settings")
        store = folder / "profiles.db"
        size = store.stat().st_size
        waiting.submit(restore, program, sealed)
        deadline = time.monotonic() + PATIENCE
        # Its first bytes are on their way to the disk.
        while store.stat().st_size < size + 10_000:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        program.kill()
    assert kept(folder, key) in {0, MANY}
    with running(folder) as program:
        assert restore(program, sealed).json["total"] == MANY
        assert accounts(program) == MANY


def test_a_power_cut_at_any_byte_leaves_all_or_nothing(tmp_path: Path) -> None:
    """What a kill leaves is a beginning of what was written."""
    sealed, folder, key = many(), tmp_path / "data", tmp_path / "key"
    with running(folder, "--key-file", str(key)) as program:
        program.as_person("GET", "/settings")
        before = (folder / "profiles.db").stat().st_size
        assert restore(program, sealed).json["total"] == MANY
        program.kill()
    written = (folder / "profiles.db").read_bytes()
    found = []
    for part in (0.1, 0.3, 0.5, 0.7, 0.9, 0.99):
        cut = tmp_path / f"cut {part}"
        shutil.copytree(folder, cut, ignore=lambda *_: ["coatcheck.sock"])
        length = before + int(part * (len(written) - before))
        (cut / "profiles.db").write_bytes(written[:length])
        found.append(kept(cut, key))
    assert set(found) <= {0, MANY}
    assert found[0] == 0
    assert kept(folder, key) == MANY
