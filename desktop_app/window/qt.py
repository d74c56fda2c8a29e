"""What pywebview's Qt window needs beyond pywebview: links, devices, downloads, place.

Everything here runs on the main thread. Imported only where Qt is the window's library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QFileDialog

from desktop_app.window.geometry import Geometry, Screen

_log = logging.getLogger(__name__)

OpenExternal = Callable[[str], None]


def guard(native: Any, url: str, open_external: OpenExternal) -> None:
    """Keep *native* on our own server, and every device and download behind a question."""
    page = native.webview.page()
    origin = _origin(url)
    page.navigationRequested.connect(lambda request: _judge(request, origin, open_external))
    # pywebview answers a new window with ``webbrowser.open``, whatever the address is.
    page.nav_handler = None
    page.newWindowRequested.connect(
        lambda request: open_external(request.requestedUrl().toString())
    )
    _refuse_devices(page)
    _drop_bridge(native, page)
    _keep_to_the_end(page)
    page.profile().downloadRequested.connect(lambda download: _save(native, download))


def bring_to_front(native: Any) -> None:
    """Un-minimize *native* without un-maximizing it, and put it above the others."""
    state = native.windowState() & ~Qt.WindowState.WindowMinimized
    native.setWindowState(state | Qt.WindowState.WindowActive)
    native.raise_()
    native.activateWindow()


def place(native: Any, geometry: Geometry) -> None:
    """Put *native* where it stood, unless that place is on no screen any more."""
    found = geometry.on([Screen(*one.geometry().getRect()) for one in QGuiApplication.screens()])
    if found.x is None or found.y is None:
        middle = QGuiApplication.primaryScreen().availableGeometry().center()
        native.move(middle - native.rect().center())
    else:
        native.move(found.x, found.y)


def geometry_of(native: Any) -> Geometry:
    """The place and size of *native*, those it would go back to if it is maximized."""
    size, corner = native.normalGeometry().size(), native.pos()
    if native.isMaximized():
        corner = native.normalGeometry().topLeft()
    return Geometry(
        width=size.width(),
        height=size.height(),
        x=corner.x(),
        y=corner.y(),
        maximized=native.isMaximized(),
    )


def _judge(request: Any, origin: str, open_external: OpenExternal) -> None:
    """Let our own pages pass; give links that lead away to the browser; drop the rest."""
    address = request.url().toString()
    if _origin(address) == origin:
        return
    request.reject()
    clicked = request.navigationType() == request.NavigationType.LinkClickedNavigation
    if request.isMainFrame() and clicked:
        open_external(address)


def _origin(address: str) -> str:
    """Scheme, host and port of *address*; "" for one that has none, which is no origin of ours."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _drop_bridge(native: Any, page: Any) -> None:
    """Run none of pywebview's scripts in our pages; only the news of a loaded page is wanted.

    They give pages a way into this process that we have no use for. And each waits in a
    thread for its page's answer: leaving the page before it came kept the process from
    ever ending.
    """
    page.loadFinished.disconnect(native.on_load_finished)
    page.setWebChannel(None)
    events = native.pywebview_window.events
    # A load that was broken off has not come: the address is still that of the page before.
    page.loadFinished.connect(lambda came: came and events.loaded.set(page.url().toString()))


def _keep_to_the_end(page: Any) -> None:
    """Let the page live as long as the process, which ends soon after its window.

    pywebview destroys it when the window closes, while threads of the engine may still draw it;
    `start/leaving.py` has the other half.
    """
    page.deleteLater = lambda: None


def _refuse_devices(page: Any) -> None:
    """Refuse camera, microphone, place and the like; pywebview would grant the first two."""
    page.featurePermissionRequested.disconnect()
    page.featurePermissionRequested.connect(
        lambda origin, feature: page.setFeaturePermission(
            origin, feature, QWebEnginePage.PermissionPolicy.PermissionDeniedByUser
        )
    )


def _save(native: Any, download: Any) -> None:
    """Ask where a download goes; pywebview's own way fails on this version of Qt."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    suggested = str(Path(folder) / download.downloadFileName())
    chosen, _ = QFileDialog.getSaveFileName(native, native.title, suggested)
    if not chosen:
        download.cancel()
        return
    download.setDownloadDirectory(str(Path(chosen).parent))
    download.setDownloadFileName(Path(chosen).name)
    download.accept()
