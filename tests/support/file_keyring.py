"""A keyring that keeps its entries in a file named by COATCHECK_TEST_KEYRING: for children."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    priority = 5.0  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._path().write_text(json.dumps(self._entries() | {f"{service}/{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError(username)
        self._path().write_text(json.dumps(entries))

    def _path(self) -> Path:
        return Path(os.environ["COATCHECK_TEST_KEYRING"])

    def _entries(self) -> dict[str, str]:
        return dict(json.loads(self._path().read_text())) if self._path().exists() else {}


class HangingKeyring(FileKeyring):
    """Never answers, like a desktop whose keyring waits for a dialogue that nobody sees."""

    def get_password(self, service: str, username: str) -> str | None:
        import threading

        threading.Event().wait()
        return None
