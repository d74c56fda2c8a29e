from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from build_scripts import environment


def lay_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in *folder*, whose requirements ask for nothing."""
    requirements = folder / "requirements"
    requirements.mkdir(exist_ok=True)
    for name in ("bootstrap", "runtime", "dev"):
        (requirements / f"{name}.txt").touch()
    monkeypatch.setattr(environment, "ROOT", folder)
    monkeypatch.setattr(environment, "VENV", folder / ".venv")
    monkeypatch.setattr(environment, "REQUIREMENTS", requirements)
    return folder


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return lay_out(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real environment with nothing installed; making one takes seconds."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run([sys.executable, "-m", "venv", str(folder / ".venv")], check=True)
    return folder


@pytest.fixture
def project(made_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made_once / ".venv", tmp_path / ".venv", symlinks=True)
    return lay_out(tmp_path, monkeypatch)


def test_environment_is_made_once(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    environment.ensure("runtime")
    out, err = capfd.readouterr()
    assert out == ""
    assert "Making the Python environment" in err
    environment.ensure("runtime")
    assert capfd.readouterr() == ("", "")


def test_environment_follows_its_requirements(project: Path) -> None:
    environment.ensure("dev")
    assert environment.is_current("dev")
    assert environment.is_current("runtime")
    (project / "requirements" / "dev.txt").write_text("# another pin\n")
    assert not environment.is_current("dev")
    environment.ensure("dev")
    assert environment.is_current("dev")


def test_a_persons_environment_is_not_enough_for_a_developer(project: Path) -> None:
    environment.ensure("runtime")
    assert not environment.is_current("dev")


def test_half_made_environment_is_made_anew(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first try was interrupted, or the Python that it was made with is gone."""
    (bare / ".venv" / "bin").mkdir(parents=True)
    (bare / ".venv" / "bin" / "python").symlink_to(bare / "gone")
    monkeypatch.setattr(environment, "_install", lambda _: None)
    environment.ensure("runtime")
    assert environment.is_current("runtime")
    assert "Making the Python environment" in capfd.readouterr().err


def test_unhashed_requirement_is_refused(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "requirements" / "runtime.txt").write_text("tornado\n")
    with pytest.raises(SystemExit) as end:
        environment.ensure("runtime")
    assert end.value.code == 1
    assert not environment.is_current("runtime")
    assert "hash" in capfd.readouterr().err.lower()


def test_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.version_info", (3, 10, 4))
    with pytest.raises(SystemExit) as end:
        environment.check_python()
    assert end.value.code == 2
    assert capsys.readouterr().err == "Coatcheck needs Python 3.11 or newer; this is 3.10.4.\n"
