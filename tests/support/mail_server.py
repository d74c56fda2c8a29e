"""A real mail server: Dovecot, which asks the provider about every token (RFC 7662, RFC 7628).

Its submission service takes mail with a token and hands it to `Sink`, which keeps it.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shutil
import smtplib
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.certificates import make_authority
from tests.support.ports import free_port

_CLIENT = "coatcheck-basic"
_SECRET = "a+b c%:/?"  # as in tests/interop/provider.mjs

_CONFIGURATION = """
protocols = imap submission
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
auth_verbose = yes
auth_failure_delay = 0
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
disable_plaintext_auth = no
auth_mechanisms = oauthbearer xoauth2
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
default_vsz_limit = 0
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 0
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_relay_trusted = yes
hostname = localhost
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {submission}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

_TOKENS = """
introspection_mode = post
introspection_url = {url}
username_attribute = sub
username_format = %n
active_attribute = active
active_value = true
tokeninfo_url =
"""


@dataclass
class Sink:
    """Takes every mail over SMTP and keeps it."""

    mails: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _SinkHandler)
        self._server.daemon_threads = True
        self._server.sink = self  # type: ignore[attr-defined]

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    def serve_forever(self) -> None:
        """Serve until `close`."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


class _SinkHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 sink")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.server.sink.mails.append(b"".join(lines))  # type: ignore[attr-defined]
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@dataclass
class MailServer:
    """A running Dovecot with the mail of everybody whom the provider knows."""

    folder: Path
    imap_port: int
    imaps_port: int
    submission_port: int
    sink: Sink

    @property
    def authority(self) -> Path:
        """The certificate that signed the server's."""
        return self.folder / "authority.pem"

    def put(self, user: str, subject: str) -> None:
        """Put a mail into somebody's inbox."""
        place = self.folder / "mail" / user / "new"
        account = _account()
        for folder in (place.parent, *(place.with_name(name) for name in ("cur", "new", "tmp"))):
            folder.mkdir(parents=True, exist_ok=True)
            os.chown(folder, account.pw_uid, account.pw_gid)
        text = f"From: a@example.org\nTo: {user}@example.org\nSubject: {subject}\n\nHello.\n"
        path = place / f"{time.time_ns()}.1.tests"
        path.write_text(text)
        os.chown(path, account.pw_uid, account.pw_gid)

    def log(self) -> str:
        """What Dovecot wrote down."""
        return (self.folder / "log").read_text("utf-8", "replace")


@contextlib.contextmanager
def running_mail_server(issuer: str) -> Iterator[MailServer]:
    """Serve mail to whoever the provider at *issuer* knows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Its processes belong to nobody where the tests are root's.
        folder.chmod(0o755)
        with _running(folder, issuer) as server:
            yield server


def _dovecot() -> str:
    """A person's PATH often leaves out where servers are."""
    found = shutil.which("dovecot", path=f"{os.environ['PATH']}:/usr/local/sbin:/usr/sbin")
    assert found is not None, "dovecot is not installed"
    return found


@contextlib.contextmanager
def _running(folder: Path, issuer: str) -> Iterator[MailServer]:
    sink = Sink()
    server = MailServer(folder, free_port(), free_port(), free_port(), sink)
    _configure(server, issuer)
    thread = threading.Thread(target=sink.serve_forever)
    thread.start()
    command = [_dovecot(), "-F", "-c", str(folder / "dovecot.conf")]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_answers(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=120)
            sink.close()
            thread.join()


def _configure(server: MailServer, issuer: str) -> None:
    account = _account()
    for name in ("run", "mail"):
        (server.folder / name).mkdir(parents=True)
    os.chown(server.folder / "mail", account.pw_uid, account.pw_gid)
    secret = urllib.parse.quote(urllib.parse.quote_plus(_SECRET), safe="")
    host = issuer.removeprefix("http://")
    url = f"http://{_CLIENT}:{secret}@{host}/token/introspection"
    (server.folder / "oauth2.conf").write_text(_TOKENS.format(url=url))
    authority = make_authority(server.folder)
    authority.file.rename(server.authority)
    authority.server_context(folder=server.folder)
    values = {
        "certificate": next(server.folder.glob("server-*.pem")),
        "imaps": server.imaps_port,
        "folder": server.folder,
        "user": account.pw_name,
        "group": grp.getgrgid(account.pw_gid).gr_name,
        "uid": account.pw_uid,
        "gid": account.pw_gid,
        "relay": server.sink.port,
        "imap": server.imap_port,
        "submission": server.submission_port,
    }
    (server.folder / "dovecot.conf").write_text(_CONFIGURATION.format(**values))


def _account() -> pwd.struct_passwd:
    """Dovecot's processes never run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def _wait_until_it_answers(server: MailServer, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    for port in (server.imap_port, server.submission_port):
        while not _answers(port):
            assert process.poll() is None and time.monotonic() < until, server.log()
            time.sleep(0.05)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            return bool(connection.recv(1))
    except OSError:
        return False


def send(server: MailServer, response: str) -> int:
    """Show *response*, in base64, to the submission service; return its answer's code."""
    with smtplib.SMTP("127.0.0.1", server.submission_port) as connection:
        connection.ehlo("localhost")
        return connection.docmd("AUTH", f"OAUTHBEARER {response}")[0]
