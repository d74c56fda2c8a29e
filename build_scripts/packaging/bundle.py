"""What goes into the packaged program: PyInstaller's findings, less what is never used."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PyInstaller.depend.bindepend import get_imports
from PyInstaller.utils.hooks import collect_data_files, collect_submodules, copy_metadata

from build_scripts.environment import ROOT

NAME = "coatcheck"

Entry = tuple[str, str, str]
"""Where a file goes in the bundle, where it is now, and PyInstaller's kind of it."""

# Qt's other bindings, toolkits and modules would bring hundreds of megabytes along.
_EXCLUDED = [
    *("tkinter", "gi", "PyQt5", "PyQt6", "PySide2", "clr", "objc", "cefpython3", "kivy"),
    *(f"webview.platforms.{name}" for name in ("android", "cef", "gtk", "mshtml", "win32")),
    *(f"PySide6.Qt{name}" for name in ("Qml", "Quick", "QuickWidgets", "Positioning", "OpenGL")),
    *(f"PySide6.Qt{name}" for name in ("OpenGLWidgets", "DataVisualization", "Charts", "Sql")),
    # Found by way of optional imports of what we do use; none of it is ever called.
    *("pytest", "hypothesis", "setuptools", "pip", "wheel", "numpy", "yaml", "sqlite3"),
    *("PIL._avif", "PIL.AvifImagePlugin", "PIL._imagingcms", "PIL.ImageQt", "PIL._imagingtk"),
]
_PLUGINS = (
    *("platforms/libqxcb", "platforms/libqwayland", "platforms/libqoffscreen"),
    *("xcbglintegrations/", "tls/", "platformthemes/libqxdgdesktopportal"),
    *("imageformats/libqico", "imageformats/libqjpeg", "imageformats/libqsvg"),
    *("wayland-shell-integration/", "wayland-graphics-integration-client/"),
    "wayland-decoration-client/",
)
# Opened by name while the program runs, so nothing links to them.
_OPENED_LATER = re.compile(
    r"lib(softokn3|freebl3|freeblpriv3|nssckbi|ssl|crypto|icu\w+|EGL|GL\w*)\.(so|chk)"
)
_DROPPED_DATA = re.compile(
    r"""PySide6/Qt/(qml|translations/(?!qtwebengine_locales/(en-US|ru)\.pak))
      | qtwebengine_devtools_resources | \.debug\.(pak|bin)$
      | ^babel/locale-data/(?!(root|en|en_US|en_GB|ru|ru_RU)\.dat$)
      | ^(numpy|setuptools|wheel|pip)/""",
    re.VERBOSE,
)
_QT = "PySide6/Qt/"


def analysis() -> dict[str, Any]:
    """The arguments of PyInstaller's ``Analysis``."""
    window = ["webview.platforms.qt", "qtpy"] if sys.platform.startswith("linux") else []
    modules = [*collect_submodules("desktop_app"), *collect_submodules("keyring.backends")]
    return {
        "datas": [*_own_data(), *collect_data_files("certifi"), *copy_metadata("keyring")],
        "hiddenimports": [*modules, *window],
        "excludes": _EXCLUDED,
    }


def executable() -> dict[str, Any]:
    """The arguments of PyInstaller's ``EXE``.

    Windows gets a console program that hides the console of a double-click, so that commands
    print where they are typed.
    """
    hidden = {"hide_console": "hide-early"} if sys.platform == "win32" else {}
    return {"name": NAME, "console": True, "upx": False, "strip": False, **hidden}


def trim(binaries: list[Entry], datas: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Leave out what the window does not need; on Linux alone, where all of Qt is brought."""
    kept_data = [entry for entry in datas if not _DROPPED_DATA.search(_place(entry))]
    if not sys.platform.startswith("linux"):
        return binaries, kept_data
    roots = [entry for entry in binaries if _is_root(entry)]
    needed = _closure(roots)
    kept = [entry for entry in binaries if entry in roots or _is_needed(entry, needed)]
    places = {_place(entry) for entry in kept}
    # Links to libraries that are left out would point to nothing.
    return kept, [entry for entry in kept_data if entry[2] != "SYMLINK" or _leads(entry, places)]


def _own_data() -> list[tuple[str, str]]:
    """Our files that are no modules, at the places where the modules look for them."""
    folders = (ROOT / "desktop_app", ROOT / "ui")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    wanted = [path for path in files if path.suffix not in {".py", ".pyc", ".pyi", ".po~"}]
    return [(str(path), str(path.parent.relative_to(ROOT))) for path in wanted]


def _place(entry: Entry) -> str:
    return entry[0].replace("\\", "/")


def _is_root(entry: Entry) -> bool:
    """Whether the program itself opens *entry*: Python's modules, Qt's plugins and its process."""
    place = _place(entry)
    if place.startswith(f"{_QT}plugins/"):
        return place.removeprefix(f"{_QT}plugins/").startswith(_PLUGINS)
    return entry[2] == "EXTENSION" or "QtWebEngineProcess" in place or "libpython" in place


def _is_needed(entry: Entry, needed: set[str]) -> bool:
    if _place(entry).startswith(f"{_QT}plugins/"):
        return False
    return Path(entry[1]).name in needed or bool(_OPENED_LATER.match(Path(entry[1]).name))


def _closure(roots: Iterable[Entry]) -> set[str]:
    """Names of every library that *roots* need, directly or not (PyInstaller asks ``ldd``)."""
    return {name for _, source, _ in roots for name, _ in get_imports(source)}


def _leads(entry: Entry, places: set[str]) -> bool:
    target = (Path(_place(entry)).parent / entry[1]).as_posix()
    return target in places
