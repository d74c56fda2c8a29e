"""The person's own git configuration, changed as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from desktop_app.cli.recipe import no_recipe, run

_BUSY = "Git's configuration is being changed by another program ({lock}). Try again."


def place() -> Path:
    """Return the file that ``git config --global`` writes, links followed.

    Source: git-config(1), "FILES" and "ENVIRONMENT".
    """
    if named := os.environ.get("GIT_CONFIG_GLOBAL"):
        return Path(os.path.realpath(named))
    usual = Path.home() / ".gitconfig"
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    other = folder / "git" / "config"
    found = other if other.exists() and not usual.exists() else usual
    return Path(os.path.realpath(found))


class GitConfiguration:
    """A copy to work on; `changing` puts it in the place of the person's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def values(self, key: str) -> list[str]:
        """Return every value of *key*, an empty one too, since it matters; status 1 is none."""
        return self._run("--null", "--get-all", key, fine=(0, 1)).split("\0")[:-1]

    def matching(self, pattern: str) -> list[tuple[str, str]]:
        """Return each key that *pattern* finds, with a value."""
        told = self._run("--null", "--get-regexp", pattern, fine=(0, 1)).split("\0")
        return [(key, value) for key, _, value in (each.partition("\n") for each in told) if key]

    def put(self, key: str, values: list[str]) -> None:
        """Let *values* be all of *key*; git's status 5 says that there was none before."""
        self._run("--unset-all", key, fine=(0, 5))
        for value in values:
            self._run("--add", key, value)

    def _run(self, *arguments: str, fine: tuple[int, ...] = (0,)) -> str:
        return run("git", "config", "--file", str(self._path), *arguments, fine=fine)


@contextmanager
def changing() -> Iterator[GitConfiguration]:
    """Yield a copy to change; it takes the place of the original at the end, in one step.

    A command is done in many steps, and one that is killed between two of them would leave git
    without the helper that it had.

    Raises:
        ApiError: Git is not installed, or somebody else changes the configuration.
    """
    original = place()
    before = original.read_bytes() if original.exists() else None
    # For one alone, whoever ends meanwhile, and in a folder that nobody else can read.
    with TemporaryDirectory(prefix="coatcheck-") as folder:
        copy = Path(folder) / original.name
        copy.write_bytes(before or b"")
        yield GitConfiguration(copy)
        after = copy.read_bytes()
    if after != (before or b""):
        _replace(original, before, after)


def _replace(original: Path, before: bytes | None, after: bytes) -> None:
    """Hold git's own lock meanwhile: the file beside it, which becomes the original."""
    lock = original.with_name(f"{original.name}.lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise no_recipe(_BUSY.format(lock=lock)) from error
    try:
        if (original.read_bytes() if original.exists() else None) != before:
            raise no_recipe(_BUSY.format(lock=lock))
        _write(lock, after, like=original)
        lock.replace(original)
    finally:
        lock.unlink(missing_ok=True)


def _write(path: Path, content: bytes, *, like: Path) -> None:
    mode = like.stat().st_mode & 0o777 if like.exists() else 0o644
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)
