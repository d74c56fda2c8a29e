"""The printing service, as the separate program that it is."""

from __future__ import annotations

import asyncio
import io
import json
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import TracebackType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop_app.demo.errors import PrintingError
from desktop_app.demo.printing import print_photos
from desktop_app.demo.printing_service.contact_sheet import draw_sheet, open_photo
from desktop_app.demo.printing_service.fetch import (
    PhotoSource,
    PrintablePhoto,
    PrintError,
    bearer,
    signed,
)
from desktop_app.demo.printing_service.job import read_job
from tests.support.older_client import OlderClient
from tests.support.photos import running


class OddServer:
    """Answers one path with one body, and redirects another."""

    def __init__(self, listing: bytes, photo: bytes = b"") -> None:
        self.seen: list[str | None] = []
        self.listing = listing
        self.photo = photo
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.seen.append(self.headers["Authorization"])
                moved = self.path == "/moved"
                self.send_response(302 if moved else 200)
                if moved:
                    self.send_header("Location", "/photos")
                self.end_headers()
                self.wfile.write(server.listing if self.path == "/photos" else server.photo)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever)

    def __enter__(self) -> OddServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def failing(words: str) -> Iterator[None]:
    with pytest.raises(PrintingError) as caught:
        yield
    assert words in caught.value.message


def jpeg(size: tuple[int, int] = (60, 40)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "teal").save(buffer, "JPEG")
    return buffer.getvalue()


def test_it_makes_a_contact_sheet_with_a_borrowed_token(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running() as photos:
            token = (await photos.client.grant())["access_token"]
            output = tmp_path / "sheet.png"
            printed = await print_photos(token, f"{photos.issuer}/photos", output)
            assert (printed.photos, printed.owner) == (6, "Jane Hill")

    asyncio.run(scenario())
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert (sheet.format, sheet.width) == ("PNG", 1240)
    assert stat.S_IMODE((tmp_path / "sheet.png").stat().st_mode) == 0o600


def test_a_refused_token_prints_nothing_and_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running() as photos:
            with pytest.raises(PrintingError) as caught:
                await print_photos("wrong", f"{photos.issuer}/photos", tmp_path / "sheet.png")
            assert "did not let it in" in caught.value.message

    asyncio.run(scenario())
    assert list(tmp_path.iterdir()) == []


def test_the_token_is_on_no_command_line_and_in_no_environment(tmp_path: Path) -> None:
    """Arguments and environments of a process can be read by others."""
    spy = (
        "import json, os, sys; job = json.loads(sys.stdin.read());"
        "open(job['output'], 'w').write(json.dumps([sys.argv, dict(os.environ)]));"
        "print(json.dumps({'photos': 1}))"
    )
    output = tmp_path / "seen"
    command = [sys.executable, "-c", spy]
    asyncio.run(print_photos("the-token", "http://127.0.0.1:1/photos", output, command=command))
    assert "the-token" not in output.read_text()
    _, environment = json.loads(output.read_text())
    assert not [name for name in environment if name.startswith(("COATCHECK", "PYTHON"))]


@pytest.mark.parametrize("code", ["", "print('words')", "print('[]')", "print('{}')"])
def test_a_printing_service_that_breaks_is_an_error_in_words(tmp_path: Path, code: str) -> None:
    with failing("without a word"):
        asyncio.run(
            print_photos(
                "t", "http://127.0.0.1:1/", tmp_path / "x", command=[sys.executable, "-c", code]
            )
        )


def test_one_that_does_not_exist_or_hangs_is_an_error_in_words(tmp_path: Path) -> None:
    output = tmp_path / "x"
    with failing("did not start"):
        asyncio.run(print_photos("t", "http://127.0.0.1:1/", output, command=["/nonexistent"]))
    hanging = [sys.executable, "-c", "import time; time.sleep(60)"]
    with failing("did not end"):
        asyncio.run(print_photos("t", "http://127.0.0.1:1/", output, command=hanging, timeout=0.5))


def test_it_never_writes_over_something(tmp_path: Path) -> None:
    output = tmp_path / "sheet.png"
    output.write_text("mine")

    async def scenario() -> None:
        async with running() as photos:
            token = (await photos.client.grant())["access_token"]
            with failing("could not be written"):
                await print_photos(token, f"{photos.issuer}/photos", output)

    asyncio.run(scenario())
    assert output.read_text() == "mine"


def test_the_token_goes_to_one_origin_alone() -> None:
    with OddServer(b"") as other:
        listing = json.dumps({"photos": [{"title": "A", "url": f"{other.url}/a.jpg"}]})
        with OddServer(listing.encode()) as server:
            with pytest.raises(PrintError, match="another place"):
                PhotoSource(f"{server.url}/photos", bearer("secret")).fetch()
            assert server.seen == ["Bearer secret"]
        assert other.seen == []


def test_it_prints_with_a_signature_for_each_photo(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running() as photos:
            client = OlderClient(photos)
            await client.grant()
            listing = json.loads((await client.get("/photos")).body)["photos"]
            addresses = [f"{photos.issuer}/photos", *(photo["url"] for photo in listing)]
            signatures = {url: client.signer().sign(url)[1]["Authorization"] for url in addresses}
            printed = await print_photos(signatures, addresses[0], tmp_path / "sheet.png")
            assert printed.photos == 6

    asyncio.run(scenario())


def test_what_was_not_signed_is_not_fetched() -> None:
    listing = json.dumps({"photos": [{"title": "A", "url": "URL/a.jpg"}]})
    with OddServer(b"") as server:
        server.listing = listing.replace("URL", server.url).encode()
        with pytest.raises(PrintError, match="no signature"):
            PhotoSource(f"{server.url}/photos", signed({f"{server.url}/photos": "OAuth x"})).fetch()
        assert server.seen == ["OAuth x"]


def test_a_redirect_is_not_followed() -> None:
    with OddServer(b"{}") as server:
        with pytest.raises(PrintError, match="answered 302"):
            PhotoSource(f"{server.url}/moved", bearer("secret")).fetch()
        assert len(server.seen) == 1


@pytest.mark.parametrize(
    "listing",
    [b"", b"<html>", b"[]", b'{"photos": 1}', b'{"photos": []}', b'{"photos": [1]}', b"\xff"],
)
def test_a_service_that_answers_nonsense_is_an_error_in_words(listing: bytes) -> None:
    with OddServer(listing) as server, pytest.raises(PrintError):
        PhotoSource(f"{server.url}/photos", bearer("secret")).fetch()


def test_nobody_there_is_an_error_in_words() -> None:
    with OddServer(b"") as server:
        url = server.url
    with pytest.raises(PrintError, match="does not answer"):
        PhotoSource(f"{url}/photos", bearer("secret")).fetch()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a/b", "", "http://[", "http://a:b/"])
def test_only_http_addresses_are_fetched(url: str) -> None:
    with pytest.raises((PrintError, ValueError)):
        PhotoSource(url, bearer("secret")).fetch()


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_arrives_as_a_photo_is_a_picture_or_an_error(data: bytes) -> None:
    with pytest.raises(PrintError):
        open_photo(data, (60, 40))


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_arrives_as_a_job_is_a_job_or_an_error(data: bytes) -> None:
    with pytest.raises(PrintError):
        read_job(data)


@pytest.mark.parametrize("count", [1, 2, 8, 9, 20])
def test_any_number_of_photos_finds_a_place(count: int) -> None:
    png = draw_sheet("Jane", [PrintablePhoto("A", jpeg())] * count)
    assert Image.open(io.BytesIO(png)).format == "PNG"
