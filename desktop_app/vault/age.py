"""Seals and opens age files with a passphrase, each in a process of its own.

pyrage keeps Python's lock while scrypt works, for seconds and with hundreds of megabytes: in our
own process every page would stand still meanwhile, and a machine without that memory would end
us. The passphrase and the contents go through pipes alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import unicodedata
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from typing import Final, Literal

from desktop_app.services.backup.backup_errors import (
    DamagedBackupError,
    SealingError,
    WrongBackupPassphraseError,
)
from desktop_app.vault.age_header import check_header
from desktop_app.vault.passphrase import check_new_passphrase

DONE: Final = b"done\n"
WRONG: Final = b"wrong\n"
DAMAGED: Final = b"damaged\n"
_Task = Literal["seal", "open"]


class AgeBox:
    """Implements ``services.backup.ports.Sealer``; one file at a time.

    Args:
        command: Starts a process that runs ``vault.age_process.run``.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._one_at_a_time = asyncio.Lock()

    async def seal(self, content: bytes, passphrase: str) -> bytes:
        """Return *content* as an age file that *passphrase* opens.

        Raises:
            WeakPassphraseError: The passphrase is too short.
            SealingError: The process failed; there may be too little memory.
        """
        check_new_passphrase(passphrase)
        sealed = await self._run("seal", content, _normalised(passphrase))
        check_header(sealed)
        return sealed

    async def open(self, sealed: bytes, passphrase: str) -> bytes:
        """Return what is in *sealed*, an age file.

        Raises:
            BackupError: It can't be opened; each subclass says why.
        """
        check_header(sealed)
        normalised = _normalised(passphrase)
        try:
            return await self._run("open", sealed, normalised)
        except WrongBackupPassphraseError:
            # The age command takes a passphrase as the keyboard gives it.
            if passphrase == normalised:
                raise
        return await self._run("open", sealed, passphrase)

    async def _run(self, task: _Task, data: bytes, passphrase: str) -> bytes:
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
            )
            try:
                return _result(await _converse(process, task, data, passphrase))
            finally:
                if process.returncode is None:
                    with contextlib.suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()


async def _converse(process: Process, task: _Task, data: bytes, passphrase: str) -> bytes:
    # JSON's escapes carry what UTF-8 can't: a lone surrogate is a wrong passphrase, no crash.
    head = json.dumps({"task": task, "passphrase": passphrase}).encode("ascii")
    said, _ = await process.communicate(head + b"\n" + data)
    return said


def _result(said: bytes) -> bytes:
    status, end, content = said.partition(b"\n")
    if status + end == WRONG:
        raise WrongBackupPassphraseError
    if status + end == DAMAGED:
        raise DamagedBackupError(content.decode("utf-8", "replace"))
    if status + end != DONE:
        raise SealingError(detail="the process ended early")
    return content


def _normalised(passphrase: str) -> str:
    # One keyboard types é as one character, another as two: both are the same passphrase.
    return unicodedata.normalize("NFC", passphrase)
