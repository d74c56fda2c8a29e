"""The person of the story: a session in Coatcheck, used as the window uses it."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from desktop_app.demo.errors import StoryError
from desktop_app.demo.http_browser import HttpBrowser

_OK = range(200, 300)
_PAUSE = 0.05
_PATIENCE = 20.0


class Person:
    """Speaks to Coatcheck's API with the session that a ticket gave."""

    def __init__(self, browser: HttpBrowser, entry_url: str) -> None:
        self._browser = browser
        self._entry_url = entry_url
        parts = urlsplit(entry_url)
        self.address = f"{parts.scheme}://{parts.netloc}"

    async def enter(self) -> None:
        """Trade the ticket for a session.

        Raises:
            StoryError: If Coatcheck does not take it.
        """
        page = await self._browser.open(self._entry_url)
        if page.status not in _OK or "ticket=" in page.url:
            raise StoryError(reason=f"Coatcheck did not open its page ({page.status}).")

    async def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Send one request to the API and return its answer.

        Raises:
            StoryError: With the API's own sentence, if it refuses.
        """
        url = f"{self.address}/v1.0/{path}"
        headers = {
            "Content-Type": "application/json",
            "Origin": self.address,
            "X-XSRFToken": self._browser.cookie(url, "_xsrf"),
        }
        sent = None if method == "GET" else json.dumps({} if body is None else body).encode()
        page = await self._browser.send(method, url, body=sent, headers=headers)
        answer = _read_object(page.body)
        if page.status not in _OK:
            raise StoryError(reason=str(answer.get("message") or f"{path}: {page.status}"))
        return answer

    async def wait_for_sign_in(self, sign_in_id: str) -> dict[str, Any]:
        """Return the sign-in once it is completed.

        Raises:
            StoryError: If it ends in another way, or not at all.
        """
        for _ in range(int(_PATIENCE / _PAUSE)):
            sign_in = await self.ask("GET", f"oauth/sign-ins/{sign_in_id}")
            if sign_in["status"] == "completed":
                return sign_in
            if sign_in["status"] != "pending":
                raise StoryError(reason=str(sign_in.get("message") or sign_in["status"]))
            await asyncio.sleep(_PAUSE)
        raise StoryError(reason="the sign-in did not end.")

    async def wait_for_question(self, asking: asyncio.Task[Any]) -> dict[str, Any]:
        """Return what a program asks.

        Args:
            asking: The program; if it ends without a question, there will be none.

        Raises:
            StoryError: Nobody asks.
            AppError: What *asking* ended with.
        """
        for _ in range(int(_PATIENCE / _PAUSE)):
            waiting = await self.ask("GET", "approvals")
            if waiting["approvals"]:
                question: dict[str, Any] = waiting["approvals"][0]
                return question
            if asking.done():
                await asking
                break
            await asyncio.sleep(_PAUSE)
        raise StoryError(reason="the printing service did not ask.")


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body or b"{}")
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
