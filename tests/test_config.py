"""Arguments and environment become one value."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.cli.arguments import parse
from desktop_app.config import Config, read_config


def read(*argv: str, **environment: str) -> Config:
    return read_config(parse(argv), environment)


def test_options_may_stand_before_or_after_the_command(tmp_path: Path) -> None:
    before = read("--data-dir", str(tmp_path), "--no-start", "status")
    after = read("status", "--data-dir", str(tmp_path), "--no-start")
    assert before == after
    assert before.folder.root == tmp_path
    assert not before.auto_start


def test_an_option_before_the_command_is_not_undone_by_the_commands_defaults() -> None:
    config = read("--no-browser", "--port", "4000", "sign-in", "photos")
    assert (config.use_browser, config.port) == (False, 4000)


def test_the_environment_names_the_data_folder(tmp_path: Path) -> None:
    assert read(COATCHECK_HOME=str(tmp_path)).folder.root == tmp_path


def test_an_argument_wins_over_the_environment(tmp_path: Path) -> None:
    config = read("--data-dir", str(tmp_path / "a"), COATCHECK_HOME=str(tmp_path / "b"))
    assert config.folder.root == tmp_path / "a"


def test_without_either_the_platforms_folder_is_used() -> None:
    assert read().folder.root.name == "coatcheck"


def test_a_relative_key_file_is_made_absolute() -> None:
    assert read("--key-file", "key").key_file == Path.cwd() / "key"


@pytest.mark.parametrize(
    "argv", [["--port", "70000"], ["--port", "x"], ["nonsense"], ["token"], ["revoke"]]
)
def test_wrong_usage_exits_with_two(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err
