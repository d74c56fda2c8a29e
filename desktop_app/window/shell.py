"""The window itself: pywebview on the main thread, showing what our server renders."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from desktop_app.window.environment import prepare_for_window
from desktop_app.window.geometry import MIN_HEIGHT, MIN_WIDTH, Geometry

_log = logging.getLogger(__name__)
_SIGNED_OUT = "/signed-out"
# More than once, because a page that is just leaving may go there a second time; but a server
# that lets nobody in must not be asked again and again.
_MOST_ENTRIES = 3


class Shell:
    """One window on one address; `run` keeps the main thread until the window is closed.

    Args:
        url: Our own server's address, with the ticket that makes the window the person's.
        geometry: Where to put it.
        on_geometry: Called on the main thread with its place when the window closes.
        open_external: Given every address that is not our server's; opens the browser.
        fresh_url: Gives such an address with a new ticket. Asked for when the window finds itself
            signed out, as after a computer has slept for days.
        background: The page's colour as ``#rrggbb``, so that nothing flashes before it loads.
        title: What the window's frame says.
    """

    def __init__(
        self,
        url: str,
        *,
        geometry: Geometry,
        open_external: Callable[[str], None],
        on_geometry: Callable[[Geometry], None],
        fresh_url: Callable[[], str] | None = None,
        background: str = "#FFFFFF",
        title: str = "Coatcheck",
    ) -> None:
        self._url = url
        self._geometry = geometry
        self._open_external = open_external
        self._on_geometry = on_geometry
        self._fresh_url = fresh_url
        self._entries = 0
        self._background = background
        self._title = title
        self._window: Any = None
        self._closing = threading.Event()
        self.loaded = threading.Event()
        """Set when the first page is there."""

    def run(self) -> None:
        """Show the window and return when it is closed, by the person, a signal or `close`.

        Raises:
            webview.errors.WebViewException: The platform's web view can't be loaded.
        """
        prepare_for_window()
        import webview

        _configure(webview.settings)
        with _closing_signals(self.close):
            self._create(webview)
            webview.start(gui="qt" if sys.platform.startswith("linux") else None)

    def raise_window(self) -> None:
        """Bring the window to the front, also if it is minimized; from any thread."""
        window = self._window
        if window is None or not window.events.shown.is_set():
            return
        if sys.platform.startswith("linux"):
            from desktop_app.window import qt

            window.native.create_window_trigger.emit(lambda: qt.bring_to_front(window.native))
        else:
            window.restore()
            window.show()

    def close(self) -> None:
        """Close the window as if the person had done it; from any thread, at any time."""
        self._closing.set()
        window = self._window
        if window is not None and window.native is not None:
            window.destroy()

    def _create(self, webview: Any) -> None:
        place = self._geometry
        self._window = webview.create_window(
            self._title,
            self._url,
            width=place.width,
            height=place.height,
            x=place.x,
            y=place.y,
            maximized=place.maximized,
            min_size=(MIN_WIDTH, MIN_HEIGHT),
            background_color=self._background,
            text_select=True,
            zoomable=True,
        )
        events = self._window.events
        events.before_show += self._before_show
        events.shown += self._shown
        events.loaded += self._page_loaded
        events.closing += self._remember

    def _before_show(self) -> None:
        if sys.platform.startswith("linux"):
            from desktop_app.window import qt

            qt.guard(self._window.native, self._url, self._open_external)
            qt.place(self._window.native, self._geometry)

    def _page_loaded(self, address: str | None = None) -> None:
        self.loaded.set()
        if address is None:
            # Not on Qt: there this waits for the main thread, which may have ended by then.
            address = self._window.get_current_url() or ""
        if urlsplit(address).path != _SIGNED_OUT:
            self._entries = 0
        elif self._fresh_url is not None and self._entries < _MOST_ENTRIES:
            self._entries += 1
            self._window.load_url(self._fresh_url())

    def _shown(self) -> None:
        if self._closing.is_set():
            self._window.destroy()

    def _remember(self) -> None:
        if sys.platform.startswith("linux"):
            from desktop_app.window import qt

            self._on_geometry(qt.geometry_of(self._window.native))


def _configure(settings: Any) -> None:
    settings["OPEN_EXTERNAL_LINKS_IN_BROWSER"] = True
    # The activity log as a file: the system's own dialog asks the person where it goes. On Qt we
    # do that ourselves (`qt.guard`), and twice would be once too often.
    settings["ALLOW_DOWNLOADS"] = not sys.platform.startswith("linux")
    settings["ALLOW_FILE_URLS"] = False
    settings["OPEN_DEVTOOLS_IN_DEBUG"] = False


@contextlib.contextmanager
def _closing_signals(close: Callable[[], None]) -> Iterator[None]:
    """While the window is open, SIGTERM closes it like the person would; so does SIGHUP.

    SIGINT is the window library's own affair and ends the same way.
    """
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.getsignal(getattr(signal, name)) for name in names}
    for name in names:
        signal.signal(getattr(signal, name), lambda *_: close())
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
