"""What a running Coatcheck takes to answer programs and the window."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

from build_scripts.bench.account import as_program, borrowed_account
from build_scripts.bench.children import MAIN, Requests, coatcheck, data_options, plain_server, run
from build_scripts.bench.rounds import Measure, Ratio, compare, timed
from build_scripts.bench.starting import bare_interpreter

_TIMES = 20


def answers(folder: Path, rounds: int) -> list[Ratio]:
    """Compare answers over a kept connection with a plain server's, and ``token`` with Python."""
    runtime = folder / "data" / "runtime.json"
    with plain_server(folder) as plain, coatcheck(folder) as child:
        profile_id, session = asyncio.run(borrowed_account(child.said["url"], runtime))
        found = json.loads(runtime.read_text("utf-8"))
        with (
            closing(Requests(plain.said["port"])) as yardstick,
            closing(as_program(found)) as program,
            closing(Requests(found["port"], session)) as person,
        ):
            things = _things(program, person, profile_id)
            over_http = compare(_answer(yardstick, "GET", "/"), things, rounds=rounds)
        return over_http + _commands(folder, profile_id, rounds)


def _things(program: Requests, person: Requests, profile_id: str) -> dict[str, Measure]:
    token = f"/v1.0/profiles/{profile_id}/token"
    return {
        "GET /v1.0/health": _answer(program, "GET", "/v1.0/health"),
        "POST …/token, allowed and fresh": _answer(program, "POST", token, {}),
        "the page with all accounts": _answer(person, "GET", "/"),
        "the page of one account": _answer(person, "GET", f"/user/{profile_id}"),
    }


def _answer(requests: Requests, method: str, path: str, body: object = None) -> Measure:
    return timed(lambda: requests.send(method, path, body), _TIMES)


def _commands(folder: Path, profile_id: str, rounds: int) -> list[Ratio]:
    token = [*MAIN, *data_options(folder), "token", profile_id]
    things = {"main.py token, allowed and fresh": timed(lambda: run(token))}
    return compare(bare_interpreter(), things, rounds=rounds)
