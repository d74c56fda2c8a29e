"""How a question comes before the person's eyes, with a window and without one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from desktop_app.composition.attention import Asked
from desktop_app.window.browser import SystemBrowser
from desktop_app.window.child import WindowChild
from desktop_app.window.display import has_screen
from desktop_app.window.notification import Notice, Notifications
from desktop_app.window.redirect_file import ticket_page

WindowUrl = Callable[[str], str]
"""Gives the address of one of our pages, with a new ticket."""


class RaisedWindow:
    """The program's own window comes to the front; the page in it hears of the question.

    Args:
        show: Brings the window to the front, or what stands in for it to a page.
    """

    def __init__(self, show: Callable[[str], Awaitable[object]]) -> None:
        self._show = show

    @property
    def can_call(self) -> bool:
        """A window is always there."""
        return True

    async def call(self, asked: Asked) -> None:
        """Bring the window to the front."""
        await self._show(asked.path)

    def withdraw(self, question_id: str) -> None:
        """Leave the window where it is."""


class DistantSummons:
    """For a program without a window: a notification, else the browser, else a window.

    Args:
        window: Shown by a process of its own, if the person opened one.
        browser: The person's own.
        folder: Owner-only; holds the page that takes the browser to ours.
        window_url: Addresses of our pages.
        is_watched: Whether one of our pages is open somewhere, which hears of the question.
    """

    def __init__(
        self,
        *,
        window: WindowChild,
        browser: SystemBrowser,
        notifications: Notifications,
        folder: Path,
        window_url: WindowUrl,
        is_watched: Callable[[], bool],
    ) -> None:
        self._window = window
        self._browser = browser
        self._notifications = notifications
        self._folder = folder
        self._window_url = window_url
        self._is_watched = is_watched

    @property
    def can_call(self) -> bool:
        """Whether there is a screen, or a browser that the person named."""
        return has_screen() or self._browser.is_there

    async def call(self, asked: Asked) -> None:
        """Show that a question waits, by the first of the ways that there is."""
        if self._window.raise_window():
            return
        notice = Notice(title="Coatcheck", text=asked.text, button=asked.button)
        if await self._notifications.show(asked.id, notice, lambda: self._open_window(asked)):
            return
        if not self._is_watched() and not await self._open_in_browser(asked):
            await self._window.show(self._window_url(asked.path))

    def withdraw(self, question_id: str) -> None:
        """Take the notification away."""
        self._notifications.withdraw(question_id)

    async def _open_window(self, asked: Asked) -> None:
        if not await self._window.show(self._window_url(asked.path)):
            await self._open_in_browser(asked)

    async def _open_in_browser(self, asked: Asked) -> bool:
        if not self._browser.is_there:
            return False
        page = ticket_page(self._folder, self._window_url(asked.path))
        return await self._browser.open_file(page)
