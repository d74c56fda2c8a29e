"""Starts the printing service as the separate program that it is, and takes what it made."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.demo.errors import (
    DemoError,
    PrintingError,
    PrintingNotAllowedError,
    PrintingUnansweredError,
)
from desktop_app.errors import NotFoundError

INTERNAL_COMMAND = "printing-service"
"""The frozen program has no Python: it starts itself with this argument."""

_ROOT = Path(__file__).parents[2]
_SCRIPT = Path(__file__).parent / "printing_service" / "printing_service.py"
_TIMEOUT = 60.0
# Beside the printing itself the person has two minutes for an answer.
_TIMEOUT_ASKING = 180.0
_KEPT_SHEETS = 4
_UNLENT: Mapping[str, type[DemoError]] = {
    each.code: each for each in (PrintingNotAllowedError, PrintingUnansweredError)
}
_PASSED_ON = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A contact sheet on disk."""

    path: Path
    photos: int
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowing:
    """Lets the printing service ask Coatcheck itself, so that the person is asked.

    Attributes:
        runtime: Coatcheck's ``runtime.json``.
        signs: True where the account's requests are signed (OAuth 1.0a): a signature opens one
            address, so the photos come from there in one archive.
    """

    runtime: Path
    profile_id: str
    signs: bool = False


Access = str | Mapping[str, str] | Borrowing
"""An access token; for each address the header that was signed for it; or whom to ask."""


def printing_command() -> list[str]:
    """Return the command that starts the printing service.

    From a checkout it is a file: the question whether it may have something then names it.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, INTERNAL_COMMAND]
    return [sys.executable, str(_SCRIPT)]


async def print_photos(
    access: Access,
    photos_url: str,
    output: Path,
    *,
    command: Sequence[str] | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - subprocess.run ends the child itself
) -> Printed:
    """Let the printing service make a contact sheet at *output*, which must not be there yet.

    Args:
        access: What opens the photos, or where to ask for it. Goes through a pipe, because
            arguments are public on a machine.
        photos_url: The photo service's list of photos.
        output: Where the PNG will be, readable by its owner alone.
        command: What to start instead of :func:`printing_command`.
        timeout: Seconds after which the printing service is ended; None: what is enough for it.

    Raises:
        PrintingError: If there is no sheet at the end.
        PrintingNotAllowedError: The person said no.
        PrintingUnansweredError: They said nothing.
    """
    job = {**_shown(access), "photos_url": photos_url, "output": str(output)}
    used = list(command or printing_command())
    patience = timeout or (_TIMEOUT_ASKING if isinstance(access, Borrowing) else _TIMEOUT)
    line = await asyncio.to_thread(_run, used, json.dumps(job).encode(), patience)
    result = _read_result(line)
    return Printed(path=output, photos=int(result["photos"]), owner=str(result.get("owner", "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedSheet:
    """A contact sheet that can be looked at under *id*."""

    id: str
    photos: int


class PrintShop:
    """Lets the person try the printing service from the window; sheets stay in memory.

    Args:
        runtime: Where Coatcheck says how it is reached: the printing service asks it.
        photos_url: Where the photo service lists its photos at the moment.
        command: Starts the printing service; by default :func:`printing_command`.
    """

    def __init__(
        self,
        *,
        runtime: Path,
        photos_url: Callable[[], str],
        command: Sequence[str] | None = None,
    ) -> None:
        self._runtime = runtime
        self._photos_url = photos_url
        self._command = command
        self._sheets: dict[str, bytes] = {}

    async def print_sheet(self, profile_id: str, *, signs: bool = False) -> PrintedSheet:
        """Have the printing service ask for the profile's photos, and keep what it made.

        Args:
            profile_id: An account of the photo service.
            signs: True if its requests are signed instead of bringing a token.

        Raises:
            PrintingError: If it made nothing.
            PrintingNotAllowedError: The person said no.
            PrintingUnansweredError: They said nothing.
        """
        asking = Borrowing(runtime=self._runtime, profile_id=profile_id, signs=signs)
        url = f"{self._photos_url()}.zip" if signs else self._photos_url()
        with tempfile.TemporaryDirectory(prefix="coatcheck-print-") as folder:
            output = Path(folder) / "sheet.png"
            printed = await print_photos(asking, url, output, command=self._command)
            png = await asyncio.to_thread(output.read_bytes)
        return PrintedSheet(id=self._keep(png), photos=printed.photos)

    def sheet(self, sheet_id: str) -> bytes:
        """Return a sheet's PNG.

        Raises:
            NotFoundError: If there is none, or no longer.
        """
        try:
            return self._sheets[sheet_id]
        except KeyError:
            raise NotFoundError from None

    def forget(self) -> None:
        """Forget every sheet, because Coatcheck is being locked."""
        self._sheets.clear()

    def _keep(self, png: bytes) -> str:
        while len(self._sheets) >= _KEPT_SHEETS:
            del self._sheets[next(iter(self._sheets))]
        sheet_id = secrets.token_urlsafe(16)
        self._sheets[sheet_id] = png
        return sheet_id


def _run(command: list[str], job: bytes, timeout: float) -> bytes:
    """Run the printing service with nothing of our environment but what a program needs."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            command,
            input=job,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env=environment,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrintingError(reason="It did not start, or did not end in time.") from error
    return done.stdout


def _shown(access: Access) -> dict[str, Any]:
    if isinstance(access, str):
        return {"access_token": access}
    if isinstance(access, Borrowing):
        lender = {"runtime": str(access.runtime), "profile_id": access.profile_id}
        return {"lender": {**lender, "signs": access.signs}, "archive": access.signs}
    return {"signatures": dict(access)}


def _read_result(line: bytes) -> dict[str, Any]:
    try:
        result = json.loads(line)
    except ValueError as error:
        raise PrintingError(reason="It ended without a word.") from error
    if not isinstance(result, dict) or "photos" not in result:
        told = result if isinstance(result, dict) else {}
        if told.get("code") in _UNLENT:
            raise _UNLENT[told["code"]]
        reason = told.get("error")
        raise PrintingError(reason=str(reason or "It ended without a word."))
    return result
