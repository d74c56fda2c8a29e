"""The command line: what is understood, and what is said of the rest."""

from __future__ import annotations

import json

import pytest

from desktop_app import __version__
from desktop_app.cli.arguments import COMMANDS, parse


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


def test_what_is_to_be_run_is_not_read_as_ours() -> None:
    command = ["git", "log", "--json", "--", "-x"]
    found = parse(["run", "github", "--env", "TOKEN", "--", *command])
    assert (found.profile, found.env, found.command_line) == ("github", "TOKEN", command)
    assert not hasattr(found, "json")
    assert parse(["--no-start", "run", "p", "--fd", "3", "--", "x"]).fd == 3
    assert parse(["run", "p", "--", "x"]).env == "ACCESS_TOKEN"


def test_two_dashes_elsewhere_end_the_options() -> None:
    assert parse(["token", "--", "-odd"]).profile == "-odd"


def test_git_may_have_operations_that_are_not_known_yet() -> None:
    assert parse(["git-credential", "someday"]).operation == "someday"


@pytest.mark.parametrize(
    "argv",
    [
        ["nonsense"],
        ["run"],
        ["run", "p", "--env", "A=B", "--", "x"],
        ["run", "p", "--env", "1A", "--", "x"],
        ["run", "p", "--fd", "1", "--", "x"],
        ["run", "p", "--fd", "-3", "--", "x"],
        ["run", "p", "--env", "A", "--fd", "3", "--", "x"],
        ["sasl", "plain", "p"],
        ["sasl", "xoauth2"],
        ["setup"],
        ["setup", "svn"],
        ["git-credential"],
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


def test_help_lists_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    said = capsys.readouterr().out
    assert caught.value.code == 0
    assert "sign-in" in said
    assert "git-credential" in said
    assert "backup" in said


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"coatcheck {__version__}\n"


@pytest.mark.parametrize("argv", [["--help"], ["--help", "token"]])
def test_help_names_every_command_whatever_stands_beside_it(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        parse(argv)
    shown = capsys.readouterr().out
    assert all(f"\n    {name} " in shown or f"\n    {name}\n" in shown for name in COMMANDS)


def test_words_that_are_called_like_commands_may_stand_anywhere() -> None:
    assert parse(["token", "status"]).profile == "status"
    found = parse(["--data-dir", "lock", "allow", "revoke", "token"])
    assert (found.command, found.program, found.profile) == ("allow", "revoke", "token")
    assert parse(["run", "demo", "--", "token"]).command_line == ["token"]
    with pytest.raises(SystemExit, match="2"):
        parse(["photos", "token"])
