"""``vault.json`` on the disk: read with a limit, made once, replaced whole."""

from __future__ import annotations

from pathlib import Path

from desktop_app.files import create_file, move_aside, open_file, replace_file
from desktop_app.vault.errors import DamagedVaultError, VaultExistsError, VaultWriteError
from desktop_app.vault.wraps import Wraps, decode_wraps, encode_wraps

_MOST_BYTES = 1 << 16


class VaultFile:
    """The one file; every method blocks for as long as the disk takes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def exists(self) -> bool:
        """Whether it is there."""
        return self._path.exists()

    def read(self) -> Wraps:
        """Return what it says.

        Raises:
            DamagedVaultError: It can't be read or understood.
            VaultVersionError: A newer Coatcheck wrote it.
        """
        try:
            with open_file(self._path) as file:
                return decode_wraps(file.read(_MOST_BYTES))
        except OSError as error:
            raise DamagedVaultError(type(error).__name__) from error

    def create(self, wraps: Wraps) -> None:
        """Make it; never in the place of another.

        Raises:
            VaultExistsError: It is there already.
            VaultWriteError: It can't be written; nothing is there.
        """
        try:
            create_file(self._path, encode_wraps(wraps))
        except FileExistsError as error:
            raise VaultExistsError from error
        except OSError as error:
            raise VaultWriteError(type(error).__name__) from error

    def replace(self, wraps: Wraps) -> None:
        """Put *wraps* in its place: after a crash it says the old or the new.

        Raises:
            VaultWriteError: It can't be written.
        """
        try:
            replace_file(self._path, encode_wraps(wraps))
        except OSError as error:
            raise VaultWriteError(type(error).__name__) from error

    def set_aside(self, suffix: str) -> Path | None:
        """Move it to a name with *suffix*; None if there is none.

        Raises:
            VaultWriteError: It can't be moved.
        """
        try:
            return move_aside(self._path, suffix)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise VaultWriteError(type(error).__name__) from error
