from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, cast

import pytest
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError

from desktop_app.services.locking.lock_errors import (
    KeyringMissingError,
    KeyringRefusedError,
    KeyringSlowError,
    KeyringUnavailableError,
    KeyringUnsafeError,
)
from desktop_app.vault.keyring import SystemKeyring, usable_keyring

_ROOT = Path(__file__).parents[2]
_ROUND = """
import asyncio
from desktop_app.vault.keyring import SystemKeyring
async def main():
    keyring = SystemKeyring()
    await keyring.check()
    await keyring.write("name", "secret")
    print(await keyring.read("name"))
    await keyring.delete("name")
    await keyring.delete("name")
    print(await keyring.read("name"))
asyncio.run(main())
"""
_HANG = """
import asyncio
from desktop_app.services.locking.lock_errors import KeyringSlowError
from desktop_app.vault.keyring import SystemKeyring
async def main():
    try:
        await SystemKeyring(time_limit=0.2).check()
    except KeyringSlowError:
        print("slow")
asyncio.run(main())
"""


class _Backend:
    """Has a backend's methods; a real subclass would enter the library's list of keyrings."""

    priority = 5.0
    problem: Exception | None = None

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        if self.problem:
            raise self.problem
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[username]


class PlaintextKeyring(_Backend):
    pass


class _Weak(_Backend):
    priority = 0.5


def _child(script: str, prefix: list[str], **environment: str) -> list[str]:
    done = subprocess.run(
        [*prefix, sys.executable, "-c", script],
        cwd=_ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.split()


def _ask(backend: Any) -> None:
    asyncio.run(SystemKeyring(load=lambda: backend).check())


def test_an_entry_is_kept_read_and_forgotten_by_a_real_keyring(tmp_path: Path) -> None:
    """A child process with a backend chosen by the library's own variable."""
    printed = _child(
        _ROUND,
        [],
        PYTHON_KEYRING_BACKEND="tests.support.file_keyring.FileKeyring",
        COATCHECK_TEST_KEYRING=str(tmp_path / "entries"),
    )
    assert printed == ["secret", "None"]


@pytest.mark.parametrize("program", [p for p in ["gnome-keyring-daemon"] if shutil.which(p)])
def test_the_desktops_own_keyring_works_where_there_is_one(tmp_path: Path, program: str) -> None:
    unlock = f'printf pw | {program} --unlock --components=secrets >/dev/null; exec "$@"'
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    printed = _child(_ROUND, ["dbus-run-session", "--", "sh", "-c", unlock, "sh"], **home)
    assert printed == ["secret", "None"]


def test_a_keyring_that_hangs_holds_up_neither_work_nor_exit() -> None:
    printed = _child(_HANG, [], PYTHON_KEYRING_BACKEND="tests.support.file_keyring.HangingKeyring")
    assert printed == ["slow"]


def test_a_hanging_keyring_is_not_asked_again_until_it_answers() -> None:
    release = threading.Event()
    calls = []

    def load() -> Any:
        calls.append(1)
        release.wait()
        return _Backend()

    async def scenario() -> None:
        keyring = SystemKeyring(load=load, time_limit=0.05)
        for _ in range(3):
            with pytest.raises(KeyringSlowError):
                await keyring.check()
        assert len(calls) == 1
        release.set()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                return await keyring.check()
            except KeyringSlowError:
                await asyncio.sleep(0.01)
        pytest.fail("the keyring answers again, but is not asked")

    asyncio.run(scenario())


def test_no_keyring_and_keyrings_that_do_not_protect_are_told_apart() -> None:
    with pytest.raises(KeyringMissingError):
        _ask(fail.Keyring())
    for unsafe in (null.Keyring(), PlaintextKeyring(), _Weak()):
        with pytest.raises(KeyringUnsafeError):
            _ask(unsafe)


def test_a_chain_never_falls_back_to_an_unsafe_member() -> None:
    good = _Backend()

    chain = cast("Any", _Backend())
    chain.backends = [PlaintextKeyring(), good]
    assert usable_keyring(chain) is good


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (NoKeyringError("x"), KeyringMissingError),
        (KeyringLocked("x"), KeyringRefusedError),
        (InitError("x"), KeyringRefusedError),
        (PasswordSetError("x"), KeyringRefusedError),
        (RuntimeError("x"), KeyringUnavailableError),
        (OSError("no bus"), KeyringUnavailableError),
    ],
)
def test_whatever_a_keyring_raises_is_said_in_plain_words(
    problem: Exception, expected: type[KeyringUnavailableError]
) -> None:
    backend = _Backend()
    backend.problem = problem
    with pytest.raises(expected) as caught:
        _ask(backend)
    assert caught.value.code == "keyring_unavailable"
    assert caught.value.message.endswith(".")


def test_the_secret_is_in_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    class Talkative(_Backend):
        def set_password(self, service: str, username: str, password: str) -> None:
            raise RuntimeError(f"can't keep {password}")

    caplog.set_level(0)
    with pytest.raises(KeyringUnavailableError) as caught:
        asyncio.run(SystemKeyring(load=cast("Any", Talkative)).write("name", "hush-hush"))
    assert "hush-hush" not in caplog.text
    assert "hush-hush" not in str(caught.value)
