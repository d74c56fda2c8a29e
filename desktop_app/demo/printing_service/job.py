"""One printing job: read it, fetch the photos, write the contact sheet, say how it went."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from desktop_app.demo.printing_service.archive import read_archive
from desktop_app.demo.printing_service.borrow import Lender, borrow, borrow_signature
from desktop_app.demo.printing_service.contact_sheet import draw_sheet
from desktop_app.demo.printing_service.fetch import (
    Album,
    Authorize,
    PhotoSource,
    PrintError,
    bearer,
    signed,
)

_MAX_JOB = 64 * 1024


@dataclass(frozen=True, slots=True)
class Job:
    """What to print, with what, to where.

    Attributes:
        access: Gives what opens an address. The job brings an access token or ``signatures``, a
            header for each address; or it says who lends one (``lender``), who is asked then.
        archive: The address is that of all photos in one archive.
    """

    access: Callable[[], Authorize] = field(repr=False)
    photos_url: str
    output: Path
    archive: bool = False


def do_job(stdin: BinaryIO, stdout: TextIO) -> int:
    """Do the job on *stdin*, write one line of JSON to *stdout*, return the exit status."""
    try:
        result, status = run_job(read_job(stdin.read(_MAX_JOB))), 0
    except PrintError as error:
        result, status = {"error": str(error), "code": error.code}, 1
    stdout.write(json.dumps(result) + "\n")
    stdout.flush()
    return status


def read_job(text: bytes) -> Job:
    """Return the job in *text*.

    Raises:
        PrintError: If it is not a job.
    """
    try:
        values = json.loads(text)
        url, output = values["photos_url"], values["output"]
        access = _read_access(values)
    except (ValueError, KeyError, TypeError) as error:
        raise PrintError("It was given no job.") from error
    if not (isinstance(url, str) and isinstance(output, str)):
        raise PrintError("It was given no job.")
    return Job(access, url, Path(output), archive=values.get("archive") is True)


def run_job(job: Job) -> dict[str, Any]:
    """Print, and return what was printed.

    Raises:
        PrintError: If the photos can't be had, or the sheet not be written.
    """
    album = _fetch(job)
    sheet = draw_sheet(album.owner, album.photos)
    _write(job.output, sheet)
    return {"photos": len(album.photos), "owner": album.owner, "output": str(job.output)}


def _fetch(job: Job) -> Album:
    source = PhotoSource(job.photos_url, job.access())
    return read_archive(source.read()) if job.archive else source.fetch()


def _read_access(values: Mapping[str, Any]) -> Callable[[], Authorize]:
    if isinstance(lender := values.get("lender"), dict):
        found = Lender(Path(str(lender["runtime"])), str(lender["profile_id"]))
        if lender.get("signs") is True:
            return lambda: lambda url: borrow_signature(found, url)
        return lambda: bearer(borrow(found))
    if isinstance(signatures := values.get("signatures"), dict):
        headers = {str(url): str(header) for url, header in signatures.items()}
        return lambda: signed(headers)
    if isinstance(token := values["access_token"], str):
        return lambda: bearer(token)
    raise TypeError


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can read; never over another one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise PrintError("The contact sheet could not be written.") from error
