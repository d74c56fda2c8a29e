"""The recipe for mail: msmtp, mbsync, and what mutt and neomutt read."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from desktop_app.cli.borrowing import wrong_usage
from desktop_app.cli.client import ApiError, Client
from desktop_app.cli.recipe import (
    Recipe,
    accounts,
    drop_block,
    keep_block,
    names,
    no_recipe,
    provider_of,
    run,
)

_IMAPS = 993
_SMTPS = 465
_NOTE = (
    "No account here has mail servers that are known. Put your address and servers in the place "
    "of me@example.org, imap.example.org and smtp.example.org."
)
# A provider says what an account is called; quotes, backticks or line ends would be commands in
# some of these files.
_USER = re.compile(r"[\w.+@=~-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccount:
    """One account as a mail program knows it.

    Attributes:
        name: What it is called in every program's file.
        command: Prints a token.
        imap: Host and port; ``smtp`` likewise. None where there is none.
    """

    name: str
    user: str
    command: str
    imap: tuple[str, int] | None
    smtp: tuple[str, int] | None


def mail_recipe(client: Client, command: str, arguments: argparse.Namespace) -> Recipe:
    """Return the recipe for mail programs.

    Raises:
        ApiError: No account has mail servers that are known, and none were named.
    """
    for named in (arguments.imap, arguments.smtp):
        _place(named, _IMAPS)
    profiles = accounts(client, arguments.profile)
    called = names(profiles, "email", "username")
    found = [_account(client, each, called[each["id"]], command, arguments) for each in profiles]
    mails = [each for each in found if each is not None]
    if not (mails or arguments.remove or arguments.print):
        raise no_recipe("No account here has mail. Name one, with --imap HOST and --smtp HOST.")
    shown = mails or [_example(command, arguments)]
    texts = [(program, path, "\n\n".join(map(make, shown))) for program, path, make in _files()]
    text = "\n\n".join(f"# {path}\n{text.strip()}" for _, path, text in texts)
    note = "" if mails else _NOTE
    return Recipe(text=text, install=partial(_install, texts), remove=_remove, note=note)


def _example(command: str, arguments: argparse.Namespace) -> MailAccount:
    return MailAccount(
        name="coatcheck-me",
        user="me@example.org",
        command=f"{command} token {arguments.profile or 'me@example.org'}",
        imap=_place(arguments.imap or "imap.example.org", _IMAPS),
        smtp=_place(arguments.smtp or "smtp.example.org", _SMTPS),
    )


def _account(
    client: Client,
    profile: dict[str, Any],
    name: str,
    command: str,
    arguments: argparse.Namespace,
) -> MailAccount | None:
    serves = provider_of(client, profile)["serves"]
    user = profile["email"] or profile["username"]
    imap, smtp = arguments.imap or serves.get("imap"), arguments.smtp or serves.get("smtp")
    if not user or not (imap or smtp):
        return None
    if not _USER.fullmatch(user):
        if arguments.profile is None:
            return None
        raise no_recipe(f"“{user}” can't stand in a mail program's file.")
    return MailAccount(
        name=name,
        user=user,
        command=f"{command} token {profile['id']}",
        imap=_place(imap, _IMAPS),
        smtp=_place(smtp, _SMTPS),
    )


def _place(text: str | None, usual: int) -> tuple[str, int] | None:
    if text is None:
        return None
    host, _, port = text.partition(":")
    if not host or not re.fullmatch(r"[A-Za-z0-9.-]+", host) or not (port or "1").isdigit():
        raise wrong_usage(f"“{text}” is no mail server: write HOST or HOST:PORT.")
    return host, int(port or usual)


def _files() -> list[tuple[str, Path, Callable[[MailAccount], str]]]:
    home = Path.home()
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    msmtp = folder / "msmtp" / "config"
    return [
        ("msmtp", msmtp if msmtp.exists() else home / ".msmtprc", msmtp_account),
        ("mbsync", home / ".mbsyncrc", mbsync_account),
        ("mutt", folder / "coatcheck" / "mutt.rc", mutt_account),
    ]


def _install(texts: list[tuple[str, Path, str]]) -> list[str]:
    done = []
    for program, path, text in texts:
        if not text.strip() or not (shutil.which(program) or shutil.which(f"neo{program}")):
            continue
        if sentence := keep_block(path, text):
            done.append(sentence)
            if program == "mutt":
                done.append(f"Add this line to your muttrc: source {path}")
    return done or ["The mail programs that are here ask Coatcheck already. Nothing was changed."]


def _remove() -> list[str]:
    done = [sentence for _, path, _ in _files() if (sentence := drop_block(path))]
    if any("mutt.rc" in sentence for sentence in done):
        done.append("If your muttrc has a line with “source” for it, take that out.")
    return done or ["No mail program here asks Coatcheck. Nothing was changed."]


def msmtp_account(mail: MailAccount) -> str:
    """Source: msmtp's manual, "Authentication": ``passwordeval`` gives the token."""
    if mail.smtp is None:
        return ""
    host, port = mail.smtp
    return (
        f"account {mail.name}\nhost {host}\nport {port}\n{_msmtp_tls(host, port)}"
        f"auth {'xoauth2' if _old_style(host) else 'oauthbearer'}\n"
        f"user {mail.user}\nfrom {mail.user}\npasswordeval {mail.command}\n"
    )


def _msmtp_tls(host: str, port: int) -> str:
    if _is_here(host):
        return "tls off\n"
    return f"tls on\ntls_starttls {'off' if port == _SMTPS else 'on'}\n"


def mbsync_account(mail: MailAccount) -> str:
    """Source: mbsync(1), "IMAP4 Accounts": ``PassCmd`` gives the token for XOAUTH2."""
    if mail.imap is None:
        return ""
    host, port = mail.imap
    tls = "None" if _is_here(host) else "IMAPS"
    command = mail.command.replace("\\", "\\\\").replace('"', '\\"')
    return (
        f"IMAPAccount {mail.name}\nHost {host}\nPort {port}\nUser {mail.user}\n"
        f'PassCmd "{command}"\nAuthMechs XOAUTH2\n{_tls_word()} {tls}\n\n'
        f"IMAPStore {mail.name}-remote\nAccount {mail.name}\n\n"
        f"MaildirStore {mail.name}-local\nPath ~/Mail/{mail.name}/\n"
        f"Inbox ~/Mail/{mail.name}/INBOX\nSubFolders Verbatim\n\n"
        f"Channel {mail.name}\nFar :{mail.name}-remote:\nNear :{mail.name}-local:\n"
        "Patterns *\nCreate Near\nSyncState *\n"
    )


def _tls_word() -> str:
    """Version 1.5 gave the option another name, and warns of the old one."""
    try:
        told = run("mbsync", "--version")
    except ApiError:
        return "TLSType"
    return "SSLType" if re.search(r" 1\.[0-4]\.", told) else "TLSType"


def mutt_account(mail: MailAccount) -> str:
    """Source: mutt's manual, ``imap_oauth_refresh_command``; neomutt's is the same."""
    lines = [f"# {mail.user}"]
    if mail.imap is not None:
        host, port = mail.imap
        scheme = "imap" if _is_here(host) else "imaps"
        lines += [
            f'set folder = "{scheme}://{mail.user}@{host}:{port}/"',
            'set spoolfile = "+INBOX"',
            'set imap_authenticators = "oauthbearer:xoauth2"',
            f"set imap_oauth_refresh_command = {_mutt_quoted(mail.command)}",
        ]
    if mail.smtp is not None:
        host, port = mail.smtp
        scheme = "smtps" if port == _SMTPS else "smtp"
        lines += [
            f'set smtp_url = "{scheme}://{mail.user}@{host}:{port}/"',
            'set smtp_authenticators = "oauthbearer:xoauth2"',
            f"set smtp_oauth_refresh_command = {_mutt_quoted(mail.command)}",
            f'set from = "{mail.user}"',
        ]
    here = _all_here(mail)
    lines += [f"set ssl_force_tls = {'no' if here else 'yes'}"]
    lines += ["set ssl_starttls = no"] if here else []
    return "\n".join(lines)


def _mutt_quoted(command: str) -> str:
    escaped = (
        command.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$").replace("`", "\\`")
    )
    return f'"{escaped}"'


def _all_here(mail: MailAccount) -> bool:
    return all(_is_here(place[0]) for place in (mail.imap, mail.smtp) if place is not None)


def _is_here(host: str) -> bool:
    """A server on this machine, behind a tunnel or in a test, has no certificate to show."""
    return host in {"127.0.0.1", "localhost"}


def _old_style(host: str) -> bool:
    """Microsoft's servers know the older mechanism alone."""
    return host.endswith((".office365.com", ".outlook.com"))
