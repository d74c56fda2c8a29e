"""The account “work”, the servers that take its tokens, and programs that ask for them."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.answering import answering
from tests.support.files_server import running_files_server
from tests.support.forge import Forge, running_forge
from tests.support.mail_server import MailServer, running_mail_server
from tests.support.program import MAIN

RECIPES = MAIN.parent / "docs" / "recipes"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def recipe(name: str, language: str, number: int = 0) -> str:
    """Return a block of docs/recipes as it stands there."""
    text = (RECIPES / f"{name}.md").read_text("utf-8")
    return [body for kind, body in _BLOCK.findall(text) if kind == language][number]


@dataclass
class Kitchen:
    """Where recipes are tried: a home with ``coatcheck`` on the path."""

    forge: Forge
    mail: MailServer
    files: str
    home: Path

    def write(self, name: str, text: str, *changes: tuple[str, str]) -> Path:
        """Write a recipe into the home, for the servers that are here."""
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        return path

    def run(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program that may ask."""
        with answering(self.forge.program, "hour"):
            return subprocess.run(
                command,
                input=stdin,
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
                cwd=self.home,
                env=self._environment(),
            )

    def run_at_a_terminal(self, *command: str) -> str:
        """Run a program that draws on a terminal; return what it drew."""
        with answering(self.forge.program, "hour"):
            here, there = pty.openpty()
            process = subprocess.Popen(
                command, stdin=there, stdout=there, stderr=there, env=self._environment()
            )
            os.close(there)
            # A question that nobody answers must end the test, not stop it.
            patience = threading.Timer(60, process.kill)
            patience.start()
            drawn = _read_all(here)
            process.wait()
            patience.cancel()
        return drawn

    def _environment(self) -> dict[str, str]:
        path = f"{self.home / 'bin'}:{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.home), "TERM": "xterm", "LANG": "C.UTF-8"}


def _read_all(terminal: int) -> str:
    parts = []
    try:
        while part := os.read(terminal, 65536):
            parts.append(part)
    except OSError:
        # So a terminal says that the other side has gone.
        pass
    os.close(terminal)
    return b"".join(parts).decode("utf-8", "replace")


@pytest.fixture(scope="package")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    root = tmp_path_factory.mktemp("kitchen")
    with (
        running_forge(root) as forge,
        running_mail_server(forge.provider.issuer) as mail,
        running_files_server(forge.provider.issuer) as files,
    ):
        profile = forge.connect()
        forge.program.as_person("PATCH", f"/v1.0/profiles/{profile['id']}", {"label": "work"})
        home = root / "home"
        made = Kitchen(forge, mail, files, home)
        ours = shlex.join([sys.executable, str(MAIN), "--data-dir", str(forge.program.folder)])
        made.write("bin/coatcheck", f'#!/bin/sh\nexec {ours} "$@"\n').chmod(0o755)
        yield made
