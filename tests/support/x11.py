"""The screen as the person sees it: which window is on top, and the button that closes one."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_long, c_uint, c_ulong, c_void_p

_CLIENT_MESSAGE = 33
_RETURN = 0xFF0D
_ON_ERROR = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)


class _ClientMessage(Structure):
    _fields_ = (
        ("type", c_int),
        ("serial", c_ulong),
        ("send_event", c_int),
        ("display", c_void_p),
        ("window", c_ulong),
        ("message_type", c_ulong),
        ("format", c_int),
        ("data", c_long * 5),
        ("rest", c_long * 24),
    )


class Screen:
    """An X server without a window manager: what stands on the root is the windows."""

    def __init__(self, x11: ctypes.CDLL, display: int) -> None:
        self._x11 = x11
        self._display = c_void_p(display)
        self._root = x11.XDefaultRootWindow(self._display)

    def titles(self) -> list[str]:
        """The titles of the windows, the lowest first."""
        return [title for _, title in self._windows()]

    def cover(self, title: str) -> None:
        """Put a window over everything."""
        window = self._x11.XCreateSimpleWindow(
            self._display, c_ulong(self._root), 0, 0, 1400, 1000, 0, c_ulong(0), c_ulong(0)
        )
        self._x11.XStoreName(self._display, c_ulong(window), title.encode())
        self._x11.XMapRaised(self._display, c_ulong(window))
        self._x11.XSync(self._display, 0)

    def close(self, title: str) -> None:
        """Press the button that closes the window called *title*."""
        window = next(number for number, found in self._windows() if found == title)
        message = _ClientMessage(type=_CLIENT_MESSAGE, window=window, format=32)
        message.message_type = self._atom(b"WM_PROTOCOLS")
        message.data[0] = self._atom(b"WM_DELETE_WINDOW")
        self._x11.XSendEvent(self._display, c_ulong(window), 0, c_long(0), byref(message))
        self._x11.XSync(self._display, 0)

    def press_return(self, title: str) -> None:
        """Press Return in the uppermost window called *title*, which gets the keyboard first."""
        *_, window = (number for number, found in self._windows() if found == title)
        nobody, parent, now = c_ulong(0), 2, c_ulong(0)
        self._x11.XSetInputFocus(self._display, c_ulong(window), parent, now)
        self._x11.XSync(self._display, 0)
        xtest = ctypes.CDLL("libXtst.so.6")
        key = self._x11.XKeysymToKeycode(self._display, c_ulong(_RETURN))
        for is_down in (1, 0):
            xtest.XTestFakeKeyEvent(self._display, key, is_down, nobody)
        self._x11.XSync(self._display, 0)

    def _atom(self, name: bytes) -> int:
        atom: int = self._x11.XInternAtom(self._display, name, 0)
        return atom

    def _windows(self) -> Iterator[tuple[int, str]]:
        root, parent, count = c_ulong(), c_ulong(), c_uint()
        children = POINTER(c_ulong)()
        self._x11.XQueryTree(
            self._display,
            c_ulong(self._root),
            byref(root),
            byref(parent),
            byref(children),
            byref(count),
        )
        for place in range(count.value):
            name = c_char_p()
            self._x11.XFetchName(self._display, c_ulong(children[place]), byref(name))
            if name.value:
                yield children[place], name.value.decode()


@contextmanager
def screen(display: str) -> Iterator[Screen]:
    """Look at the X server *display*."""
    x11 = ctypes.CDLL("libX11.so.6")
    for name in ("XOpenDisplay", "XDefaultRootWindow", "XCreateSimpleWindow", "XInternAtom"):
        getattr(x11, name).restype = c_void_p if name == "XOpenDisplay" else c_ulong
    # A window that goes away meanwhile must not end the whole process, which is Xlib's way.
    ignore = _ON_ERROR(lambda _display, _error: 0)
    x11.XSetErrorHandler(ignore)
    opened = x11.XOpenDisplay(display.encode())
    assert opened, f"no X server at {display}"
    try:
        yield Screen(x11, opened)
    finally:
        x11.XCloseDisplay(c_void_p(opened))
