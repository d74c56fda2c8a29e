"""What was kept survives a power cut, can be read offline, and goes on working afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.support.keeping import tiny_disk
from tests.support.oidc_provider import OidcProvider, ScriptedBrowser, running_oidc_provider
from tests.support.program import Answer, Program, coatcheck, running
from tests.support.visits import begin_sign_in, connect_photos, connected
from tests.support.waiting import eventually, wait_until


@pytest.fixture
def key(tmp_path: Path) -> str:
    return str(tmp_path / "key")


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcProvider]:
    with running_oidc_provider() as running_provider:
        yield running_provider


def add_sample(program: Program, issuer: str) -> None:
    """Add the npm provider as a person would."""
    draft = {
        "id": "sample",
        "name": "Sample",
        "issuer": issuer,
        "client_id": "coatcheck",
        "scopes": ["openid", "profile", "email", "offline_access"],
    }
    added = program.as_program("POST", "/v1.0/providers", draft)
    assert added.status == 201, added.body


def connect_sample(program: Program, login: str = "maria") -> dict[str, Any]:
    started = begin_sign_in(program, "sample")
    page = ScriptedBrowser(login=login).sign_in(started["authorization_url"])
    assert page.status == 200
    return connected(program, started["id"])


def shown(program: Program, profile_id: str) -> dict[str, Any]:
    answer = program.as_program("GET", f"/v1.0/profiles/{profile_id}")
    assert answer.status == 200, answer.body
    profile: dict[str, Any] = answer.json
    return profile


def picture_of(program: Program, profile_id: str) -> bytes:
    """Its picture; none yet while a slow one is still on its way."""
    answer = program.as_program("GET", f"/v1.0/profiles/{profile_id}/picture")
    return answer.body if answer.status == 200 else b""


def test_a_photo_account_survives_a_kill_and_renews_afterwards(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "data"
    with running(folder, "--key-file", key) as program:
        before = connect_photos(program)
        program.kill()
    with running(folder) as program:
        assert shown(program, before["id"]) == before
        renewed = program.as_program("POST", f"/v1.0/profiles/{before['id']}/refresh")
        assert renewed.status == 200, renewed.body
        assert renewed.json["status"] == "active"
        assert renewed.json["access_token_expires_at"] >= before["access_token_expires_at"]
        revoked = program.as_program("POST", f"/v1.0/profiles/{before['id']}/revoke")
        assert revoked.json["proof"] == "provider_confirmed"


def test_an_account_of_a_foreign_provider_survives_and_is_read_offline(
    tmp_path: Path, key: str, provider: OidcProvider
) -> None:
    folder = tmp_path / "data"
    with running(folder, "--key-file", key) as program:
        add_sample(program, provider.issuer)
        connected_now = connect_sample(program)
        picture = eventually(lambda: picture_of(program, connected_now["id"]))
        before = shown(program, connected_now["id"])
        assert before["email"] == "maria@example.org"
        program.kill()
    provider.set(down=True)
    try:
        with running(folder) as program:
            assert shown(program, before["id"]) == before
            assert picture_of(program, before["id"]) == picture
            page = program.as_person("GET", f"/user/{before['id']}")
            assert "Maria Sample" in page.body.decode()
            program.kill()
    finally:
        provider.set(down=False)
    with running(folder) as program:
        renewed = program.as_program("POST", f"/v1.0/profiles/{before['id']}/refresh")
        assert renewed.status == 200, renewed.body
        assert renewed.json["status"] == "active"


def test_a_rotated_grant_survives_a_kill_right_after_the_rotation(
    tmp_path: Path, key: str, provider: OidcProvider
) -> None:
    """The old refresh token is dead by then: only the new one, kept in time, opens again."""
    folder = tmp_path / "data"
    with running(folder, "--key-file", key) as program:
        add_sample(program, provider.issuer)
        profile = connect_sample(program)
        assert program.as_program("POST", f"/v1.0/profiles/{profile['id']}/refresh").status == 200
        program.kill()
    with running(folder) as program:
        assert program.as_program("POST", f"/v1.0/profiles/{profile['id']}/refresh").status == 200


def test_a_kill_in_the_middle_of_a_renewal_is_told_when_it_cost_the_grant(
    tmp_path: Path, key: str, provider: OidcProvider
) -> None:
    """The provider rotated, nobody got its answer: it takes neither the old token nor tells why."""
    folder = tmp_path / "data"
    with running(folder, "--key-file", key) as program, ThreadPoolExecutor(1) as aside:
        add_sample(program, provider.issuer)
        profile = connect_sample(program)
        before = provider.stats()["lost"]
        provider.set(losesAnswers=True)
        aside.submit(program.as_program, "POST", f"/v1.0/profiles/{profile['id']}/refresh")
        wait_until(lambda: provider.stats()["lost"] > before)
        program.kill()
    provider.set(losesAnswers=False)
    with running(folder) as program:
        assert shown(program, profile["id"])["status"] == "active"
        again = program.as_program("POST", f"/v1.0/profiles/{profile['id']}/refresh")
        assert (again.status, again.json["error"]) == (409, "needs_sign_in")
        page = program.as_person("GET", f"/user/{profile['id']}").body.decode()
        assert "The answer to the last renewal got lost" in page
        assert connect_sample(program)["id"] == profile["id"]
        page = program.as_person("GET", f"/user/{profile['id']}").body.decode()
        assert "The answer to the last renewal got lost" not in page


def test_accounts_side_by_side_and_no_twin_after_a_restart(
    tmp_path: Path, key: str, provider: OidcProvider
) -> None:
    folder = tmp_path / "data"
    with running(folder, "--key-file", key) as program:
        add_sample(program, provider.issuer)
        maria = connect_sample(program)
        program.kill()
    with running(folder) as program:
        jonas = connect_sample(program, "jonas")
        again = connect_sample(program)
        assert again["id"] == maria["id"] != jonas["id"]
        assert program.as_program("GET", "/v1.0/profiles").json["total"] == 2


def test_a_full_disk_is_said_so_and_what_was_kept_stays(
    tmp_path: Path, key: str, provider: OidcProvider
) -> None:
    with tiny_disk(tmp_path / "disk", size="256k") as folder:
        with running(folder, "--key-file", key) as program:
            add_sample(program, provider.issuer)
            profile = connect_sample(program)
            fill(folder / "filler")
            kept, refused = rename_until_refused(program, profile["id"])
            assert (refused.status, refused.json["error"]) == (507, "disk_full")
            assert shown(program, profile["id"])["label"] == kept
            program.kill()
        (folder / "runtime.json").unlink()
        fill(folder / "filler")
        full = coatcheck(folder, "--no-window")
        assert full.returncode == 1
        assert "No space left" in full.stderr
        assert "Traceback" not in full.stderr
        (folder / "filler").unlink()
        with running(folder) as program:
            assert shown(program, profile["id"])["label"] == kept
            again = program.as_program("POST", f"/v1.0/profiles/{profile['id']}/refresh")
            assert again.status == 200, again.body


def rename_until_refused(program: Program, profile_id: str) -> tuple[str, Answer]:
    """Give names until one is refused; return the last that was taken, and the refusal."""
    kept = ""
    for number in range(100):
        label = f"Name {number}"
        answer = program.as_program("PATCH", f"/v1.0/profiles/{profile_id}", {"label": label})
        if answer.status != 200:
            return kept, answer
        kept = label
    raise AssertionError("the disk never was full")


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    size = 1 << 14
    with path.open("ab", buffering=0) as file:
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
