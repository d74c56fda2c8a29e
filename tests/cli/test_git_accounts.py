"""Which account a request of git's means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop_app.cli.git_accounts import listed, meant, repository
from desktop_app.cli.git_protocol import GitRequest

HOST = "https://forge.example"


def account(number: str, username: str | None, **more: Any) -> dict[str, Any]:
    values = {"email": None, "label": "", "subject": number, "provider": "forge"}
    return {"id": number, "username": username, **values, **more}


MARIA = account("1", "maria", email="maria@example.org", label="Work")
JONAS = account("2", "jonas")
NAMELESS = account("3", None)
ALL = [MARIA, JONAS, NAMELESS]


@pytest.mark.parametrize(
    ("username", "path", "found"),
    [
        ("maria", None, [MARIA]),
        ("Maria@Example.org", None, [MARIA]),
        ("work", None, [MARIA]),
        ("2", "maria/one.git", [JONAS]),
        ("nobody", None, []),
        ("mari", None, []),
        (None, "jonas/one.git", [JONAS]),
        (None, "/Jonas/one", [JONAS]),
        (None, "team/one.git", ALL),
        (None, None, ALL),
        ("oauth2", None, ALL),
        ("x-access-token", "maria/one.git", [MARIA]),
    ],
)
def test_user_name_and_path_say_which(
    username: str | None, path: str | None, found: list[dict[str, Any]]
) -> None:
    request = GitRequest(origin=HOST, username=username, path=path)
    assert meant(request, ALL) == found


def test_an_owner_that_is_two_accounts_says_nothing() -> None:
    twins = [account("1", "maria"), account("2", "maria")]
    assert meant(GitRequest(origin=HOST, path="maria/one"), twins) == twins


@pytest.mark.parametrize(
    "path", ["team/one.git", "team/one", "/team/one.git/", "team/one.git/info/lfs"]
)
def test_a_repository_is_the_same_however_its_address_is_written(path: str) -> None:
    request = GitRequest(origin=HOST, path=path)
    assert repository(request, {}, Path("/")) == f"{HOST}/team/one"


def test_without_a_path_it_is_the_folder_that_git_works_in(tmp_path: Path) -> None:
    request = GitRequest(origin=HOST)
    assert repository(request, {}, tmp_path) == HOST
    inner = tmp_path / "tree" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "tree" / ".git").mkdir()
    assert repository(request, {}, inner) == f"{HOST} {tmp_path / 'tree' / '.git'}"
    cloning = {"GIT_DIR": str(tmp_path / "new" / ".git")}
    assert repository(request, cloning, inner) == f"{HOST} {tmp_path / 'new' / '.git'}"


def test_candidates_are_listed_with_what_names_them() -> None:
    assert listed([MARIA, NAMELESS]) == "maria at forge (1), 3 at forge (3)"
