"""``sign-in --paste``: the person brings the final address to the terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.program import MAIN, Program, clean_environment

PASTE = "https://paste.example/back"


@pytest.fixture(scope="module")
def provider(program: Program) -> Iterator[OidcProvider]:
    """An OpenID provider that only sends its answers to somebody else's address."""
    with running_oidc_provider() as started:
        entry = {
            "id": "far",
            "name": "Far",
            "client_id": "coatcheck",
            "issuer": started.issuer,
            "redirect": {"paste": PASTE},
        }
        assert program.as_program("POST", "/v1.0/providers", entry).status == 201
        yield started


def signing_in(program: Program, *arguments: str) -> subprocess.Popen[str]:
    where = ["--no-browser", "--data-dir", str(program.folder)]
    return subprocess.Popen(
        [sys.executable, str(MAIN), "sign-in", *where, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )


def address_shown(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_pasted_address_ends_the_sign_in_and_a_wrong_one_does_not(
    program: Program, provider: OidcProvider
) -> None:
    process = signing_in(program, "far")
    final = ScriptedBrowser().sign_in(address_shown(process), stop_at=PASTE).url
    out, errors = process.communicate(f"nonsense\n\n{PASTE}?code=x&state=y\n{final}\n", timeout=120)
    assert process.returncode == 0, errors
    assert out.startswith("Signed in: maria@example.org at far")
    assert errors.count("coatcheck: ") == 2


def test_an_address_without_a_line_end_is_taken_too(
    program: Program, provider: OidcProvider
) -> None:
    process = signing_in(program, "far", "--paste")
    final = ScriptedBrowser().sign_in(address_shown(process), stop_at=PASTE).url
    _, errors = process.communicate(final, timeout=120)
    assert process.returncode == 0, errors


@pytest.mark.parametrize("pasted", ["", "nonsense\n"])
def test_a_sign_in_for_which_nothing_more_can_be_pasted_is_given_up(
    program: Program, provider: OidcProvider, pasted: str
) -> None:
    process = signing_in(program, "far", "--paste", "--json")
    out, errors = process.communicate(pasted, timeout=60)
    assert process.returncode == 1, errors
    assert json.loads(out)["error"] == "cancelled"
    sign_ins = program.as_program("GET", "/v1.0/oauth/sign-ins").json["sign_ins"]
    assert not [each for each in sign_ins if each["status"] == "pending"]


def test_a_sign_in_that_ends_elsewhere_does_not_wait_for_the_terminal(
    program: Program, provider: OidcProvider
) -> None:
    process = signing_in(program, "far")
    address_shown(process)
    sign_ins = program.as_program("GET", "/v1.0/oauth/sign-ins").json["sign_ins"]
    (pending,) = [each["id"] for each in sign_ins if each["status"] == "pending"]
    assert program.as_program("DELETE", f"/v1.0/oauth/sign-ins/{pending}").status == 204
    # Standard input stays open all the while.
    assert process.wait(timeout=120) == 1
    _, errors = process.communicate()
    assert "cancelled" in errors
    assert "Fatal" not in errors


def test_the_profile_is_the_one_that_the_provider_named(
    program: Program, provider: OidcProvider
) -> None:
    listed = program.as_program("GET", "/v1.0/profiles?provider=far").json
    assert [each["subject"] for each in listed["profiles"]] == ["maria"], json.dumps(listed)
