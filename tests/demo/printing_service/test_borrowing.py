"""The printing service asks Coatcheck for the photos, and the person decides."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desktop_app.demo.errors import (
    PrintingNotAllowedError,
    PrintingUnansweredError,
)
from desktop_app.demo.printing import Borrowing, PrintedSheet, PrintShop, print_photos
from desktop_app.errors import NotFoundError
from desktop_app.runtime import Runtime, write_runtime
from tests.demo.printing_service.test_archive import archive
from tests.demo.printing_service.test_printing_service import OddServer, failing, jpeg
from tests.support.served import API_KEY, Person, Served
from tests.support.waiting import eventually


@pytest.fixture
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder, Served(Path(folder)) as running:
        running.add_profile(scopes_granted=("openid", "photos.read"))
        yield running


@pytest.fixture
def photos() -> Iterator[OddServer]:
    with OddServer(b"", jpeg()) as server:
        listing = {"owner": "Ada", "photos": [{"title": "A", "url": f"{server.url}/a.jpg"}]}
        server.listing = json.dumps(listing).encode()
        yield server


def runtime_of(served: Served, *, with_socket: bool = True) -> Path:
    path = served.folder / "runtime.json"
    runtime = Runtime(
        pid=1,
        url=served.origin,
        port=served.port,
        socket=served.socket_path if with_socket else "",
        api_key=API_KEY,
        version="1",
        started_at="2026-10-14T13:36:00Z",
    )
    write_runtime(path, runtime)
    return path


@pytest.fixture
def shop(served: Served, photos: OddServer) -> PrintShop:
    return PrintShop(runtime=runtime_of(served), photos_url=lambda: f"{photos.url}/photos")


def begin(shop: PrintShop, *, signs: bool = False) -> Future[PrintedSheet]:
    """Press the button."""
    pool = ThreadPoolExecutor(1)
    try:
        return pool.submit(lambda: asyncio.run(shop.print_sheet("p1", signs=signs)))
    finally:
        pool.shutdown(wait=False)


def question(person: Person) -> dict[str, Any]:
    return eventually(lambda: person.ask("GET", "/v1.0/approvals").json["approvals"])[0]


def decide(person: Person, decision: str) -> dict[str, Any]:
    asked = question(person)
    path = f"/v1.0/approvals/{asked['id']}"
    assert person.ask("POST", path, {"decision": decision}).status == 200
    return asked


def test_it_asks_by_its_own_name_for_no_more_than_the_photos(
    served: Served, photos: OddServer, shop: PrintShop
) -> None:
    printing = begin(shop)
    asked = decide(served.person(), "once")
    assert asked["program"]["name"] == "printing_service.py"
    assert asked["program"]["kind"] == "script"
    assert asked["scopes"] == ["photos.read"]
    assert asked["says"] == "Print a contact sheet of your photos"
    sheet = printing.result(120)
    assert sheet.photos == 1
    assert set(photos.seen) == {"Bearer the-access-token"}
    assert shop.sheet(sheet.id).startswith(b"\x89PNG")
    shop.forget()
    with pytest.raises(NotFoundError):
        shop.sheet(sheet.id)


def test_a_no_prints_nothing_and_is_said_in_words(
    served: Served, photos: OddServer, shop: PrintShop
) -> None:
    printing = begin(shop)
    decide(served.person(), "deny")
    with pytest.raises(PrintingNotAllowedError):
        printing.result(120)
    assert photos.seen == []


def test_it_asks_over_the_port_where_there_is_no_socket(served: Served, photos: OddServer) -> None:
    runtime = runtime_of(served, with_socket=False)
    printing = begin(PrintShop(runtime=runtime, photos_url=lambda: f"{photos.url}/photos"))
    assert decide(served.person(), "once")["program"]["name"] == "printing_service.py"
    assert printing.result(120).photos == 1


def test_locking_ends_the_question_and_the_printing(
    served: Served, photos: OddServer, shop: PrintShop
) -> None:
    printing = begin(shop)
    question(served.person())
    served.lock()
    with failing("locked"):
        printing.result(120)
    assert photos.seen == []


def test_nobody_who_lends_is_an_error_in_words(tmp_path: Path) -> None:
    asking = Borrowing(runtime=tmp_path / "runtime.json", profile_id="p1")
    with failing("Coatcheck does not answer"):
        asyncio.run(print_photos(asking, "http://127.0.0.1:1/photos", tmp_path / "sheet.png"))


def test_nobody_who_answers_is_an_error_in_words(tmp_path: Path) -> None:
    told = 'print(\'{"error": "Nobody answered in time.", "code": "approval_timeout"}\')'
    with pytest.raises(PrintingUnansweredError):
        asyncio.run(
            print_photos(
                "t", "http://127.0.0.1:1/", tmp_path / "s", command=[sys.executable, "-c", told]
            )
        )


@pytest.fixture
def signing(served: Served, photos: OddServer) -> Served:
    """An account whose requests are signed (OAuth 1.0a)."""
    served.add_profile(
        access_token="token-1",
        token_secret="secret-1",
        refresh_token=None,
        signature_method="HMAC-SHA256",
        token_endpoint=f"{photos.url}/token",
    )
    return served


def test_where_requests_are_signed_it_asks_once_for_all_photos(
    signing: Served, photos: OddServer
) -> None:
    photos.photo = archive({"A": jpeg()}, owner="Ada")
    shop = PrintShop(runtime=runtime_of(signing), photos_url=lambda: f"{photos.url}/photos")
    printing = begin(shop, signs=True)
    asked = decide(signing.person(), "once")
    assert asked["says"] == "Print a contact sheet of your photos"
    assert printing.result(120).photos == 1
    [header] = photos.seen
    assert header is not None
    assert header.startswith("OAuth ")
    assert "secret-1" not in header
