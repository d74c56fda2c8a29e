"""A whole small program around the real window: a Tornado page of its own, no Coatcheck.

Prints one JSON line for everything that happens; reads commands, one a line.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass
from typing import Any

import tornado.web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from desktop_app.start.leaving import leave
from desktop_app.window.geometry import read_geometry
from desktop_app.window.server import ServerThread
from desktop_app.window.shell import Shell

PAGE = """<!doctype html><title>small</title><h1>Small page</h1>
<a id="out" href="https://photos.example/away?a=1">out</a>
<a id="blank" target="_blank" href="https://photos.example/blank">blank</a>
<a id="mail" href="mailto:anna@photos.example">mail</a>
<a id="in" href="/second">in</a>
<a id="save" download href="/file">save</a>"""


class PageHandler(tornado.web.RequestHandler):
    """Any path answers with the page."""

    def get(self) -> None:
        self.set_header("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
        self.write(PAGE)


@dataclass
class Served:
    """The server that runs in the thread."""

    server: HTTPServer
    port: int

    async def stop(self) -> None:
        """Close it and what is connected to it."""
        self.server.stop()
        await self.server.close_all_connections()
        tell(event="stopped")


def tell(**what: Any) -> None:
    """Print one line."""
    print(json.dumps(what), flush=True)


async def serve() -> Served:
    """Start the server on any free port."""
    server = HTTPServer(tornado.web.Application([(r"/.*", PageHandler)]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    return Served(server, sockets[0].getsockname()[1])


def obey(shell: Shell) -> None:
    """Do what standard input says, until it ends."""
    commands = {"raise": shell.raise_window, "close": shell.close}
    for line in sys.stdin:
        native = shell._window.native
        if line.strip() in commands:
            commands[line.strip()]()
        elif line.strip() == "state":
            tell(event="state", minimized=native.isMinimized(), maximized=native.isMaximized())
        else:
            action = getattr(native, line.strip())
            native.create_window_trigger.emit(action)


def tell_when_loaded(shell: Shell, pages: list[Any]) -> None:
    """Tell that the first page is there, and keep hold of the engine's object for it."""
    shell.loaded.wait()
    pages.append(shell._window.native.webview.page())
    tell(event="loaded")


def all_live(pages: list[Any]) -> bool:
    """Tell whether *pages* are still there, after the events that would destroy them."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from shiboken6 import isValid

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return all(isValid(page) for page in pages)


def main() -> None:
    """Show the window until it is closed."""
    thread = ServerThread(serve)
    served = thread.start()
    shell = Shell(
        f"http://127.0.0.1:{served.port}/",
        geometry=read_geometry(json.loads(sys.argv[1])),
        open_external=lambda url: tell(event="external", url=url),
        on_geometry=lambda geometry: tell(event="geometry", **geometry.to_document()),
        fresh_url=lambda: f"http://127.0.0.1:{served.port}/?ticket=fresh",
    )
    pages: list[Any] = []
    threading.Thread(target=tell_when_loaded, args=[shell, pages], daemon=True).start()
    threading.Thread(target=obey, args=[shell], daemon=True).start()
    shell.run()
    thread.stop()
    tell(event="ended", page_lives=all_live(pages))


if __name__ == "__main__":
    main()
    leave(0)
