"""``coatcheck setup``: recipes shown and installed, again and again, beside the person's own."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.mail_setup import mail_recipe
from desktop_app.cli.recipe import keep_block, names
from desktop_app.runtime import Runtime
from tests.support.answering import answering
from tests.support.forge import Forge, running_forge
from tests.support.git_server import plain_environment
from tests.support.program import Program, coatcheck, running
from tests.support.visits import connect_photos


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    with running_forge(tmp_path_factory.mktemp("forge")) as made:
        made.connect("maria")
        made.fill("maria/one")
        yield made


class Profiles(Client):
    """The API of a program with one account."""

    def __init__(self, profile: dict[str, Any]) -> None:
        nowhere = Runtime(pid=0, url="", port=0, socket="", api_key="", version="", started_at="")
        super().__init__(nowhere)
        self._profile = profile

    def get(self, path: str, **query: str) -> Any:
        return {"serves": {}} if path.startswith("/v1.0/providers") else self._profile


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    made = tmp_path / "home"
    made.mkdir()
    return made


def setup(forge: Forge, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return coatcheck(forge.program.folder, "setup", *arguments, HOME=str(home))


def git_at(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = plain_environment() | {"HOME": str(home)}
    del environment["GIT_CONFIG_GLOBAL"]
    return subprocess.run(
        ["git", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


OWN = "# mine\n[user]\n\tname = Maria\n[credential]\n\thelper = store\n[alias]\n\tst = status\n"


def test_git_asks_after_one_command_and_keeps_what_the_person_had(forge: Forge, home: Path) -> None:
    config = home / ".gitconfig"
    config.write_text(OWN)
    first = setup(forge, home, "git")
    assert first.returncode == 0, first.stderr
    assert forge.server.url in first.stdout
    assert config.read_text().startswith(OWN)
    with answering(forge.program, "always"):
        listed = git_at(home, "ls-remote", forge.url("maria/one"))
    assert listed.returncode == 0, listed.stderr
    assert not (home / ".git-credentials").exists(), "the other helper kept our token"
    written = config.read_text()
    again = setup(forge, home, "git")
    assert "Nothing was changed" in again.stdout
    assert config.read_text() == written


def test_the_printed_recipe_is_what_git_reads(forge: Forge, home: Path) -> None:
    printed = setup(forge, home, "git", "--print")
    assert not (home / ".gitconfig").exists()
    (home / ".gitconfig").write_text(printed.stdout)
    with answering(forge.program, "always"):
        listed = git_at(home, "ls-remote", forge.url("maria/one"))
    assert listed.returncode == 0, listed.stderr


def test_a_program_that_was_moved_takes_its_old_place(forge: Forge, home: Path) -> None:
    key = f"credential.{forge.server.url}.helper"
    git_at(home, "config", "--global", "--add", key, "!'/old/coatcheck' git-credential")
    assert setup(forge, home, "git").returncode == 0
    values = git_at(home, "config", "--global", "--get-all", key).stdout.splitlines()
    assert len([value for value in values if value.endswith("git-credential")]) == 1
    assert "/old/coatcheck" not in "".join(values)


def test_a_setup_that_is_killed_in_the_middle_changes_nothing(
    forge: Forge, home: Path, tmp_path: Path
) -> None:
    key = f"credential.{forge.server.url}.helper"
    git_at(home, "config", "--global", "--add", key, "!theirs")
    before = (home / ".gitconfig").read_text()
    deadly = tmp_path / "bin" / "git"
    deadly.parent.mkdir()
    real = shutil.which("git")
    deadly.write_text(f'#!/bin/sh\ncase "$*" in *--add*) kill -9 $PPID;; esac\nexec {real} "$@"\n')
    deadly.chmod(0o700)
    path = f"{deadly.parent}:{os.environ['PATH']}"
    killed = coatcheck(forge.program.folder, "setup", "git", HOME=str(home), PATH=path)
    assert killed.returncode == -signal.SIGKILL
    assert (home / ".gitconfig").read_text() == before
    assert setup(forge, home, "git").returncode == 0
    assert [each.name for each in home.iterdir()] == [".gitconfig"]


def test_a_configuration_that_git_is_changing_is_left_alone(forge: Forge, home: Path) -> None:
    (home / ".gitconfig.lock").touch()
    failed = setup(forge, home, "git")
    assert failed.returncode == 1
    assert ".gitconfig.lock" in failed.stderr
    assert [each.name for each in home.iterdir()] == [".gitconfig.lock"]


@pytest.mark.parametrize("where", ["link", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"])
def test_git_s_configuration_is_found_where_git_has_it(
    forge: Forge, home: Path, tmp_path: Path, where: str
) -> None:
    other = tmp_path / "other" / "git" / "config"
    other.parent.mkdir(parents=True)
    other.write_text(OWN)
    environment = {
        "link": {},
        "XDG_CONFIG_HOME": {"XDG_CONFIG_HOME": str(tmp_path / "other")},
        "GIT_CONFIG_GLOBAL": {"GIT_CONFIG_GLOBAL": str(other)},
    }[where]
    if where == "link":
        (home / ".gitconfig").symlink_to(other)
    done = coatcheck(forge.program.folder, "setup", "git", HOME=str(home), **environment)
    assert done.returncode == 0, done.stderr
    assert forge.server.url in other.read_text()
    assert (home / ".gitconfig").is_symlink() == (where == "link")


def test_another_program_s_helper_for_the_host_stays_and_comes_back(
    forge: Forge, home: Path
) -> None:
    """GitHub's own is called almost as ours is."""
    key = f"credential.{forge.server.url}.helper"
    theirs = ["", "!/usr/bin/gh auth git-credential"]
    for value in theirs:
        git_at(home, "config", "--global", "--add", key, value)
    before = (home / ".gitconfig").read_text()
    assert setup(forge, home, "git").returncode == 0
    values = git_at(home, "config", "--global", "--get-all", key).stdout.splitlines()
    assert values[:3] == [*theirs, ""]
    removed = setup(forge, home, "git", "--remove")
    assert forge.server.url in removed.stdout
    assert (home / ".gitconfig").read_text() == before
    assert "Nothing was changed" in setup(forge, home, "git", "--remove").stdout


def test_what_was_set_up_can_be_removed_and_nothing_else_is(forge: Forge, home: Path) -> None:
    (home / ".gitconfig").write_text(OWN)
    (home / ".msmtprc").write_text("account mine\nhost a.example\n")
    places = ("--imap", "mail.example", "--smtp", "m.example")
    assert setup(forge, home, "git").returncode == 0
    assert setup(forge, home, "mail", *places).returncode == 0
    assert "coatcheck-" in (home / ".msmtprc").read_text()
    for recipe in ("git", "mail"):
        assert setup(forge, home, recipe, "--remove").returncode == 0
        assert "Nothing was changed" in setup(forge, home, recipe, "--remove").stdout
    assert (home / ".gitconfig").read_text() == OWN
    assert (home / ".msmtprc").read_text() == "account mine\nhost a.example\n"
    assert sorted(path.name for path in home.iterdir() if path.is_file()) == [
        ".gitconfig",
        ".msmtprc",
    ]
    wrong = setup(forge, home, "git", "--remove", "--print")
    assert wrong.returncode == 2


@pytest.mark.parametrize(
    "name", ["`id`@evil.example", 'a"b', "a b", "a$HOME", "a\\b", "a;b", "a#b"]
)
def test_an_account_whose_name_would_be_a_command_gets_no_recipe(name: str) -> None:
    """A provider chooses what an account is called; mutt runs what stands in backticks."""
    arguments = argparse.Namespace(
        profile="p1", imap="mail.example", smtp=None, remove=False, print=True
    )
    profile = {"id": "p1", "email": name, "username": None, "subject": "1", "provider": "x"}
    with pytest.raises(ApiError, match="can't stand"):
        mail_recipe(Profiles(profile), "coatcheck", arguments)


def test_accounts_of_one_name_are_called_by_different_names() -> None:
    profiles = [
        {"id": number, "email": "m@x.org", "username": "m", "subject": "s", "provider": provider}
        for number, provider in (("1", "a"), ("2", "b"), ("3", "b"))
    ]
    assert names(profiles, "email") == {
        "1": "coatcheck-m-x-org",
        "2": "coatcheck-m-x-org-b",
        "3": "coatcheck-m-x-org-b-3",
    }


def test_mail_without_servers_says_what_is_missing(forge: Forge, home: Path) -> None:
    failed = setup(forge, home, "mail")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "--imap" in failed.stderr


@pytest.mark.parametrize(
    ("recipe", "example"),
    [("git", "https://git.example"), ("mail", "imap.example.org"), ("rclone", "cloud.example")],
)
def test_a_recipe_without_an_account_is_printed_with_an_example_and_says_so(
    program: Program, home: Path, recipe: str, example: str
) -> None:
    printed = coatcheck(program.folder, "setup", recipe, "--print", HOME=str(home))
    assert printed.returncode == 0
    assert example in printed.stdout
    assert "No account here" in printed.stderr
    as_json = coatcheck(program.folder, "setup", recipe, "--print", "--json", HOME=str(home))
    assert json.loads(as_json.stdout)["text"].strip() == printed.stdout.strip()
    assert "No account here" in json.loads(as_json.stdout)["note"]
    assert list(home.iterdir()) == []
    assert coatcheck(program.folder, "setup", recipe, HOME=str(home)).returncode == 1
    shown = program.as_person("GET", f"/v1.0/recipes/{recipe}")
    assert (shown.status, shown.json["error"]) == (409, "no_recipe")


def test_mail_is_printed_for_every_program(forge: Forge, home: Path) -> None:
    printed = setup(forge, home, "mail", "--print", "--imap", "mail.example", "--smtp", "m.example")
    assert "AuthMechs XOAUTH2" in printed.stdout
    assert "auth oauthbearer" in printed.stdout
    assert "imap_oauth_refresh_command" in printed.stdout
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("place", ["a b", "host:port", "h\nx", "$(id)", ""])
def test_a_server_that_would_write_more_lines_is_refused(
    forge: Forge, home: Path, place: str
) -> None:
    failed = setup(forge, home, "mail", "--print", "--imap", place)
    assert (failed.returncode, failed.stdout) == (2, "")


def test_a_block_is_kept_between_its_marks(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "rc"
    assert keep_block(path, "one") == f"Wrote {path}."
    assert path.stat().st_mode & 0o777 == 0o600
    assert keep_block(path, "one") is None
    path.write_text(f"before\n\n{path.read_text()}after\n")
    path.chmod(0o640)
    assert keep_block(path, "two \\1")
    assert path.read_text().startswith("before\n")
    assert path.read_text().endswith("after\n")
    assert "one" not in path.read_text()
    assert "two \\1" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("mine\n")
    link = tmp_path / "rc"
    link.symlink_to(tmp_path / "real")
    keep_block(link, "ours")
    assert link.readlink() == tmp_path / "real"
    assert "ours" in (tmp_path / "real").read_text()


def test_the_window_s_button_does_what_the_command_does(
    forge: Forge, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A program of its own, whose files lie in a home of its own."""
    root = tmp_path_factory.mktemp("button")
    (root / "home").mkdir()
    key = ("--key-file", str(root / "key"))
    with running(root / "data", *key, HOME=str(root / "home")) as program:
        connect_photos(program)
        nothing = program.as_person("GET", "/v1.0/recipes/git")
        assert (nothing.status, nothing.json["error"]) == (409, "no_recipe")
        for remove in (False, True):
            answer = program.as_person("POST", "/v1.0/recipes/mail", {"remove": remove})
            assert answer.status == (200 if remove else 409)
        assert program.as_person("GET", "/recipes").status == 200
