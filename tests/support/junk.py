"""Answers that nobody waits for, as many as a hostile page can make a browser send."""

from __future__ import annotations

import socket


def send_junk(port: int, count: int) -> None:
    """Send *count* wrong answers over a few pipelined connections."""
    batch = 500
    for first in range(0, count, batch):
        requests = "".join(
            f"GET /callback?state=junk{number} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
            for number in range(first, first + batch)
        )
        last = f"GET /last HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
            connection.sendall((requests + last).encode())
            while connection.recv(1 << 16):
                pass
