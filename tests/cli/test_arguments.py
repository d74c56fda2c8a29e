"""The command line: what is understood, and what is said of the rest."""

from __future__ import annotations

import json

import pytest

from desktop_app import __version__
from desktop_app.cli.arguments import LATER, parse


@pytest.mark.parametrize(
    "option",
    [
        ["--data-dir", "/d"],
        ["--no-window"],
        ["--port", "4000"],
        ["--key-file", "/k"],
        ["--passphrase-stdin"],
        ["--no-browser"],
        ["--no-start"],
        ["--json"],
        ["--log-level", "debug"],
    ],
)
@pytest.mark.parametrize("command", [["status"], ["sign-in", "photos"], ["revoke", "--all"]])
def test_an_option_means_the_same_before_and_after_the_command(
    option: list[str], command: list[str]
) -> None:
    assert vars(parse([*option, *command])) == vars(parse([*command, *option]))


def test_scopes_are_gathered() -> None:
    assert parse(["sign-in", "photos", "--scope", "a", "--scope", "b"]).scopes == ["a", "b"]
    assert parse(["token", "photos", "--scope", "a", "--min-valid", "5"]).min_valid == 5


@pytest.mark.parametrize(("option", "flow"), [("--device", "device"), ("--paste", "paste")])
def test_a_flow_may_be_chosen(option: str, flow: str) -> None:
    assert parse(["sign-in", option, "photos"]).flow == flow


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["sign-in"],
        ["token"],
        ["revoke"],
        ["revoke", "github", "--all"],
        ["sign-in", "photos", "--device", "--paste"],
        ["--port", "65536"],
        ["--port", "-1"],
        ["--port", "x"],
        ["--log-level", "loud"],
        ["--no-win"],
        ["status", "extra"],
    ],
)
def test_wrong_usage_is_status_2_and_a_sentence(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    said = capsys.readouterr()
    assert caught.value.code == 2
    assert said.out == ""
    assert said.err.startswith("usage: coatcheck")
    assert "\ncoatcheck: " in said.err


def test_wrong_usage_is_json_where_json_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["token", "--json"])
    said = capsys.readouterr()
    assert caught.value.code == 2
    assert json.loads(said.out)["error"] == "invalid_request"
    assert said.err == ""


@pytest.mark.parametrize("command", LATER)
def test_a_command_that_is_not_there_yet_is_known_whatever_follows(command: str) -> None:
    assert parse([command, "x", "--to", "-y", "--", "z"]).command == command


def test_help_lists_what_is_there_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    said = capsys.readouterr().out
    assert caught.value.code == 0
    assert "sign-in" in said
    assert "git-credential" not in said


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"coatcheck {__version__}\n"
