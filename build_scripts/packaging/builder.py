"""Runs PyInstaller, unless what it would read is what it read last time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from build_scripts.environment import ROOT
from build_scripts.packaging.icu import trim_icu

DIST = ROOT / "dist"
_WORK = ROOT / ".cache" / "pyinstaller"
_STAMP = ROOT / ".cache" / "packaged.sha256"
_READ = ("main.py", "app.spec", "desktop_app", "ui", "build_scripts/packaging")
_REQUIREMENTS = "build_scripts/requirements/dev.txt"


def executable() -> Path:
    """Where the packaged program is, once it is built."""
    return DIST / "coatcheck" / ("coatcheck.exe" if sys.platform == "win32" else "coatcheck")


def build() -> Path:
    """Make the packaged program if it is not current, and return its executable.

    Raises:
        subprocess.CalledProcessError: PyInstaller failed; it has said why.
    """
    digest = digest_of_sources()
    if executable().exists() and _STAMP.exists() and _STAMP.read_text("utf-8") == digest:
        return executable()
    _STAMP.unlink(missing_ok=True)
    _run_pyinstaller()
    _strip(executable().parent / "_internal")
    _trim_tables(executable().parent / "_internal")
    _STAMP.write_text(digest, encoding="utf-8")
    return executable()


def digest_of_sources() -> str:
    """One value for everything that goes into the program."""
    whole = hashlib.sha256(sys.version.encode())
    for path in sorted(_sources()):
        whole.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def folder_size(folder: Path) -> int:
    """Bytes of every file under *folder*, links not counted."""
    files = (path for path in folder.rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())


def _sources() -> Iterator[Path]:
    yield ROOT / _REQUIREMENTS
    for name in _READ:
        path = ROOT / name
        found = [path] if path.is_file() else path.rglob("*")
        yield from (one for one in found if one.is_file() and "__pycache__" not in one.parts)


def _strip(folder: Path) -> None:
    """Take the symbols out of Python's own libraries and of cryptography's one large one.

    Nothing else is stripped: the libraries that wheels patched to carry theirs break by it.
    """
    if not sys.platform.startswith("linux"):
        return
    patterns = ("libpython*.so*", "python3*/lib-dynload/*.so", "cryptography/**/*.so")
    found = [str(path) for pattern in patterns for path in folder.glob(pattern)]
    subprocess.run(["strip", "--strip-unneeded", *found], check=True)


def _trim_tables(folder: Path) -> None:
    if sys.platform.startswith("linux"):
        for library in folder.glob("PySide6/Qt/lib/libicudata.so.*"):
            trim_icu(library)


def _run_pyinstaller() -> None:
    shutil.rmtree(DIST / "coatcheck", ignore_errors=True)
    _WORK.mkdir(parents=True, exist_ok=True)
    options = ["--noconfirm", "--log-level", "WARN", "--distpath", str(DIST)]
    command = [sys.executable, "-m", "PyInstaller", *options, "--workpath", str(_WORK), "app.spec"]
    # Its own cache of analysed files belongs beside the rest, not into the home folder.
    environment = {**os.environ, "PYINSTALLER_CONFIG_DIR": str(_WORK / "config")}
    subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=True)
