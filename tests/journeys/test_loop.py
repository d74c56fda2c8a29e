"""Nothing that a person does keeps the event loop: not a key derivation, a picture or a sync."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.demo.http_browser import HttpBrowser
from tests.support.oidc_provider import ScriptedBrowser, running_oidc_provider
from tests.support.program import Program, ready, start
from tests.support.watched_program import Watch, install

PASSPHRASE = "four plain coat hooks"
# Generous: a person notices from about 0.1 s on, and imports count in full here.
BOUND = 0.25
# A machine that stands still looks like a program that sleeps, but not in the same place each time.
TRIES = 3


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.json"


@contextlib.contextmanager
def watched(folder: Path, report: Path) -> Iterator[Program]:
    main = ("-m", "tests.support.watched_program", str(report))
    process = start(folder, "--passphrase-stdin", main=main)
    try:
        yield ready(process, folder, stdin=f"{PASSPHRASE}\n")
    finally:
        process.kill()
        process.communicate()


def test_no_callback_keeps_the_loop_for_longer_than_a_quarter_of_a_second(tmp_path: Path) -> None:
    kept: dict[str, Any] | None = None
    for number in range(TRIES):
        found = what_keeps_the_loop(tmp_path / f"data-{number}", tmp_path / "report.json")
        kept = {name: each for name, each in found.items() if kept is None or name in kept}
        if not kept:
            return
    raise AssertionError(kept)


def what_keeps_the_loop(folder: Path, report: Path) -> dict[str, Any]:
    """Do everything once, and return the callbacks that took too long, by their names."""
    with watched(folder, report) as program:
        do_everything(program)
        assert program.stop() == 0
    worst = json.loads(report.read_text())
    assert worst, "the watch saw nothing at all"
    return {
        name_of(each["what"]): each
        for each in worst
        if max(each["computed"], each["slept"]) > BOUND
    }


def name_of(what: str) -> str:
    """The callback without what is another each time, such as its number and its state."""
    found = re.search(r"coro=<([^ ]+)", what)
    return found[1] if found else re.sub(r" at 0x\w+", "", what)


def do_everything(program: Program) -> None:
    photos = connect_photos(program)
    with running_oidc_provider() as provider:
        work = connect_work(program, provider.issuer)
        for profile in (photos, work):
            look_and_renew(program, profile)
        lock_and_unlock(program)
        for profile in (photos, work):
            done(program, "POST", f"/v1.0/profiles/{profile}/revoke", status=200)
            done(program, "DELETE", f"/v1.0/profiles/{profile}", status=204)


@pytest.mark.parametrize("kind", ["slept", "computed"])
def test_watch_sees_what_keeps_the_loop(
    kind: str, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio.Handle, "_run", asyncio.Handle._run)
    install(Watch(report))
    asyncio.run(keep_the_loop(kind))
    assert json.loads(report.read_text())[0][kind] > BOUND


async def keep_the_loop(kind: str) -> None:
    if kind == "slept":
        time.sleep(2 * BOUND)
    until = time.thread_time() + (2 * BOUND if kind == "computed" else 0)
    while time.thread_time() < until:
        pass


def done(program: Program, method: str, path: str, body: Any = None, *, status: int) -> Any:
    answer = program.as_person(method, path, body)
    assert answer.status == status, answer.body
    return answer.json if answer.body and status != 204 and path.startswith("/v1.0") else None


def begin(program: Program, provider: str) -> dict[str, Any]:
    body = {"provider": provider, "open_browser": False}
    signing_in: dict[str, Any] = done(program, "POST", "/v1.0/oauth/sign-ins", body, status=201)
    return signing_in


def profile_of(program: Program, signing_in: dict[str, Any]) -> str:
    path = f"/v1.0/oauth/sign-ins/{signing_in['id']}"
    while (answer := done(program, "GET", path, status=200))["status"] == "pending":
        pass
    assert answer["status"] == "completed", answer
    found: str = answer["profile_id"]
    return found


def connect_photos(program: Program) -> str:
    signing_in = begin(program, "photos")
    asyncio.run(sign_in_at_photos(signing_in["authorization_url"]))
    return profile_of(program, signing_in)


async def sign_in_at_photos(address: str) -> None:
    browser = HttpBrowser()
    try:
        page = await browser.open(address)
        page = await browser.submit(page, page.form("/sign-in"))
        page = await browser.submit(page, page.form("/consent"), values={"decision": "allow"})
        while (answer := page.any_form()) is not None:
            page = await browser.submit(page, answer)
    finally:
        browser.close()


def connect_work(program: Program, issuer: str) -> str:
    provider = {"id": "work", "name": "Work", "issuer": issuer, "client_id": "coatcheck"}
    done(program, "POST", "/v1.0/providers", provider, status=201)
    signing_in = begin(program, "work")
    ScriptedBrowser().sign_in(signing_in["authorization_url"])
    return profile_of(program, signing_in)


def look_and_renew(program: Program, profile: str) -> None:
    for page in ("/", f"/user/{profile}", f"/user/{profile}/picture", "/connect", "/settings"):
        done(program, "GET", page, status=200)
    done(program, "POST", f"/v1.0/profiles/{profile}/refresh", {}, status=200)
    done(program, "POST", f"/v1.0/profiles/{profile}/introspect", {}, status=200)
    done(program, "POST", f"/v1.0/profiles/{profile}/token", {}, status=200)


def lock_and_unlock(program: Program) -> None:
    """Argon2id takes its time, and a wrong guess as much of it as the right one."""
    done(program, "DELETE", "/v1.0/session", status=204)
    done(program, "POST", "/v1.0/session", {"passphrase": "not this one"}, status=403)
    done(program, "POST", "/v1.0/session", {"passphrase": PASSPHRASE}, status=200)
    body = {"passphrase": "another plain phrase", "current_passphrase": PASSPHRASE}
    done(program, "PATCH", "/v1.0/keys", {"keyring": False, **body}, status=200)
