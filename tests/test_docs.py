"""What the documentation names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROTOCOLS = ROOT / "docs" / "protocols.md"
_FILE = re.compile(r"`([\w/.-]+\.(?:py|md|mjs))`")
_RFC = re.compile(r"RFC (\d{4})")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
_PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def named_files() -> list[str]:
    """Every file that the table of protocols names, once."""
    return sorted(set(_FILE.findall(PROTOCOLS.read_text("utf-8"))))


@pytest.mark.parametrize("name", named_files())
def test_a_module_or_test_that_the_protocols_name_is_there(name: str) -> None:
    folder = ROOT if name.startswith("tests/") else ROOT / "desktop_app"
    assert (folder / name).is_file()


def test_every_specification_of_the_protocol_core_has_its_row() -> None:
    modules = (ROOT / "desktop_app" / "oauth").glob("*.py")
    said = "\n".join(path.read_text("utf-8") for path in modules)
    sources = re.findall(r"Source: (.*?)\n *(?:\n|\"\"\")", said, re.DOTALL)
    spoken = {number for source in sources for number in _RFC.findall(source)}
    assert spoken
    assert spoken <= set(_RFC.findall(PROTOCOLS.read_text("utf-8")))


def test_every_row_names_modules_and_proof() -> None:
    rows = [line for line in PROTOCOLS.read_text("utf-8").splitlines() if line.startswith("| [")]
    assert len(rows) > 30
    for row in rows:
        *_, modules, proof, _ = row.split("|")
        assert _FILE.findall(modules), row
        assert all(each.startswith("tests/") for each in _FILE.findall(proof)), row
        assert _FILE.findall(proof), row


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: page.name)
def test_a_link_leads_to_a_page_that_is_there(page: Path) -> None:
    for target in _LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), target
