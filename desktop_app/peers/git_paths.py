"""Git's own helpers, which ask for the ``git`` that started them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from desktop_app.peers.processes import Running

_PLACES = (
    "lib/git-core",
    "libexec/git-core",
    "lib64/git-core",
    "mingw64/libexec/git-core",
    "../libexec/git-core",
)
_SECONDS = 10.0


class GitPaths:
    """Knows the folders in which git keeps its helpers (``git --exec-path``).

    What a process says in its environment counts for nothing: any program could say that it
    is a helper.
    """

    def folders(self, chain: Iterable[Running]) -> frozenset[Path]:
        """Return the folders of the git that is on the path, and of every git in *chain*."""
        gits = (Path(each.path) for each in chain if each.base_name == "git" and each.path)
        found = (folder for git in gits for folder in _beside(git))
        return self._installed | frozenset(found)

    @cached_property
    def _installed(self) -> frozenset[Path]:
        git = shutil.which("git")
        if git is None:
            return frozenset()
        with suppress(OSError, subprocess.SubprocessError, ValueError):
            told = subprocess.run(
                [git, "--exec-path"],
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=True,
            )
            return frozenset({Path(os.path.realpath(told.stdout.decode().strip()))})
        return frozenset()


def is_helper(path: str | Path, folders: Iterable[Path]) -> bool:
    """Tell whether the executable or script at *path* is one of git's own."""
    return bool(str(path)) and any(Path(path).is_relative_to(folder) for folder in folders)


def _beside(git: Path) -> Iterable[Path]:
    prefix = git.parent.parent
    for place in _PLACES:
        folder = Path(os.path.realpath(prefix / place))
        # Not the root of everything, which a git in an odd place could lead to.
        if folder.name == "git-core" and folder.is_dir():
            yield folder
