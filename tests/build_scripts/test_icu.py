"""Leaving out tables of ICU, on the library that Qt brings along."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import PySide6
import pytest

from build_scripts.packaging.icu import trim_icu, trimmed

LIBRARIES = Path(PySide6.__file__).parent / "Qt" / "lib"
# What Qt's core asks ICU for, in a process of its own: the libraries are loaded for good.
_ASK = """
import ctypes, sys
from pathlib import Path
folder, version = Path(sys.argv[1]), sys.argv[2]
def load(name):
    return ctypes.CDLL(str(folder / f"lib{name}.so.{version}"), ctypes.RTLD_GLOBAL)
data, common, more = load("icudata"), load("icuuc"), load("icui18n")
error = ctypes.c_int(0)
def opened(library, function, *arguments):
    call = getattr(library, f"{function}_{version}")
    call.restype = ctypes.c_void_p
    assert call(*arguments, ctypes.byref(error)), function
    assert error.value <= 0, (function, error.value)
for language in (b"ru", b"de", b"ja"):
    opened(more, "ucol_open", language)
    opened(more, "ucal_open", None, -1, language, 0)
for charset in (b"UTF-8", b"KOI8-R", b"Shift_JIS"):
    opened(common, "ucnv_open", charset)
broken = getattr(common, f"ubrk_open_{version}")
broken.restype = ctypes.c_void_p
assert not broken(1, b"en", None, 0, ctypes.byref(error))
assert error.value > 0
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the tables, with the two libraries beside it that read them."""
    for path in LIBRARIES.glob("libicu*.so.*"):
        shutil.copy(path, tmp_path)
    return next(tmp_path.glob("libicudata.so.*"))


def test_half_of_the_tables_go_and_what_qt_asks_for_stays(library: Path) -> None:
    before = library.stat().st_size
    trim_icu(library)
    assert library.stat().st_size < 0.6 * before
    version = library.name.rpartition(".")[2]
    subprocess.run([sys.executable, "-c", _ASK, str(library.parent), version], check=True)


def test_trimming_twice_changes_nothing_more(library: Path) -> None:
    once = trimmed(library.read_bytes())
    assert trimmed(once) == once


@pytest.mark.parametrize("content", [b"", b"\x7fELF" + bytes(100), b"x" * 12 + b"CmnD" + bytes(50)])
def test_what_holds_no_tables_is_refused(tmp_path: Path, content: bytes) -> None:
    library = tmp_path / "libicudata.so.1"
    library.write_bytes(content)
    with pytest.raises(ValueError, match="ICU"):
        trimmed(content)
    with pytest.raises(ValueError, match="ICU"):
        trim_icu(library)
