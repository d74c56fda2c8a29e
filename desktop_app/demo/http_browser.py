"""A browser without a screen: follows redirects, keeps cookies, fills in and sends forms.

It stands in for the person's own browser in ``coatcheck demo``, so it goes to this machine's
own addresses and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from desktop_app.demo.errors import StoryError
from desktop_app.demo.html_forms import Form, read_forms

_MAX_REDIRECTS = 10
_TIMEOUT = 20.0
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where the browser ended up, and what is there."""

    url: str
    status: int
    body: bytes = field(repr=False)

    def form(self, action: str) -> Form:
        """Return the page's form that is sent to the path *action*.

        Raises:
            StoryError: If there is none.
        """
        for form in read_forms(self.body.decode("utf-8", "replace")):
            if urlsplit(form.action).path == action:
                return form
        raise StoryError(reason=f"there is no form for {action} on {_without_query(self.url)}.")

    def any_form(self) -> Form | None:
        """Return the page's first form, if it has one."""
        return next(iter(read_forms(self.body.decode("utf-8", "replace"))), None)


class HttpBrowser:
    """Cookies for each origin, and the requests that a person's clicks would make."""

    def __init__(self) -> None:
        self._client = AsyncHTTPClient(force_instance=True)
        self._cookies: dict[str, dict[str, str]] = {}

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def cookie(self, url: str, name: str) -> str:
        """Return the cookie *name* that the origin of *url* has set, or ""."""
        return self._cookies.get(_origin(url), {}).get(name, "")

    def cookie_header(self, url: str) -> dict[str, str]:
        """Return the header with every cookie of the origin of *url*; empty without any."""
        jar = self._cookies.get(_origin(url), {})
        pairs = [f"{name}={value}" for name, value in jar.items()]
        return {"Cookie": "; ".join(pairs)} if pairs else {}

    async def open(self, url: str) -> Page:
        """Go to *url* and wherever it leads."""
        return await self._follow("GET", url, None, {})

    async def submit(
        self,
        page: Page,
        form: Form,
        *,
        values: Mapping[str, str] | None = None,
        without: Collection[str] = (),
    ) -> Page:
        """Send *form* of *page* with *values* filled in and boxes of *without* unticked.

        The Origin header is the browser's own doing: ``null`` towards another origin, where the
        page's referrer policy keeps its address to itself.
        """
        target = urljoin(page.url, form.action)
        same = _origin(target) == _origin(page.url)
        headers = {"Content-Type": _FORM, "Origin": _origin(page.url) if same else "null"}
        body = urlencode(form.fields(values or {}, without)).encode("ascii")
        return await self._follow("POST", target, body, headers)

    async def send(
        self, method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str]
    ) -> Page:
        """Send one request as a page's script would, without following a redirect."""
        response = await self._fetch(method, url, body, headers)
        return Page(url=url, status=response.code, body=response.body or b"")

    async def _follow(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Page:
        for _ in range(_MAX_REDIRECTS):
            response = await self._fetch(method, url, body, headers)
            location = response.headers.get("Location")
            if location is None or response.code not in {301, 302, 303, 307, 308}:
                return Page(url=url, status=response.code, body=response.body or b"")
            method, url, body, headers = "GET", urljoin(url, location), None, {}
        raise StoryError(reason="the browser was sent in a circle.")

    async def _fetch(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        _check_local(url)
        request = HTTPRequest(
            url,
            method=method,
            body=body,
            headers={**headers, "Accept-Language": "en", **self.cookie_header(url)},
            follow_redirects=False,
            request_timeout=_TIMEOUT,
            allow_nonstandard_methods=True,
        )
        try:
            response = await self._client.fetch(request, raise_error=False)
        except OSError as error:
            raise StoryError(reason=f"{_origin(url)} does not answer.") from error
        self._keep_cookies(url, response)
        return response

    def _keep_cookies(self, url: str, response: HTTPResponse) -> None:
        jar = self._cookies.setdefault(_origin(url), {})
        for header in response.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(header).items():
                jar[name] = morsel.coded_value


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _check_local(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise StoryError(reason=f"{_origin(url)} is not on this computer.")
