"""A person who answers every question in the same way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.program import Program

_PAUSE = 0.05


@contextmanager
def answering(program: Program, decision: str) -> Iterator[list[str]]:
    """Answer every question with *decision*; the list has the names of the programs asked about."""
    asked: list[str] = []
    ended = threading.Event()

    def answer_all() -> None:
        while not ended.wait(_PAUSE):
            for each in program.as_person("GET", "/v1.0/approvals").json["approvals"]:
                path = f"/v1.0/approvals/{each['id']}"
                if program.as_person("POST", path, {"decision": decision}).status == 200:
                    asked.append(each["program"]["name"])

    thread = threading.Thread(target=answer_all)
    thread.start()
    try:
        yield asked
    finally:
        ended.set()
        thread.join()
