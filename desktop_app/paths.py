"""Where everything is kept, and that only its owner can reach it."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import AppError

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
_LONGEST_SOCKET_PATH = 100


class DataFolderError(AppError):
    """The data folder can't be used; ``path`` and ``reason`` say which and why."""

    code = "data_folder"
    public_message = "The folder {path} can't be used: {reason}"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder that holds one person's accounts, with the names of its files."""

    root: Path

    @property
    def profiles_db(self) -> Path:
        """The sealed TinyDB store."""
        return self.root / "profiles.db"

    @property
    def vault_json(self) -> Path:
        """How the data key is wrapped; no secret in it."""
        return self.root / "vault.json"

    @property
    def activity_log(self) -> Path:
        """Who took what."""
        return self.root / "activity.log"

    @property
    def runtime_json(self) -> Path:
        """How to reach the running program; there only while it runs."""
        return self.root / "runtime.json"

    @property
    def preferences_json(self) -> Path:
        """Language, theme, window place: needed before unlock and no secret."""
        return self.root / "preferences.json"

    @property
    def instance_lock(self) -> Path:
        """Held by the one running program."""
        return self.root / "instance.lock"

    @property
    def log_file(self) -> Path:
        """What the program had to say, for somebody who looks for a fault."""
        return self.root / "coatcheck.log"

    @property
    def socket(self) -> Path:
        """The Unix socket; in a short folder of the same owner where this one is too deep."""
        inside = self.root / "coatcheck.sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_PATH:
            return inside
        import hashlib

        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return _runtime_folder() / f"coatcheck-{name}" / "coatcheck.sock"

    def make(self) -> None:
        """Create the folder, 0700, or make sure that the one there is ours alone.

        Raises:
            DataFolderError: It is somebody else's, not a folder, or can't be made.
        """
        make_private_folder(self.root)
        if self.socket.parent != self.root:
            make_private_folder(self.socket.parent)


def make_private_folder(path: Path) -> None:
    """Create *path* with mode 0700, or take the group's and others' rights from it.

    Raises:
        DataFolderError: It belongs to somebody else, is no folder, or can't be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32":
            _keep_others_out(path)
    except OSError as error:
        raise folder_error(path, error) from error


def folder_error(path: Path, error: OSError) -> DataFolderError:
    """Return what *error* means for the folder at *path*."""
    return DataFolderError(path=path, reason=error.strerror or "the system refuses")


def _keep_others_out(path: Path) -> None:
    found = path.stat()
    if found.st_uid != os.geteuid():
        raise DataFolderError(path=path, reason="it belongs to another user")
    if stat.S_IMODE(found.st_mode) & 0o077:
        path.chmod(0o700)


def default_root() -> Path:
    """The platform's user data folder for Coatcheck."""
    import platformdirs

    return Path(platformdirs.user_data_dir("coatcheck", appauthor=False))


def _runtime_folder() -> Path:
    """A short folder for a socket: the session's own, else the temporary one."""
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    if session and len(session) < _LONGEST_SOCKET_PATH - 50:
        return Path(session)
    import tempfile

    short = Path(tempfile.gettempdir())
    return short if len(os.fsencode(short)) < _LONGEST_SOCKET_PATH - 50 else Path("/tmp")  # noqa: S108 - the folder made in it is 0700 and checked to be ours
