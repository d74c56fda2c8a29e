"""The npm ``oidc-provider`` as a child process, and a browser that signs in there by HTTP."""

from __future__ import annotations

import html.parser
import http.cookiejar
import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.node import install, node

HERE = Path(__file__).resolve().parent.parent / "interop"


class OidcProvider:
    """A running provider."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def set(self, **state: Any) -> None:
        """Change how it behaves: ``down``, ``userinfoDown``, ``losesAnswers``, ``name``."""
        self._post("/test/set", state)

    def rotate_keys(self) -> None:
        """Sign with a new key from now on; grants and sessions stay."""
        self._post("/test/rotate-keys", {})

    def stats(self) -> dict[str, int]:
        """Return how often each endpoint was asked."""
        stats: dict[str, int] = self._post("/test/stats", {})
        return stats

    def registered(self) -> list[dict[str, Any]]:
        """Return the clients that registered themselves."""
        clients: list[dict[str, Any]] = self._post("/test/stats", {})["clients"]
        return clients

    def shown_initial_token(self) -> list[str]:
        """Return the paths whose requests had the initial access token."""
        paths: list[str] = self._post("/test/stats", {})["shownInitialToken"]
        return paths

    def forget_clients(self) -> None:
        """End every registration, as an operator does who cleans up."""
        self._post("/test/forget-clients", {})

    def end_secrets(self) -> None:
        """Let the secret of every registered client be over."""
        self._post("/test/end-secrets", {})

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(self.issuer + path, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)


@contextmanager
def running_oidc_provider(**options: Any) -> Iterator[OidcProvider]:
    """Run the provider until the block ends; options as in ``provider.mjs``."""
    install(HERE)
    command = [node(), "provider.mjs", json.dumps(options)]
    with subprocess.Popen(
        command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        try:
            yield OidcProvider(json.loads(process.stdout.readline())["issuer"])
        finally:
            process.stdin.close()
            process.wait(timeout=120)


class _Forms(html.parser.HTMLParser):
    """Collects the forms of a page: action and fields."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._pressed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((values.get("action", ""), {}))
        elif tag == "input" and self.forms and "name" in values:
            self.forms[-1][1][values["name"]] = values.get("value", "")
        elif tag == "button" and self.forms and len(self.forms) > self._pressed:
            # The first one of a form is pressed: it says yes.
            self._pressed = len(self.forms)
            if "name" in values:
                self.forms[-1][1][values["name"]] = values.get("value", "")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Page:
    """What the browser got: the address, the status and the text."""

    def __init__(self, url: str, status: int, text: str) -> None:
        self.url = url
        self.status = status
        self.text = text


class ScriptedBrowser:
    """Signs in like a person: follows redirects, keeps cookies, presses the buttons."""

    def __init__(self, *, login: str = "maria", deny: bool = False) -> None:
        self._login = login
        self._deny = deny
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(
                http.cookiejar.CookieJar(
                    http.cookiejar.DefaultCookiePolicy(
                        strict_ns_domain=0, secure_protocols=("http", "https")
                    )
                )
            ),
            _NoRedirect,
        )

    def sign_in(self, url: str, *, stop_at: str = "\0") -> Page:
        """Go through the sign-in at *url* to its last page, or to an address at *stop_at*."""
        request = urllib.request.Request(url)
        for _ in range(20):
            if request.full_url.startswith(stop_at):
                return Page(_with_form(request), 0, "")
            page, location = self._send(request)
            if location:
                request = urllib.request.Request(urllib.parse.urljoin(page.url, location))
                continue
            following = self._submitted(page)
            if following is None:
                return page
            request = following
        raise AssertionError("the sign-in does not come to an end")

    def first_page(self, url: str) -> Page:
        """Return the first page that the provider shows for *url*; nothing is pressed."""
        page, location = self._send(urllib.request.Request(url))
        while location:
            url = urllib.parse.urljoin(page.url, location)
            page, location = self._send(urllib.request.Request(url))
        return page

    def _send(self, request: urllib.request.Request) -> tuple[Page, str | None]:
        try:
            with self._opener.open(request, timeout=120) as response:
                return Page(response.url, response.status, response.read().decode()), None
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode()
            page = Page(request.full_url, error.code, text)
            return page, error.headers.get("Location") if 300 <= error.code < 400 else None

    def _submitted(self, page: Page) -> urllib.request.Request | None:
        parser = _Forms()
        parser.feed(page.text)
        # The form that brings an error home (``response_mode=form_post``) comes with status 400.
        if not parser.forms:
            return None
        action, fields = parser.forms[-1 if self._deny else 0]
        if "login" in fields:
            fields = {"login": self._login}
        target = urllib.parse.urljoin(page.url, action)
        return urllib.request.Request(target, urllib.parse.urlencode(fields).encode())


def _with_form(request: urllib.request.Request) -> str:
    data = request.data.decode() if isinstance(request.data, bytes) else ""
    return f"{request.full_url}?{data}" if data else request.full_url
