"""Backups are age files: the real age command opens ours, and we say what is wrong with others."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest

from desktop_app.composition.sealing import make_age_box
from desktop_app.services.backup.backup_errors import (
    BackupError,
    BackupForKeysError,
    DamagedBackupError,
    NotABackupError,
    WrongBackupPassphraseError,
)
from desktop_app.services.locking.lock_errors import WeakPassphraseError
from desktop_app.vault.age_header import MOST_WORK, check_header
from tests.support.waiting import PATIENCE

PASSPHRASE = "vier Wörter zusammen"
CONTENT = b'{"format": "coatcheck-backup"}\n' * 5000


@contextmanager
def typed(*lines: str) -> Iterator[int]:
    """A terminal on which somebody types: age reads passphrases from nowhere else."""
    master, slave = pty.openpty()
    try:
        os.write(master, "".join(f"{line}\n" for line in lines).encode())
        yield slave
    finally:
        os.close(master)
        os.close(slave)


def age(*arguments: str, lines: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
    """Run the real age command at such a terminal."""
    with typed(*lines) as terminal:
        return subprocess.run(
            ["setsid", "--ctty", "--wait", "age", *arguments],
            stdin=terminal,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture(scope="module")
def sealed() -> bytes:
    """One file for all tests: sealing takes a second and more."""
    return asyncio.run(make_age_box().seal(CONTENT, PASSPHRASE))


def test_the_age_command_opens_what_we_sealed(sealed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "backup.age"
    path.write_bytes(sealed)
    opened = age("--decrypt", str(path), lines=(PASSPHRASE,))
    assert opened.stdout == CONTENT, opened.stderr


def test_we_open_what_the_age_command_sealed_also_armored(tmp_path: Path) -> None:
    plain, path = tmp_path / "plain", tmp_path / "sealed.age"
    plain.write_bytes(CONTENT)
    options = ("--passphrase", "--armor", "--output", str(path), str(plain))
    made = age(*options, lines=(PASSPHRASE, PASSPHRASE))
    assert made.returncode == 0, made.stderr
    assert asyncio.run(make_age_box().open(path.read_bytes(), PASSPHRASE)) == CONTENT


def test_the_same_passphrase_typed_on_another_keyboard_opens_it(sealed: bytes) -> None:
    """macOS types ö as two characters."""
    assert asyncio.run(make_age_box().open(sealed, "vier Wo\u0308rter zusammen")) == CONTENT


@pytest.mark.parametrize("passphrase", ["vier wörter", "a\ud800lone"])
def test_another_passphrase_is_told_from_a_damaged_file(sealed: bytes, passphrase: str) -> None:
    with pytest.raises(WrongBackupPassphraseError):
        asyncio.run(make_age_box().open(sealed, passphrase))


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-9] + b"x" + whole[-8:],
        lambda whole: whole + b"more",
    ],
)
def test_a_file_that_was_cut_or_altered_is_damaged(
    sealed: bytes, damage: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(DamagedBackupError):
        asyncio.run(make_age_box().open(damage(sealed), PASSPHRASE))


@pytest.mark.parametrize("length", [5, 22, 40, 57])
def test_a_file_that_ends_in_its_header_is_damaged(sealed: bytes, length: int) -> None:
    with pytest.raises(DamagedBackupError):
        check_header(sealed[:length])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}", b"age-encryption.org/v2\n-> x"])
def test_a_file_of_another_kind_is_no_backup(content: bytes) -> None:
    with pytest.raises(NotABackupError):
        check_header(content)


def test_a_file_for_a_key_says_so() -> None:
    key = pyrage.x25519.Identity.generate().to_public()
    with pytest.raises(BackupForKeysError):
        check_header(pyrage.encrypt(b"content", [key]))


@pytest.mark.parametrize("work", [MOST_WORK + 1, 63, 999])
def test_a_file_that_would_take_all_memory_is_not_tried(sealed: bytes, work: int) -> None:
    line = sealed.split(b"\n")[1]
    asking = sealed.replace(line, line.rpartition(b" ")[0] + f" {work}".encode())
    with pytest.raises(BackupError) as refused:
        check_header(asking)
    assert "too long" in refused.value.message


@pytest.mark.parametrize("work", [b"0", b"-1", b"+9", b"1e3", b"9999", b""])
def test_a_work_factor_that_is_no_number_is_damage(sealed: bytes, work: bytes) -> None:
    line = sealed.split(b"\n")[1]
    with pytest.raises(DamagedBackupError):
        check_header(sealed.replace(line, line.rpartition(b" ")[0] + b" " + work))


def test_a_short_passphrase_seals_nothing() -> None:
    with pytest.raises(WeakPassphraseError):
        asyncio.run(make_age_box().seal(CONTENT, "seven77"))


def test_the_loop_goes_on_while_a_file_is_sealed() -> None:
    """scrypt takes seconds; no page may stand still for it."""

    async def count() -> int:
        sealing = asyncio.create_task(make_age_box().seal(b"content", PASSPHRASE))
        turns = 0
        while not sealing.done():
            await asyncio.sleep(0.01)
            turns += 1
        await sealing
        return turns

    assert asyncio.run(count()) > 10
