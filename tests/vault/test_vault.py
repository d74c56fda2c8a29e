from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from desktop_app.errors import LockedError
from desktop_app.services.locking.lock_errors import (
    KeyringEntryLostError,
    KeyringMissingError,
    KeyringSlowError,
    NoWrapError,
    WeakPassphraseError,
    WrongKeyFileError,
    WrongPassphraseError,
)
from desktop_app.vault.errors import (
    DamagedVaultError,
    VaultExistsError,
    VaultVersionError,
    VaultWriteError,
)
from desktop_app.vault.vault import Vault
from tests.support.keeping import (
    PASSPHRASE,
    MemoryKeyring,
    largest_file,
    make_vault,
    mode_of,
    no_keyring,
)


def _run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario()

    asyncio.run(main())


async def _created(folder: Path, **how: object) -> bytes:
    keyring = how.pop("keyring_port", None)
    vault = make_vault(folder, keyring)  # type: ignore[arg-type]
    await vault.create(**how)  # type: ignore[arg-type]
    return vault.key


def test_a_new_vault_has_no_key_and_no_file(tmp_path: Path) -> None:
    vault = make_vault(tmp_path)
    assert vault.state == "new"
    assert vault.info().passphrase is False
    with pytest.raises(LockedError):
        _ = vault.key
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_opens_what_it_made_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        key = await _created(tmp_path, passphrase=PASSPHRASE)
        vault = make_vault(tmp_path)
        assert vault.state == "locked"
        await vault.unlock(passphrase=PASSPHRASE)
        assert (vault.state, vault.key) == ("unlocked", key)
        vault.lock()
        with pytest.raises(LockedError):
            _ = vault.key

    _run(scenario)
    assert mode_of(tmp_path / "vault.json") == 0o600


def test_neither_key_nor_passphrase_is_in_the_file_or_the_repr(tmp_path: Path) -> None:
    async def scenario() -> None:
        key = await _created(tmp_path, passphrase=PASSPHRASE)
        content = (tmp_path / "vault.json").read_bytes()
        assert PASSPHRASE.encode() not in content
        assert key not in content
        assert key.hex().encode() not in content

    _run(scenario)


def test_a_wrong_passphrase_changes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        await _created(tmp_path, passphrase=PASSPHRASE)
        before = (tmp_path / "vault.json").read_bytes()
        vault = make_vault(tmp_path)
        for wrong in ("correct horse batterz", "", "\ud800" * 8):
            with pytest.raises(WrongPassphraseError):
                await vault.unlock(passphrase=wrong)
        assert vault.state == "locked"
        assert (tmp_path / "vault.json").read_bytes() == before

    _run(scenario)


def test_a_key_file_is_made_remembered_and_opens_after_a_restart(tmp_path: Path) -> None:
    async def scenario() -> None:
        path = tmp_path / "key"
        key = await _created(tmp_path, key_file=path)
        vault = make_vault(tmp_path)
        assert vault.info().key_file == str(path)
        await vault.unlock(key_file=path)
        assert vault.key == key

    _run(scenario)


def test_a_wrong_key_file_changes_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        await _created(tmp_path, key_file=tmp_path / "key")
        other = tmp_path / "other"
        other.mkdir()
        await _created(other, key_file=other / "key")
        before = (tmp_path / "vault.json").read_bytes()
        vault = make_vault(tmp_path)
        for wrong in (other / "key", tmp_path / "missing", tmp_path / "vault.json"):
            with pytest.raises(WrongKeyFileError):
                await vault.unlock(key_file=wrong)
        assert not (tmp_path / "missing").exists()
        assert (tmp_path / "vault.json").read_bytes() == before

    _run(scenario)


def test_a_key_file_that_moved_is_remembered_at_its_new_place(tmp_path: Path) -> None:
    async def scenario() -> None:
        key = await _created(tmp_path, key_file=tmp_path / "key")
        moved = (tmp_path / "key").rename(tmp_path / "moved")
        vault = make_vault(tmp_path)
        await vault.unlock(key_file=moved)
        assert vault.key == key
        assert make_vault(tmp_path).info().key_file == str(moved)

    _run(scenario)


def test_a_vault_without_a_passphrase_takes_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        await _created(tmp_path, key_file=tmp_path / "key")
        vault = make_vault(tmp_path)
        with pytest.raises(WrongPassphraseError):
            await vault.unlock(passphrase=PASSPHRASE)
        with pytest.raises(KeyringEntryLostError):
            await vault.unlock(keyring=True)
        with pytest.raises(LockedError):
            await vault.unlock()

    _run(scenario)


def test_the_keyring_opens_what_it_made_and_a_lost_entry_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        keyring = MemoryKeyring()
        key = await _created(tmp_path, keyring=True, keyring_port=keyring)
        vault = make_vault(tmp_path, keyring)
        await vault.unlock(keyring=True)
        assert vault.key == key
        for entry in ("", "AAAA", "no base64 at all"):
            keyring.entries = dict.fromkeys(keyring.entries, entry)
            with pytest.raises(KeyringEntryLostError):
                await make_vault(tmp_path, keyring).unlock(keyring=True)
        keyring.entries.clear()
        with pytest.raises(KeyringEntryLostError):
            await make_vault(tmp_path, keyring).unlock(keyring=True)

    _run(scenario)


@pytest.mark.parametrize("problem", [KeyringMissingError(), KeyringSlowError()])
def test_a_keyring_that_fails_makes_no_vault(tmp_path: Path, problem: LockedError) -> None:
    async def scenario() -> None:
        vault = make_vault(tmp_path, MemoryKeyring(problem))  # type: ignore[arg-type]
        with pytest.raises(type(problem)):
            await vault.create(keyring=True)
        assert vault.state == "new"
        assert await vault.check_keyring() is False
        assert vault.info().keyring_usable is False
        assert vault.info().keyring_problem == problem.public_message

    _run(scenario)
    assert list(tmp_path.iterdir()) == []


def test_a_vault_is_not_made_without_a_way_in_or_with_a_weak_passphrase(tmp_path: Path) -> None:
    async def scenario() -> None:
        vault = make_vault(tmp_path)
        with pytest.raises(NoWrapError):
            await vault.create()
        with pytest.raises(WeakPassphraseError):
            await vault.create(passphrase="short")
        assert vault.state == "new"

    _run(scenario)


def test_a_second_vault_never_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async def scenario() -> None:
        first, second = make_vault(tmp_path), make_vault(tmp_path)
        results = await asyncio.gather(
            first.create(passphrase=PASSPHRASE),
            second.create(passphrase="another passphrase"),
            return_exceptions=True,
        )
        assert sorted(type(r).__name__ for r in results) == ["NoneType", "VaultExistsError"]
        with pytest.raises(VaultExistsError):
            await make_vault(tmp_path).create(passphrase=PASSPHRASE)

    _run(scenario)


def test_a_full_disk_makes_no_vault(tmp_path: Path) -> None:
    async def scenario() -> None:
        vault = make_vault(tmp_path)
        with largest_file(20), pytest.raises(VaultWriteError):
            await vault.create(passphrase=PASSPHRASE)
        assert vault.state == "new"

    _run(scenario)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", DamagedVaultError),
        (b"{", DamagedVaultError),
        (b'{"version": 2}', VaultVersionError),
    ],
)
def test_a_damaged_or_newer_file_is_refused_and_left_alone(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    async def scenario() -> None:
        (tmp_path / "vault.json").write_bytes(content)
        vault = make_vault(tmp_path)
        with pytest.raises(error):
            await vault.unlock(passphrase=PASSPHRASE)
        with pytest.raises(VaultExistsError):
            await vault.create(passphrase=PASSPHRASE)

    _run(scenario)
    assert (tmp_path / "vault.json").read_bytes() == content


async def _with_passphrase(folder: Path, keyring: MemoryKeyring) -> Vault:
    vault = make_vault(folder, keyring)
    await vault.create(passphrase=PASSPHRASE)
    return vault


async def _ways(folder: Path, keyring: MemoryKeyring, *passphrases: str) -> list[bool]:
    """Whether the keyring, then each passphrase, opens the vault after a restart."""
    results = []
    for how in [{"keyring": True}, *({"passphrase": p} for p in passphrases)]:
        try:
            await make_vault(folder, keyring).unlock(**how)  # type: ignore[arg-type]
        except LockedError:
            results.append(False)
        else:
            results.append(True)
    return results


def test_rewrapping_goes_from_passphrase_to_both_to_keyring_and_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        keyring = MemoryKeyring()
        vault = await _with_passphrase(tmp_path, keyring)
        key = vault.key
        await vault.rewrap(
            keyring=True, passphrase=None, current_passphrase=PASSPHRASE, keep_passphrase=True
        )
        assert await _ways(tmp_path, keyring, PASSPHRASE) == [True, True]
        await vault.rewrap(keyring=True, passphrase=None, current_passphrase=PASSPHRASE)
        assert await _ways(tmp_path, keyring, PASSPHRASE) == [True, False]
        await vault.rewrap(keyring=False, passphrase="new passphrase", current_passphrase=None)
        assert await _ways(tmp_path, keyring, PASSPHRASE, "new passphrase") == [False, False, True]
        assert keyring.entries == {}
        assert vault.key == key

    _run(scenario)


def test_rewrapping_needs_the_present_passphrase(tmp_path: Path) -> None:
    async def scenario() -> None:
        keyring = MemoryKeyring()
        vault = await _with_passphrase(tmp_path, keyring)
        for wrong in (None, "", "wrong passphrase"):
            with pytest.raises(WrongPassphraseError):
                await vault.rewrap(keyring=True, passphrase=None, current_passphrase=wrong)
        assert await _ways(tmp_path, keyring, PASSPHRASE) == [False, True]

    _run(scenario)


def test_rewrapping_never_leaves_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        vault = await _with_passphrase(tmp_path, no_keyring())
        with pytest.raises(NoWrapError):
            await vault.rewrap(keyring=False, passphrase=None, current_passphrase=PASSPHRASE)
        with pytest.raises(KeyringMissingError):
            await vault.rewrap(keyring=True, passphrase=None, current_passphrase=PASSPHRASE)
        with pytest.raises(WeakPassphraseError):
            await vault.rewrap(keyring=False, passphrase="x", current_passphrase=PASSPHRASE)
        await make_vault(tmp_path).unlock(passphrase=PASSPHRASE)

    _run(scenario)


def test_rewrapping_on_a_full_disk_keeps_the_old_ways(tmp_path: Path) -> None:
    async def scenario() -> None:
        keyring = MemoryKeyring()
        vault = await _with_passphrase(tmp_path, keyring)
        with largest_file(20), pytest.raises(VaultWriteError):
            await vault.rewrap(keyring=True, passphrase=None, current_passphrase=PASSPHRASE)
        assert await _ways(tmp_path, keyring, PASSPHRASE) == [False, True]

    _run(scenario)
    assert [p.name for p in tmp_path.iterdir()] == ["vault.json"]


def test_rewrapping_keeps_the_key_file_and_mends_a_lost_keyring_entry(tmp_path: Path) -> None:
    async def scenario() -> None:
        keyring = MemoryKeyring()
        await _created(tmp_path, keyring=True, key_file=tmp_path / "key", keyring_port=keyring)
        keyring.entries.clear()
        vault = make_vault(tmp_path, keyring)
        await vault.unlock(key_file=tmp_path / "key")
        await vault.rewrap(keyring=True, passphrase=None, current_passphrase=None)
        assert await _ways(tmp_path, keyring) == [True]
        assert vault.info().key_file == str(tmp_path / "key")

    _run(scenario)


def test_rewrapping_a_locked_vault_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        vault = await _with_passphrase(tmp_path, MemoryKeyring())
        vault.lock()
        with pytest.raises(LockedError):
            await vault.rewrap(keyring=True, passphrase=None, current_passphrase=PASSPHRASE)

    _run(scenario)


def test_setting_aside_keeps_the_old_file_and_is_new(tmp_path: Path) -> None:
    async def scenario() -> None:
        vault = await _with_passphrase(tmp_path, no_keyring())
        before = (tmp_path / "vault.json").read_bytes()
        target = await vault.set_aside("old")
        assert target == tmp_path / "vault.json.old"
        assert target.read_bytes() == before
        assert vault.state == "new"
        assert await vault.set_aside("old") is None

    _run(scenario)
