"""The packaged program, on a screen that is none, in an environment without Python."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from build_scripts.packaging.builder import folder_size
from desktop_app.window.environment import DEBUGGING_ALLOWED
from tests.support.cdp import window_page
from tests.support.certificates import make_authority
from tests.support.document_server import document_server
from tests.support.in_thread import in_thread
from tests.support.ports import free_port
from tests.support.program import ready
from tests.support.screen import window_environment

PATIENCE = 120.0
LARGEST = 400_000_000
DRIVEN = ("DISPLAY", "QTWEBENGINE_REMOTE_DEBUGGING", "LIBGL_ALWAYS_SOFTWARE", DEBUGGING_ALLOWED)


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment in which no program at all can be found, Python least of all."""
    return {"HOME": str(tmp_path), "PATH": str(tmp_path / "nothing"), "LANG": "C.UTF-8"}


def test_version_is_told_from_any_folder(
    packaged: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [packaged, "--version"], cwd=tmp_path, env=bare, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("coatcheck ")


def test_demo_passes_without_python(packaged: Path, bare: dict[str, str], tmp_path: Path) -> None:
    """The printing service too is this one executable."""
    done = subprocess.run(
        [packaged, "demo"], cwd=tmp_path, env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every step worked." in done.stdout


def test_backups_are_sealed_and_opened_without_python(packaged: Path, bare: dict[str, str]) -> None:
    """age's code, of which the program alone knows that it is there."""
    head = b'{"task": "%s", "passphrase": "four words of mine"}\n'
    content = b"everything"
    for task in (b"seal", b"open"):
        done = subprocess.run(
            [packaged, "age-file"],
            input=head % task + content,
            env=bare,
            capture_output=True,
            check=True,
        )
        status, _, content = done.stdout.partition(b"\n")
        assert status == b"done", done.stderr
    assert content == b"everything"


def test_server_answers_and_ends_on_sigterm(
    packaged: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    data = ["--data-dir", str(tmp_path / "data"), "--key-file", str(tmp_path / "key")]
    command = [str(packaged), "--no-window", *data]
    with subprocess.Popen(command, env=bare, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        status = subprocess.run(
            [packaged, "status", *data], env=bare, capture_output=True, text=True, check=False
        )
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert ready["data_dir"] == str(tmp_path / "data")
    assert "unlocked" in status.stdout


def test_an_encrypted_provider_is_reached_with_its_authority_and_not_without(
    packaged: Path, bare: dict[str, str], tmp_path: Path
) -> None:
    """Python's ssl, the system's trust store by way of truststore, and certifi's instead of it."""
    authority = make_authority(tmp_path)
    tls = authority.server_context(folder=tmp_path)
    data = ["--data-dir", str(tmp_path / "data"), "--key-file", str(tmp_path / "key")]
    command = [str(packaged), "--no-window", *data]
    with (
        in_thread(lambda: document_server(tls)) as provider,
        subprocess.Popen(
            command, env=bare, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server,
    ):
        program = ready(server, tmp_path / "data")
        entry = {"name": "Works", "issuer": provider.describe(), "client_id": "c"}
        refused = program.as_program("POST", "/v1.0/providers", entry)
        entry["ca_file"] = str(authority.file)
        added = program.as_program("POST", "/v1.0/providers", entry)
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0
    assert (refused.status, refused.json["error"]) == (502, "provider_unreachable")
    assert "certificate" in refused.json["message"]
    assert (added.status, added.json["issuer"]) == (201, provider.origin)
    assert (packaged.parent / "_internal" / "certifi" / "cacert.pem").is_file()


def test_window_opens_on_the_welcome_page_and_closes_cleanly(
    packaged: Path, bare: dict[str, str], display: str, tmp_path: Path
) -> None:
    port = free_port()
    driven = window_environment(display, QTWEBENGINE_REMOTE_DEBUGGING=str(port))
    named = {name: driven[name] for name in DRIVEN}
    data = ["--data-dir", str(tmp_path / "data"), "--key-file", str(tmp_path / "key")]
    with subprocess.Popen([packaged, *data], env={**bare, **named}) as program:
        with window_page(port) as page:
            page.wait_for_selector("h1")
            welcome = page.inner_text("body")
            page.screenshot(path=tmp_path / "welcome.png")
        program.send_signal(signal.SIGTERM)
        assert program.wait(PATIENCE) == 0
    assert "built-in photo service" in welcome


def test_size_stays_within_bounds(packaged: Path) -> None:
    """Qt WebEngine and its tables alone are 250 MB of it."""
    assert folder_size(packaged.parent) < LARGEST


def test_only_the_windows_own_parts_of_qt_are_in_it(packaged: Path) -> None:
    names = {path.name for path in (packaged.parent / "_internal" / "PySide6").rglob("*")}
    assert {"QtWebEngineProcess", "libqxcb.so", "libqopensslbackend.so"} <= names
    assert not {name for name in names if "devtools" in name or name.endswith(".qml")}
