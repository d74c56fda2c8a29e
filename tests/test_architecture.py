"""Imports point one way, so that a reader can begin with any room (docs/architecture.md)."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "desktop_app"

# Our own modules that belong to no room and that every room may import.
FREE = {"errors"}
# What each room may import of the others. Only ``app`` and its parts in ``composition`` bring
# concrete classes together.
MAY_IMPORT: dict[str, set[str]] = {
    "oauth": set(),
    "providers": {"oauth"},
    "services": {"oauth", "providers"},
    # Of the vault only ``crypto``: see test_store_takes_sealing_alone_from_the_vault.
    "store": {"services", "oauth", "providers", "files", "vault"},
    "vault": {"services", "files"},
    "transport": {"services", "oauth", "providers", "bounded_server"},
    "peers": {"services"},
    "window": {"paths", "runtime"},
    "web": {"services", "providers", "oauth", "bounded_server"},
    "v1_0": {"services", "providers", "oauth", "web"},
    "cli": {"files", "paths", "config", "itself", "runtime"},
    "demo": {"oauth", "services", "bounded_server"},
    "start": {
        "app",
        "composition",
        "itself",
        "program",
        "window",
        "demo",
        "services",
        "cli",
        "config",
        "paths",
        "runtime",
        "logs",
    },
}
# Libraries that say what a room is for; nobody else may bring them in.
LIBRARIES: dict[str, set[str]] = {
    "tornado": {
        "web",
        "v1_0",
        "transport",
        "demo",
        "app",
        "bounded_server",
        "program",
        "start",
        "window",
    },
    "webview": {"window"},
    "PySide6": {"window"},
    "tinydb": {"store"},
    "keyring": {"vault"},
    "psutil": {"peers"},
    "oauthlib": {"oauth", "demo"},
    "joserfc": {"oauth", "demo"},
    "pyrage": {"vault"},
    "cryptography": {"oauth", "vault", "demo"},
}
# The composition root and its parts may import everything, and only ``start`` imports them.
COMPOSITION = {"app", "composition"}
ROOTS = {
    "__init__",
    *COMPOSITION,
    "bounded_server",
    "config",
    "errors",
    "itself",
    "files",
    "logs",
    "paths",
    "program",
    "runtime",
    "start",
}


@functools.cache
def imported(path: Path) -> tuple[str, ...]:
    """Every module that *path* imports, also inside functions."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = node.module or ""
            yield from (f"{module}.{name.name}" for name in node.names)


def room_of(path: Path) -> str:
    """The folder, or the module's name where it lies beside the folders."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def files() -> list[Path]:
    """Every module of the program."""
    return sorted(PACKAGE.rglob("*.py"))


def rooms_imported(path: Path) -> set[str]:
    """Other rooms that *path* imports."""
    ours = (name.split(".") for name in imported(path) if name.startswith("desktop_app."))
    return {parts[1] for parts in ours} - {room_of(path), "__version__"} - FREE


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_room_imports_only_what_lies_below_it(room: str) -> None:
    wrong = {
        str(path.relative_to(PACKAGE)): found - MAY_IMPORT[room]
        for path in files()
        if room_of(path) == room and (found := rooms_imported(path)) - MAY_IMPORT[room]
    }
    assert not wrong


@pytest.mark.parametrize("room", ["store", "vault", "transport", "peers", "window", "web", "v1_0"])
def test_concrete_classes_meet_in_the_composition_root_alone(room: str) -> None:
    """Everything else knows them by their Protocols."""
    together = {
        "web": {"v1_0"},
        "v1_0": {"web"},
        "vault": {"store"},
        "window": {"start"},
    }.get(room, set())
    others = {room_of(path) for path in files() if room in rooms_imported(path)}
    assert others <= together | COMPOSITION | {"program", "start"}


def test_composition_is_for_starting_alone() -> None:
    """A handler or a service that reached for it could get at everything."""
    users = {room_of(path) for path in files() if COMPOSITION & rooms_imported(path)}
    assert users <= COMPOSITION | {"start"}


def test_store_takes_sealing_alone_from_the_vault() -> None:
    """It never sees how the key is kept."""
    names = {
        name
        for path in files()
        if room_of(path) == "store"
        for name in imported(path)
        if name.startswith("desktop_app.vault.")
    }
    assert {name.split(".")[2] for name in names} <= {"crypto", "errors"}


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_library_stays_in_its_rooms(library: str) -> None:
    users = {
        room_of(path)
        for path in files()
        if any(name.split(".")[0] == library for name in imported(path))
    }
    assert users <= LIBRARIES[library]


def test_services_store_and_vault_do_not_know_tornado() -> None:
    """They run, and are tested, without any server."""
    assert not {"services", "store", "vault", "oauth", "providers"} & LIBRARIES["tornado"]


def test_every_module_has_a_room() -> None:
    rooms = {room_of(path) for path in files()}
    assert rooms <= set(MAY_IMPORT) | ROOTS


def test_protocol_core_has_no_clock_socket_or_file() -> None:
    """Values in, values out (STYLE: sans-IO)."""
    forbidden = {"time", "socket", "asyncio", "urllib.request", "http.client", "random", "secrets"}
    forbidden |= {"pathlib", "io", "threading", "subprocess"}
    for path in files():
        if room_of(path) == "oauth":
            names = {
                name for module in imported(path) for name in (module, module.rpartition(".")[0])
            }
            assert not names & forbidden, path


def test_nothing_asks_oauthlib_for_its_process_wide_switches() -> None:
    """An ``OAUTHLIB_*`` variable would loosen the checks of the whole process."""
    for path in files():
        assert "OAUTHLIB_" not in path.read_text("utf-8"), path
