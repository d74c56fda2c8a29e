"""OAuth 1.0a from the terminal: signing in, and asking for a signature."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from tests.support.answering import answering
from tests.support.oauth1_server import Oauth1Server, running_oauth1_server
from tests.support.program import MAIN, Program, clean_environment, coatcheck
from tests.support.rig import get


@pytest.fixture(scope="module")
def server(program: Program) -> Iterator[Oauth1Server]:
    with running_oauth1_server() as started:
        entry = started.entry("RSA-SHA256")
        assert program.as_program("POST", "/v1.0/providers", entry).status == 201
        yield started


def signing_in(program: Program, *arguments: str) -> subprocess.Popen[str]:
    where = ["--no-browser", "--data-dir", str(program.folder)]
    return subprocess.Popen(
        [sys.executable, str(MAIN), "sign-in", "signed", *where, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )


def visit(process: subprocess.Popen[str]) -> str:
    """Go to the address that is shown; return what the provider says at the end."""
    assert process.stdout is not None
    status, said = get(process.stdout.readline().strip())
    assert status == 200
    return said


def test_signing_in_through_the_browser(program: Program, server: Oauth1Server) -> None:
    process = signing_in(program)
    visit(process)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert out.startswith("Signed in: maria at signed")


def test_the_code_that_the_provider_shows_is_typed(program: Program, server: Oauth1Server) -> None:
    process = signing_in(program, "--paste")
    verifier = parse_qs(visit(process))["oauth_verifier"][0]
    _, errors = process.communicate(f"not a code\n{verifier}\n", timeout=120)
    assert process.returncode == 0, errors
    assert "type the code that it shows" in errors
    assert errors.count("coatcheck: ") == 1


def test_a_signature_waits_for_an_approval_as_a_token_does(
    program: Program, server: Oauth1Server
) -> None:
    asked = ["oauth1-sign", "signed", "GET", f"{server.url}/app/private", "--json"]
    with answering(program, "deny"):
        refused = coatcheck(program.folder, *asked)
    assert refused.returncode == 4
    assert json.loads(refused.stdout)["error"] == "denied"
    assert coatcheck(program.folder, "oauth1-sign", "signed", "GET").returncode == 2


def test_the_person_gets_a_header_that_the_server_takes(
    program: Program, server: Oauth1Server
) -> None:
    url = f"{server.url}/app/private?size=big"
    wish = {"method": "GET", "url": url}
    answer = program.as_person("POST", "/v1.0/profiles/signed/oauth1-signature", wish)
    assert answer.status == 200, answer.body
    assert re.match(r'OAuth .*oauth_signature_method="RSA-SHA256"', answer.json["authorization"])
    token = program.as_person("POST", "/v1.0/profiles/signed/token", {})
    assert (token.status, token.json["error"]) == (400, "not_supported")
