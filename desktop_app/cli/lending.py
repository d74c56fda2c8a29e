"""Commands about who may borrow what: say so, see it, see what was taken."""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import sys
from typing import Any

from desktop_app.cli.client import Client
from desktop_app.cli.exits import Exit
from desktop_app.cli.output import show, table, wants_json
from desktop_app.cli.proof import proof
from desktop_app.cli.running import find_or_start, reach
from desktop_app.config import Config

_PAGE = 1000
_DECISIONS = {"once": "once", "1h": "hour", "always": "always"}
_COLUMNS = (
    *("at", "outcome", "program", "path", "pid", "account", "provider", "profile_id"),
    *("scopes", "decision", "purpose", "target", "says", "error"),
)


def allow(arguments: argparse.Namespace, config: Config) -> int:
    """Let a program borrow from an account; without ``--for`` for as long as can be."""
    decision = _DECISIONS[arguments.duration] if arguments.duration else None
    loan = _rule(arguments, config, decision)
    if wants_json(arguments):
        return show(loan)
    until = f" until {loan['until']}" if loan["until"] else ""
    what = {"once": "once", "hour": "for an hour", "always": "always"}[loan["decision"]]
    print(f"{loan['program']['path']} may borrow from this account {what}{until}.")
    return Exit.DONE


def deny(arguments: argparse.Namespace, config: Config) -> int:
    """Keep a program away from an account until it is allowed."""
    loan = _rule(arguments, config, "deny")
    if wants_json(arguments):
        return show(loan)
    print(f"{loan['program']['path']} may not borrow from this account, and is not asked about.")
    return Exit.DONE


def _rule(arguments: argparse.Namespace, config: Config, decision: str | None) -> dict[str, Any]:
    shown = proof(config)
    client = _unlocked(config, shown.get("passphrase"))
    wish = {"profile_id": arguments.profile, "decision": decision, "proof": shown}
    scopes = getattr(arguments, "scopes", None)
    body = {name: value for name, value in (wish | {"scopes": scopes}).items() if value is not None}
    answer: dict[str, Any] = client.post("/v1.0/programs", {**body, **_place(arguments.program)})
    return answer


def _unlocked(config: Config, passphrase: str | None) -> Client:
    client = find_or_start(config, passphrase=passphrase)
    if client.get("/v1.0/health")["locked"]:
        client.post("/v1.0/session", {} if passphrase is None else {"passphrase": passphrase})
    return client


def _place(program: str) -> dict[str, str]:
    """Return the path that *program* is; a bare name goes with what the shell would run by it.

    Another one of that name may be what asks now: which is meant, the person has to say.
    """
    if "/" in program or os.sep in program:
        return {"program": os.path.realpath(program)}
    found = shutil.which(program)
    return {"program": program} | ({} if found is None else {"found_at": os.path.realpath(found)})


def programs(arguments: argparse.Namespace, config: Config) -> int:
    """List who may borrow what until when, and who may not."""
    answer = reach(config).get("/v1.0/programs")
    if wants_json(arguments):
        return show(answer)
    return table(_loan_row(loan) for loan in (*answer["programs"], *answer.get("denied", ())))


def _loan_row(loan: dict[str, Any]) -> tuple[object, ...]:
    scopes = " ".join(loan["scopes"]) or "-"
    until = loan["until"] or "-"
    program = loan["program"]
    return loan["id"], program["path"], loan["profile_id"], loan["decision"], until, scopes


def activity(arguments: argparse.Namespace, config: Config) -> int:
    """Show who took what, newest first; or check that the log was not altered."""
    client = reach(config)
    if arguments.verify:
        return _verify(client, arguments)
    answer = _entries(client, arguments)
    if wants_json(arguments):
        return show(answer)
    if arguments.csv:
        return _write_csv(answer["activity"])
    return table(_entry_row(entry) for entry in answer["activity"])


def _verify(client: Client, arguments: argparse.Namespace) -> int:
    found = client.get("/v1.0/activity/verify")
    if wants_json(arguments):
        show(found)
    else:
        good = f"The log is as it was written: {found['entries']} entries."
        print(good if found["ok"] else found["problem"]["message"])
    return Exit.DONE if found["ok"] else Exit.FAILED


def _entries(client: Client, arguments: argparse.Namespace) -> dict[str, Any]:
    """As many as are wanted, page by page; an export has all of them."""
    wanted = arguments.limit if arguments.limit is not None else (None if arguments.csv else _PAGE)
    names = {
        "profile": arguments.profile,
        "program": arguments.program,
        "outcome": arguments.outcome,
    }
    query = {name: value for name, value in names.items() if value}
    entries: list[dict[str, Any]] = []
    while True:
        left = _PAGE if wanted is None else min(_PAGE, wanted - len(entries))
        offset = str(arguments.offset + len(entries))
        page = client.get("/v1.0/activity", offset=offset, limit=str(left), **query)
        entries += page["activity"]
        full = wanted is not None and len(entries) >= wanted
        if full or len(page["activity"]) < max(left, 1):
            return {"activity": entries, "total": page["total"]}


def _entry_row(entry: dict[str, Any]) -> tuple[object, ...]:
    program = entry["program"] or {}
    account = entry["account"] or entry["profile_id"]
    name = program.get("path") or program.get("name") or "you"
    return entry["at"], entry["outcome"], name, account, " ".join(entry["scopes"]) or "-"


def _write_csv(entries: list[dict[str, Any]]) -> int:
    """One line an entry, with a heading, as RFC 4180 has it."""
    writer = csv.DictWriter(sys.stdout, _COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for entry in entries:
        program = entry["program"] or {}
        more = {
            "program": program.get("name"),
            "path": program.get("path"),
            "pid": program.get("pid"),
        }
        row = entry | more | {"scopes": " ".join(entry["scopes"])}
        writer.writerow({name: _harmless(row.get(name)) for name in _COLUMNS})
    return Exit.DONE


def _harmless(value: object) -> object:
    """A spreadsheet runs what begins like a formula, and a program chooses its own name."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
