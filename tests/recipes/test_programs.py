"""git, rclone, curl, a shell and Python, and the recipes to the letter."""

from __future__ import annotations

import json

import pytest

from tests.recipes.conftest import Kitchen, recipe
from tests.support.files_server import HELLO


def test_git_clones(kitchen: Kitchen) -> None:
    kitchen.forge.fill("maria/one")
    config = recipe("git", "gitconfig")
    kitchen.write(".gitconfig", config, ("https://git.example.org", kitchen.forge.server.url))
    command = recipe("git", "sh").strip()
    command = command.replace(
        "https://maria@git.example.org", f"http://maria@{kitchen.forge.server.host}"
    )
    done = kitchen.run("sh", "-c", command.replace("team/shared", "maria/one"))
    assert done.returncode == 0, done.stderr
    assert (kitchen.home / "one" / "README").exists()


def test_rclone_copies(kitchen: Kitchen) -> None:
    rc = kitchen.write(
        "rclone.conf",
        recipe("rclone", "rclone"),
        ("https://files.example.org/dav", f"{kitchen.files}/dav"),
    )
    done = kitchen.run("rclone", "--config", str(rc), "cat", "work:hello.txt")
    assert done.returncode == 0, done.stderr
    assert done.stdout.encode() == HELLO


def test_the_installed_remote_is_what_rclone_reads(kitchen: Kitchen) -> None:
    wish = ("coatcheck", "setup", "rclone", "work", "--url", f"{kitchen.files}/dav")
    done = kitchen.run(*wish)
    assert done.returncode == 0, done.stderr
    assert "coatcheck-maria" in done.stdout
    listed = kitchen.run("rclone", "lsf", "coatcheck-maria:")
    assert listed.stdout == "hello.txt\n", listed.stderr
    assert "Nothing was changed" in kitchen.run(*wish).stdout
    printed = kitchen.run(*wish, "--print").stdout
    assert printed.startswith("[coatcheck-maria]\ntype = webdav\n")
    kitchen.run("rclone", "config", "create", "coatcheck-own", "alias", "remote=/tmp")
    assert "coatcheck-maria" in kitchen.run("coatcheck", "setup", "rclone", "--remove").stdout
    assert kitchen.run("rclone", "listremotes").stdout == "coatcheck-own:\n"
    assert "Nothing was" in kitchen.run("coatcheck", "setup", "rclone", "--remove").stdout


def test_rclone_s_other_remotes_get_a_token_from_the_environment(kitchen: Kitchen) -> None:
    script = recipe("rclone", "sh") + 'printf %s "$RCLONE_CONFIG_DRIVE_TOKEN"\n'
    token = json.loads(kitchen.run("sh", "-c", script).stdout)
    assert kitchen.forge.server.gatekeeper.subject(token["access_token"]) == "maria"
    script = recipe("rclone", "sh") + "rclone config show drive: 2>&1; rclone listremotes\n"
    assert "drive:" in kitchen.run("sh", "-c", script).stdout


def test_curl_asks_an_api(kitchen: Kitchen) -> None:
    command = recipe("scripts", "curl").replace("https://api.example.org", kitchen.files)
    done = kitchen.run("sh", "-c", command)
    assert json.loads(done.stdout) == {"sub": "maria"}, done.stderr


def test_a_shell_hands_the_token_to_a_program(kitchen: Kitchen) -> None:
    command = recipe("scripts", "sh").replace(
        "some-program --token-from ACCESS_TOKEN", 'printf %s "$ACCESS_TOKEN"'
    )
    token = kitchen.run("sh", "-c", command).stdout
    assert kitchen.forge.server.gatekeeper.subject(token) == "maria"


def test_python_asks_an_api(kitchen: Kitchen) -> None:
    code = recipe("scripts", "python")
    path = kitchen.write("ask.py", code, ("https://api.example.org", kitchen.files))
    done = kitchen.run("python3", str(path))
    assert json.loads(done.stdout) == {"sub": "maria"}, done.stderr


@pytest.mark.parametrize("place", ["file:///etc", "https://a b", "x"])
def test_rclone_gets_no_address_that_is_none(kitchen: Kitchen, place: str) -> None:
    done = kitchen.run("coatcheck", "setup", "rclone", "work", "--print", "--url", place)
    assert (done.returncode, done.stdout) == (2, "")
