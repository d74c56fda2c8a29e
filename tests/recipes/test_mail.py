"""Real mail programs, a real Dovecot, and the recipes to the letter."""

from __future__ import annotations

import base64
import socket

import pytest

from tests.recipes.conftest import Kitchen, recipe
from tests.support.mail_server import send


@pytest.fixture
def imap(kitchen: Kitchen) -> tuple[str, str]:
    return "port = 993", f"port = {kitchen.mail.imap_port}"


def test_msmtp_sends(kitchen: Kitchen) -> None:
    rc = kitchen.write(
        ".msmtprc",
        recipe("mail", "msmtprc"),
        ("host smtp.example.org", "host 127.0.0.1"),
        ("port 587", f"port {kitchen.mail.submission_port}"),
        ("tls on\ntls_starttls on", "tls off"),
    )
    before = len(kitchen.mail.sink.mails)
    message = "From: maria@example.org\nTo: a@example.org\nSubject: msmtp\n\nHello.\n"
    done = kitchen.run("msmtp", "-C", str(rc), "-a", "work", "a@example.org", stdin=message)
    assert done.returncode == 0, done.stderr
    assert b"Subject: msmtp" in kitchen.mail.sink.mails[before]


def test_mbsync_fetches(kitchen: Kitchen) -> None:
    kitchen.mail.put("maria", "for mbsync")
    rc = kitchen.write(
        ".mbsyncrc",
        recipe("mail", "mbsyncrc"),
        ("Host imap.example.org", "Host 127.0.0.1"),
        ("Port 993", f"Port {kitchen.mail.imap_port}"),
        ("SSLType IMAPS", "SSLType None"),
    )
    (kitchen.home / "Mail" / "office").mkdir(parents=True)
    done = kitchen.run("mbsync", "-c", str(rc), "work")
    assert done.returncode == 0, done.stderr
    mails = [each.read_text() for each in (kitchen.home / "Mail").rglob("INBOX/*/*")]
    assert any("Subject: for mbsync" in mail for mail in mails)


def test_getmail_fetches(kitchen: Kitchen, imap: tuple[str, str]) -> None:
    kitchen.mail.put("maria", "for getmail")
    kept = kitchen.home / "getmail-mail"
    # It delivers nothing to a folder as root, which the tests may be.
    into_a_file = f'type = MDA_external\npath = /usr/bin/tee\narguments = ("-a", "{kept}")'
    kitchen.write(
        ".getmail/getmailrc",
        recipe("mail", "getmailrc"),
        ("server = imap.example.org", "server = 127.0.0.1"),
        imap,
        ("SimpleIMAPSSLRetriever", "SimpleIMAPRetriever"),
        ("type = Maildir\npath = ~/Mail/office/", f"{into_a_file}\nallow_root_commands = True"),
    )
    done = kitchen.run("getmail", "--getmaildir", str(kitchen.home / ".getmail"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Subject: for getmail" in kept.read_text()


@pytest.mark.parametrize("program", ["mutt", "neomutt"])
def test_mutt_sends_and_reads(kitchen: Kitchen, program: str) -> None:
    rc = kitchen.write(
        f".{program}rc",
        recipe("mail", "muttrc"),
        (
            "imaps://maria@example.org@imap.example.org:993",
            _place(kitchen.mail.imaps_port, "imaps"),
        ),
        (
            "smtp://maria@example.org@smtp.example.org:587",
            _place(kitchen.mail.submission_port, "smtp"),
        ),
        ("set ssl_force_tls = yes", _trust(kitchen)),
    )
    before = len(kitchen.mail.sink.mails)
    wish = (program, "-n", "-F", str(rc), "-e", "unset record", "-s", program, "a@example.org")
    sent = kitchen.run(*wish, stdin="Hello.\n")
    assert sent.returncode == 0, sent.stderr
    assert f"Subject: {program}".encode() in kitchen.mail.sink.mails[before]
    kitchen.mail.put("maria", f"for {program}")
    before = kitchen.mail.log().count("imap-login: Info: Login: user=<maria@example.org>")
    drawn = kitchen.run_at_a_terminal(program, "-n", "-F", str(rc), "-e", "push <exit>")
    after = kitchen.mail.log().count("imap-login: Info: Login: user=<maria@example.org>")
    assert after > before, drawn


def _trust(kitchen: Kitchen) -> str:
    """Mutt shows a token over TLS alone, so its IMAP server has a certificate here."""
    words = ("set ssl_starttls = no", "set ssl_force_tls = no")
    return "\n".join((*words, f'set ssl_ca_certificates_file = "{kitchen.mail.authority}"'))


def _place(port: int, scheme: str) -> str:
    return f"{scheme}://maria@example.org@127.0.0.1:{port}"


def test_an_imap_server_takes_the_initial_response(kitchen: Kitchen) -> None:
    command = recipe("oauthbearer", "sh").splitlines()[0]
    response = kitchen.run("sh", "-c", command).stdout.strip()
    line = recipe("oauthbearer", "imap").strip().replace("RESPONSE", response)
    with socket.create_connection(("127.0.0.1", kitchen.mail.imap_port), timeout=120) as connection:
        file = connection.makefile("rwb")
        file.readline()
        file.write(f"{line}\r\n".encode())
        file.flush()
        answers = iter(file.readline, b"")
        assert next(each for each in answers if each.startswith(b"a ")).startswith(b"a OK")


def test_a_submission_server_takes_it_too(kitchen: Kitchen) -> None:
    response = kitchen.run("coatcheck", "sasl", "oauthbearer", "work").stdout.strip()
    assert send(kitchen.mail, response) == 235


def test_xoauth2_is_the_other_mechanism(kitchen: Kitchen) -> None:
    command = recipe("oauthbearer", "sh").splitlines()[1]
    response = base64.b64decode(kitchen.run("sh", "-c", command).stdout)
    assert response.startswith(b"user=maria@example.org\x01auth=Bearer ")


def test_curl_reads_mail_with_the_token(kitchen: Kitchen) -> None:
    kitchen.mail.put("maria", "for curl")
    url = f"imap://127.0.0.1:{kitchen.mail.imap_port}/INBOX"
    options = f"-u maria@example.org: '{url}' -X 'STATUS INBOX (MESSAGES)'"
    secret = 'printf "oauth2-bearer = \\"%s\\"\\n" "$ACCESS_TOKEN"'
    script = f"{secret} | curl -sS -K - {options}"
    done = kitchen.run("coatcheck", "run", "work", "--", "sh", "-c", script)
    assert done.returncode == 0, done.stderr
    assert "MESSAGES" in done.stdout


def test_the_installed_recipe_is_what_msmtp_and_mbsync_read(kitchen: Kitchen) -> None:
    places = ["--imap", f"127.0.0.1:{kitchen.mail.imap_port}"]
    places += ["--smtp", f"127.0.0.1:{kitchen.mail.submission_port}"]
    for name in (".msmtprc", ".mbsyncrc"):
        (kitchen.home / name).unlink(missing_ok=True)
    done = kitchen.run("coatcheck", "setup", "mail", "work", *places)
    assert done.returncode == 0, done.stderr
    account = "coatcheck-maria-example-org"
    message = "From: maria@example.org\nTo: a@example.org\nSubject: installed\n\nHello.\n"
    sent = kitchen.run("msmtp", "-a", account, "a@example.org", stdin=message)
    assert sent.returncode == 0, sent.stderr
    (kitchen.home / "Mail" / account).mkdir(parents=True)
    kitchen.mail.put("maria", "installed")
    fetched = kitchen.run("mbsync", account)
    assert fetched.returncode == 0, fetched.stderr
    again = kitchen.run("coatcheck", "setup", "mail", "work", *places)
    assert "Nothing was changed" in again.stdout
