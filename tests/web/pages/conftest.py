"""Fixtures for the pages."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.pages import Pages, served
from tests.support.waiting import PATIENCE


@dataclass
class Page:
    """One answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Visitor:
    """A browser without scripts: keeps a cookie, follows nothing."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self._cookie = ""

    def sign_in(self) -> None:
        ticket = self.pages.ticket_url.partition("?")[2]
        page = self.get(f"/?{ticket}")
        cookies = page.headers.get_all("Set-Cookie") or []
        self._cookie = "; ".join(each.partition(";")[0] for each in cookies)

    def get(self, path: str, method: str = "GET", **headers: str) -> Page:
        connection = http.client.HTTPConnection("127.0.0.1", self.pages.port, timeout=PATIENCE)
        if self._cookie:
            headers["Cookie"] = self._cookie
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=names)
        response = connection.getresponse()
        page = Page(response.status, response.headers, response.read())
        connection.close()
        return page


@pytest.fixture
def pages() -> Iterator[Pages]:
    with served() as shown:
        yield shown


@pytest.fixture
def stranger(pages: Pages) -> Visitor:
    return Visitor(pages)


@pytest.fixture
def person(pages: Pages) -> Visitor:
    visitor = Visitor(pages)
    visitor.sign_in()
    return visitor
