from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import AppError, LockedError
from desktop_app.services.locking.lock import LockService
from desktop_app.services.locking.lock_errors import (
    KeyringMissingError,
    TooManyGuessesError,
    VaultMissingError,
    WeakPassphraseError,
    WrongKeyFileError,
    WrongPassphraseError,
)
from desktop_app.store.database import Database
from desktop_app.store.errors import ForeignStoreError
from desktop_app.store.profiles import ProfileStore
from desktop_app.vault.errors import DamagedVaultError
from tests.support.keeping import (
    PASSPHRASE,
    MemoryKeyring,
    make_profile,
    make_vault,
    no_keyring,
)


class _Folder:
    """One data folder with the real vault and store, and a clock that the test turns."""

    def __init__(self, path: Path, keyring: MemoryKeyring | None = None) -> None:
        self.path = path
        self.keyring = keyring or no_keyring()
        self.now = 1_000_000.0
        self.minutes = 0.0
        self.events: list[str] = []
        self.before_lock: list[Callable[[], Awaitable[None]]] = []

    def restarted(self) -> LockService:
        self.vault = make_vault(self.path, self.keyring)
        vault = self.vault
        self.database = Database(self.path / "profiles.db", key=lambda: vault.key)
        self.profiles = ProfileStore(self.database)
        return LockService(
            vault=vault,
            database=self.database,
            publish=self._publish,
            clock=lambda: self.now,
            auto_lock_minutes=lambda: self.minutes,
            before_lock=self.before_lock,
            patience=0.2,
            tick=0.01,
        )

    def _publish(self, event: str, _: Mapping[str, Any]) -> None:
        self.events.append(event)


def _run(folder: _Folder, scenario: Callable[[LockService], Awaitable[None]], *more: Any) -> None:
    async def main() -> None:
        for part in (scenario, *more):
            lock = folder.restarted()
            try:
                await part(lock)
            finally:
                await lock.close()

    asyncio.run(main())


def test_a_new_folder_without_anything_stays_new_until_a_passphrase_comes(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def first(lock: LockService) -> None:
        assert await lock.start() == "new"
        assert lock.locked
        with pytest.raises(WeakPassphraseError):
            await lock.unlock("short")
        assert list(tmp_path.iterdir()) == []
        await lock.unlock(PASSPHRASE)
        assert lock.state == "unlocked"
        await folder.profiles.save(make_profile())

    async def second(lock: LockService) -> None:
        assert await lock.start() == "locked"
        with pytest.raises(LockedError):
            folder.profiles.all()
        await lock.unlock(PASSPHRASE)
        assert folder.profiles.all() == (make_profile(),)

    _run(folder, first, second)
    assert folder.events == ["unlocked", "locked"] * 2


def test_a_new_folder_takes_the_keyring_if_it_works(tmp_path: Path) -> None:
    folder = _Folder(tmp_path, MemoryKeyring())

    async def twice(lock: LockService) -> None:
        assert await lock.start() == "unlocked"
        assert lock.keys.info().keyring
        await lock.lock()
        await lock.unlock_with_keyring()

    _run(folder, twice, twice)


def test_a_new_folder_prefers_key_file_over_passphrase_over_keyring(tmp_path: Path) -> None:
    for name, how, expected in (
        ("a", {"key_file": tmp_path / "key", "passphrase": PASSPHRASE}, (True, False, False)),
        ("b", {"passphrase": PASSPHRASE}, (False, True, False)),
        ("c", {}, (False, False, True)),
    ):
        (tmp_path / name).mkdir()

        async def scenario(
            lock: LockService, how: dict[str, Any] = how, expected: Any = expected
        ) -> None:
            assert await lock.start(**how) == "unlocked"
            info = lock.keys.info()
            assert (info.key_file is not None, info.passphrase, info.keyring) == expected

        _run(_Folder(tmp_path / name, MemoryKeyring()), scenario)


def test_a_remembered_key_file_opens_the_next_start(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def first(lock: LockService) -> None:
        await lock.start(key_file=tmp_path / "key")

    async def second(lock: LockService) -> None:
        assert await lock.start() == "unlocked"
        await lock.lock()
        await lock.unlock_with_key_file()
        (tmp_path / "key").rename(tmp_path / "gone")

    async def third(lock: LockService) -> None:
        assert await lock.start() == "locked"
        with pytest.raises(WrongKeyFileError):
            await lock.unlock_with_key_file()

    _run(folder, first, second, third)


def test_a_wrong_key_file_or_passphrase_at_the_start_changes_nothing(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def first(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)

    async def second(lock: LockService) -> None:
        before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
        for wrong in ({"passphrase": "not this one"}, {"key_file": tmp_path / "missing"}):
            with pytest.raises(LockedError):
                await lock.start(**wrong)  # type: ignore[arg-type]
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before
        assert lock.state == "locked"

    _run(folder, first, second)


def test_a_keyring_that_fails_leaves_it_locked_and_says_why(tmp_path: Path) -> None:
    folder = _Folder(tmp_path, MemoryKeyring())

    async def first(lock: LockService) -> None:
        await lock.start()

    async def second(lock: LockService) -> None:
        folder.keyring.problem = KeyringMissingError()
        assert await lock.start() == "locked"
        with pytest.raises(KeyringMissingError):
            await lock.unlock_with_keyring()
        assert (
            await lock.keys.check_keyring()
        ).keyring_problem == KeyringMissingError.public_message

    _run(folder, first, second)


def test_guesses_get_slower_and_a_right_one_forgives(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)
        await lock.lock()
        waits = []
        for _ in range(5):
            with pytest.raises(WrongPassphraseError):
                await lock.unlock("a wrong passphrase")
            try:
                await lock.unlock("a wrong one too soon") if len(waits) >= 2 else None
            except TooManyGuessesError as error:
                waits.append(error.fields["seconds"])
                assert str(waits[-1]) in error.message
                folder.now += 1.0 * waits[-1]  # type: ignore[operator]
            else:
                waits.append(0)
        assert waits == [0, 0, 1, 2, 4]
        await lock.unlock(PASSPHRASE)
        await lock.lock()
        with pytest.raises(WrongPassphraseError):
            await lock.unlock("wrong again")

    _run(folder, scenario)


def test_guesses_at_once_are_counted_one_by_one(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)
        results = await asyncio.gather(
            *(lock.unlock(f"guess number {n}") for n in range(6)), return_exceptions=True
        )
        kinds = [type(result) for result in results]
        assert kinds == [WrongPassphraseError] * 3 + [TooManyGuessesError] * 3
        with pytest.raises(TooManyGuessesError):
            await lock.keys.rewrap(keyring=False, passphrase="new one 123", current_passphrase="x")

    _run(folder, scenario)


def test_rewrapping_changes_how_the_next_start_opens(tmp_path: Path) -> None:
    folder = _Folder(tmp_path, MemoryKeyring())

    async def first(lock: LockService) -> None:
        await lock.start()
        info = await lock.keys.rewrap(keyring=False, passphrase=PASSPHRASE, current_passphrase=None)
        assert (info.keyring, info.passphrase) == (False, True)

    async def second(lock: LockService) -> None:
        assert await lock.start() == "locked"
        await lock.unlock(PASSPHRASE)

    _run(folder, first, second)


def test_it_locks_itself_when_idle_and_not_while_somebody_is_here(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        folder.minutes = 5
        await lock.start(passphrase=PASSPHRASE)
        for _ in range(4):
            folder.now += 200
            lock.touch()
            await asyncio.sleep(0.03)
        assert lock.state == "unlocked"
        folder.now += 301
        while lock.state == "unlocked" or "locked" not in folder.events:
            await asyncio.sleep(0.01)
        with pytest.raises(LockedError):
            _ = folder.vault.key

    _run(folder, scenario)


def test_a_computer_that_slept_wakes_up_locked_whoever_comes_first(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        folder.minutes = 5
        await lock.start(passphrase=PASSPHRASE)
        folder.now += 24 * 3600
        with pytest.raises(LockedError):
            lock.touch()
        assert lock.state == "locked"
        await lock.lock()
        assert not folder.database.is_open

    _run(folder, scenario)


def test_a_clock_that_is_set_back_does_not_stop_the_auto_lock(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        folder.minutes = 5
        await lock.start(passphrase=PASSPHRASE)
        folder.now -= 1_000_000
        lock.touch()
        folder.now += 301
        with pytest.raises(LockedError):
            lock.touch()

    _run(folder, scenario)


def test_locking_waits_for_what_must_not_be_cut_off_but_not_for_ever(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def saving() -> None:
        await asyncio.sleep(0.02)
        await folder.profiles.save(make_profile())

    async def hanging() -> None:
        await asyncio.Event().wait()

    async def failing() -> None:
        raise RuntimeError

    folder.before_lock += [saving, hanging, failing]

    async def first(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)
        await lock.lock()
        assert lock.state == "locked"

    async def second(lock: LockService) -> None:
        folder.before_lock.clear()
        await lock.start(passphrase=PASSPHRASE)
        assert folder.profiles.get("p1") == make_profile()

    _run(folder, first, second)


def test_starting_over_moves_everything_aside_and_begins_new(tmp_path: Path) -> None:
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)
        await folder.profiles.save(make_profile())
        await lock.lock()
        old = {name: (tmp_path / name).read_bytes() for name in ("vault.json", "profiles.db")}
        assert await lock.start_over() == "new"
        for name, content in old.items():
            assert [p.read_bytes() for p in tmp_path.glob(f"{name}.old-*")] == [content]
        await lock.unlock("another passphrase")
        assert folder.profiles.all() == ()

    _run(folder, scenario)


def test_accounts_without_a_vault_are_never_given_a_new_key(tmp_path: Path) -> None:
    folder = _Folder(tmp_path, MemoryKeyring())

    async def first(lock: LockService) -> None:
        await lock.start()
        (tmp_path / "vault.json").unlink()

    async def second(lock: LockService) -> None:
        before = (tmp_path / "profiles.db").read_bytes()
        assert await lock.start() == "new"
        ways: list[Awaitable[object]] = [
            lock.unlock(PASSPHRASE),
            lock.unlock_with_keyring(),
            lock.start(key_file=tmp_path / "key"),
        ]
        for way in ways:
            with pytest.raises(VaultMissingError):
                await way
        assert (tmp_path / "profiles.db").read_bytes() == before
        assert not (tmp_path / "vault.json").exists()

    _run(folder, first, second)


@pytest.mark.parametrize(
    ("name", "error"), [("profiles.db", ForeignStoreError), ("vault.json", DamagedVaultError)]
)
def test_a_damaged_file_is_said_and_nothing_stays_open(
    tmp_path: Path, name: str, error: type[AppError]
) -> None:
    folder = _Folder(tmp_path)

    async def first(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)

    async def second(lock: LockService) -> None:
        (tmp_path / name).write_bytes(b"something else")
        with pytest.raises(error):
            await lock.start(passphrase=PASSPHRASE)
        assert lock.state == "locked"
        assert (tmp_path / name).read_bytes() == b"something else"

    _run(folder, first, second)


def test_no_passphrase_and_no_key_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    folder = _Folder(tmp_path)

    async def scenario(lock: LockService) -> None:
        await lock.start(passphrase=PASSPHRASE)
        key = folder.vault.key
        await lock.lock()
        with pytest.raises(WrongPassphraseError):
            await lock.unlock("some wrong secret")
        for secret in (PASSPHRASE, "some wrong secret", key.hex(), repr(key)):
            assert secret not in caplog.text

    _run(folder, scenario)
