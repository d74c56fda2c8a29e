"""No secret of a whole sign-in reaches the log file or standard error, at any level."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from desktop_app.services.accounts import Grant
from desktop_app.store.database import Database
from desktop_app.store.profiles import ProfileStore
from tests.support.keeping import make_vault
from tests.support.oidc_provider import ScriptedBrowser, running_oidc_provider
from tests.support.program import Program, running
from tests.support.visits import begin_sign_in, connected, visit_photos

PASSPHRASE = "a passphrase that nobody else has"
SECRET_NAMES = {"code", "state", "nonce", "code_challenge", "ticket", "request_uri"}


def secrets_in(addresses: Iterable[str]) -> set[str]:
    """Return what is secret in the addresses and forms of a sign-in."""
    pairs = (pair for text in addresses for pair in parse_qsl(urlsplit(text).query or text) if text)
    return {value for name, value in pairs if name in SECRET_NAMES and len(value) > 5}


async def grants(folder: Path, passphrase: str) -> list[Grant]:
    """Read every grant out of the sealed store."""
    vault = make_vault(folder)
    await vault.unlock(passphrase=passphrase)
    database = Database(folder / "profiles.db", key=lambda: vault.key)
    profiles = ProfileStore(database)
    await database.open()
    try:
        return [profile.grant for profile in profiles.all()]
    finally:
        await database.close()


def tokens_of(grant: Grant) -> set[str]:
    kept = {grant.access_token, grant.refresh_token, getattr(grant, "id_token", None)}
    return {token for token in kept if token}


def use_everything(program: Program, profile_id: str) -> set[str]:
    """Renew, ask, lend; return the tokens that were seen."""
    path = f"/v1.0/profiles/{profile_id}"
    lent = program.as_person("POST", f"{path}/token", {}).json["access_token"]
    assert program.as_program("POST", f"{path}/refresh").status == 200
    program.as_program("POST", f"{path}/introspect")
    assert program.as_program("POST", f"{path}/token", {"wait_seconds": 0}).status == 403
    newer = program.as_person("POST", f"{path}/token", {}).json["access_token"]
    return {lent, newer}


def connect(program: Program, provider: str) -> tuple[str, set[str]]:
    """Sign in; return the profile's id and what was secret on the way."""
    started = begin_sign_in(program, provider)
    url = started["authorization_url"]
    if provider == "photos":
        seen = visit_photos(url)
    else:
        redirect_uri = started["redirect_uri"]
        seen = [url, ScriptedBrowser().sign_in(url, stop_at=redirect_uri).url]
        # Twice: the second answer is refused, which is logged in other words.
        for _ in range(2):
            pasted = f"/v1.0/oauth/sign-ins/{started['id']}/redirect"
            program.as_program("POST", pasted, {"url": seen[-1]})
    return connected(program, started["id"])["id"], secrets_in([url, *seen])


@pytest.mark.parametrize("provider", ["photos", "sample"])
def test_no_secret_of_a_sign_in_is_written_anywhere(tmp_path: Path, provider: str) -> None:
    folder = tmp_path / "data"
    options = ("--log-level", "DEBUG", "--passphrase-stdin")
    with (
        running_oidc_provider() as sample,
        running(folder, *options, stdin=f"{PASSPHRASE}\n") as program,
    ):
        draft = {"id": "sample", "name": "S", "issuer": sample.issuer, "client_id": "coatcheck"}
        scopes = {"scopes": ["openid", "email", "offline_access"]}
        assert program.as_program("POST", "/v1.0/providers", draft | scopes).status == 201
        profile_id, secret = connect(program, provider)
        secret |= {program.ticket, program.runtime["api_key"], PASSPHRASE}
        secret |= use_everything(program, profile_id) | set(program.cookies.values())
        program.as_program("POST", "/v1.0/session", {"passphrase": f"{PASSPHRASE} wrong"})
        assert program.stop() == 0
        said = program.process.communicate()[1]
    for grant in asyncio.run(grants(folder, PASSPHRASE)):
        secret |= tokens_of(grant)
    log = (folder / "coatcheck.log").read_text("utf-8")
    assert "desktop_app.web" in log, "the log is empty: this test would prove nothing"
    assert len(secret) >= 8
    for written in (said, log):
        assert [each for each in secret if each in written] == []
        assert not re.search(r"eyJ[A-Za-z0-9_-]{20}", written)
