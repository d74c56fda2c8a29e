"""A program with accounts at a provider whose tokens a git server takes."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.git_server import GitServer, git, plain_environment, running_git_server
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.program import MAIN, Program, running
from tests.support.visits import begin_sign_in, connected


@dataclass
class Forge:
    """Maria's git: a Coatcheck, a provider and a server that trusts it."""

    program: Program
    provider: OidcProvider
    server: GitServer
    root: Path

    def connect(self, login: str = "maria") -> dict[str, Any]:
        """Connect an account and return its profile."""
        return connect_forge(self.program, login)

    def forget_answers(self) -> None:
        """Let nothing be allowed or denied any more."""
        found = self.program.as_person("GET", "/v1.0/programs").json
        for loan in (*found["programs"], *found["denied"]):
            self.program.as_person("DELETE", f"/v1.0/programs/{loan['id']}")

    def profile(self, username: str) -> dict[str, Any]:
        """Return the profile of an account that is connected."""
        found = self.program.as_program("GET", "/v1.0/profiles?limit=100").json["profiles"]
        return next(each for each in found if each["username"] == username)

    @property
    def helper(self) -> str:
        """What git is configured with."""
        where = ["--data-dir", str(self.program.folder)]
        return f"!{shlex.join([sys.executable, str(MAIN), *where, 'git-credential'])}"

    def git(
        self, *arguments: str, path: bool = True, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the real git with us as its only helper; *path* sets ``useHttpPath``."""
        options = ["-c", f"credential.helper={self.helper}"]
        options += ["-c", f"credential.useHttpPath={str(path).lower()}"]
        return subprocess.run(
            ["git", *options, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.root,
            env=plain_environment() | {"HOME": os.environ.get("HOME", "/")},
        )

    def url(self, name: str, *, user: str = "") -> str:
        """Return the address of a repository."""
        return f"http://{user}{'@' if user else ''}{self.server.host}/{name}.git"

    def fill(self, name: str) -> Path:
        """Make a repository on the server with one commit in it."""
        bare = self.server.add(name)
        work = self.root / f"first-{name.replace('/', '-')}"
        git("init", "--quiet", "--initial-branch=main", str(work))
        (work / "README").write_text("Hello.\n")
        git("-C", str(work), "add", ".")
        git("-C", str(work), "commit", "--quiet", "-m", "First")
        git("-C", str(work), "push", "--quiet", str(bare), "main")
        return bare


def connect_forge(program: Program, login: str = "maria") -> dict[str, Any]:
    """Sign in as *login* and return the profile."""
    started = begin_sign_in(program, "forge", login_hint=login)
    page = ScriptedBrowser(login=login).sign_in(started["authorization_url"])
    assert page.status == 200
    return connected(program, started["id"])


def forge_entry(issuer: str, *token_hosts: str) -> dict[str, Any]:
    """Return the provider as a person would add it."""
    return {
        "id": "forge",
        "name": "Forge",
        "issuer": issuer,
        "client_id": "coatcheck",
        "scopes": ["openid", "profile", "email", "offline_access"],
        "token_hosts": list(token_hosts),
    }


@contextlib.contextmanager
def running_forge(
    root: Path, *, main: tuple[str, ...] = (str(MAIN),), **options: Any
) -> Iterator[Forge]:
    """Start everything; *main* is what runs as the program, options are the provider's."""
    with (
        running_oidc_provider(**options) as provider,
        running_git_server(root / "repositories", provider.issuer) as server,
        running(root / "data", "--key-file", str(root / "key"), main=main) as program,
    ):
        entry = forge_entry(provider.issuer, server.url)
        answer = program.as_program("POST", "/v1.0/providers", entry)
        assert answer.status == 201, answer.body
        yield Forge(program, provider, server, root)
