"""What gets installed is pinned, whole and from nowhere in particular."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "build_scripts" / "requirements"
SETS = ["bootstrap", "runtime", "dev"]


def pins(name: str) -> dict[str, str]:
    """Every requirement of a set with all that stands behind its name."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {re.split(r"[=\[ ]", line)[0].lower(): line for line in lines}


def wished(name: str) -> set[str]:
    """What the set's own file of wishes names."""
    lines = (FOLDER / f"{name}.in").read_text("utf-8").splitlines()
    names = [re.split(r"[\[; ]", line)[0] for line in lines if line and line[0] not in "#-"]
    return {name.lower().replace("_", "-") for name in names}


@pytest.mark.parametrize("name", SETS)
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    for line in pins(name).values():
        assert re.match(r"[\w.-]+(\[\w+\])?==[\w.]+ ", line), line
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", line), line


@pytest.mark.parametrize("name", SETS)
def test_no_requirement_names_a_place(name: str) -> None:
    """Where packages come from is the machine's affair."""
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host", text)


@pytest.mark.parametrize("name", SETS)
def test_every_wish_is_pinned(name: str) -> None:
    assert wished(name) <= {pinned.replace("_", "-") for pinned in pins(name)}


def test_developers_have_what_persons_have() -> None:
    def version(line: str) -> str:
        return line.partition(" ")[0]

    runtime, dev = pins("runtime"), pins("dev")
    assert {name: version(dev[name]) for name in runtime} == {
        name: version(line) for name, line in runtime.items()
    }
