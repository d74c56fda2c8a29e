"""A real git server: ``git http-backend`` behind HTTP that asks the provider about every token."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.introspection import Gatekeeper, shown_token

SHARED = "team"
"""Owner of the repositories that everybody may use."""


class GitServer:
    """Serves the bare repositories below *root*; an owner's are for that owner alone.

    Attributes:
        challenges: What it offers to whoever shows nothing.
        requests: Path, scheme and subject of each request.
    """

    def __init__(self, root: Path, gatekeeper: Gatekeeper) -> None:
        self.root = root
        self.gatekeeper = gatekeeper
        self.challenges = ['Basic realm="forge"', 'Bearer realm="forge"']
        self.requests: list[tuple[str, str, str | None]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.git = self  # type: ignore[attr-defined]

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def add(self, name: str) -> Path:
        """Make an empty repository that can be pushed to."""
        path = self.root / f"{name}.git"
        git("init", "--quiet", "--bare", "--initial-branch=main", str(path))
        git("-C", str(path), "config", "http.receivepack", "true")
        return path

    def admit(self, path: str, header: str | None) -> bool:
        """Return whether the request for *path* may go on."""
        scheme, token = shown_token(header)
        subject = self.gatekeeper.subject(token)
        self.requests.append((path, scheme, subject))
        owner = path.strip("/").partition("/")[0]
        return subject is not None and owner in {subject, SHARED}

    def serve_forever(self) -> None:
        """Serve until `close`."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing: the requests are kept."""

    def _serve(self) -> None:
        git_server: GitServer = self.server.git  # type: ignore[attr-defined]
        body = self._body()
        if git_server.admit(urlsplit(self.path).path, self.headers.get("Authorization")):
            self._run(git_server, body)
            return
        self.send_response(401)
        for challenge in git_server.challenges:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().strip(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _run(self, git_server: GitServer, body: bytes) -> None:
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            stdout=subprocess.PIPE,
            check=True,
            env=self._environment(git_server, body),
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _environment(self, git_server: GitServer, body: bytes) -> dict[str, str]:
        """Source: RFC 3875 section 4.1."""
        url = urlsplit(self.path)
        return {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(git_server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "tests",
        }


@contextlib.contextmanager
def running_git_server(root: Path, issuer: str) -> Iterator[GitServer]:
    """Serve *root* until the block ends."""
    server = GitServer(root, Gatekeeper(issuer))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()


def git_comes_back() -> bool:
    """Tell whether this git asks once more within a command when a token is refused (2.46)."""
    major, minor = git("version").split()[2].split(".")[:2]
    return (int(major), int(minor)) >= (2, 46)


def git(*arguments: str) -> str:
    """Run git without anybody's configuration; return what it prints."""
    done = subprocess.run(
        ["git", *arguments], capture_output=True, text=True, check=True, env=plain_environment()
    )
    return done.stdout


def plain_environment() -> dict[str, str]:
    """An environment in which git finds no configuration and asks nobody."""
    return {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Maria",
        "GIT_AUTHOR_EMAIL": "maria@example.org",
        "GIT_COMMITTER_NAME": "Maria",
        "GIT_COMMITTER_EMAIL": "maria@example.org",
    }
