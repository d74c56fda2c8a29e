"""What commands print: nothing that a terminal would act on, whoever chose it."""

from __future__ import annotations

import argparse
import json

import pytest

from desktop_app.cli.accounts import account_name
from desktop_app.cli.output import fail, show, table

# A title set by ESC, another by the one-byte CSI, reading turned around, and half a pair.
HOSTILE = "a\x1b]0;owned\x07b\x9b2Jc\u202ed\r\ne\ud800f"


def test_a_row_stays_one_row_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    table([("first", HOSTILE), ("second", "Ёлкин"), ("third", "日本")])
    rows = capsys.readouterr().out.split("\n")
    assert rows[1:] == ["second\tЁлкин", "third\t日本", ""]
    assert rows[0].startswith("first\ta")
    assert all(sign.isprintable() for sign in rows[0].replace("\t", ""))


def test_json_is_the_same_value_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    show({"name": HOSTILE, "also": "Ёлкин 🙂"})
    line = capsys.readouterr().out
    assert json.loads(line) == {"name": HOSTILE, "also": "Ёлкин 🙂"}
    assert line[:-1].isprintable()
    assert "Ёлкин 🙂" in line


def test_an_error_keeps_its_lines_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    fail(argparse.Namespace(json=False), "oauth_error", "It said:\n\x1b[2J no")
    assert capsys.readouterr().err == "coatcheck: It said:\n\N{REPLACEMENT CHARACTER}[2J no\n"


def test_an_account_s_name_does_nothing() -> None:
    names = {"label": "", "email": None, "username": None, "name": None}
    shown = account_name({**names, "subject": HOSTILE, "provider": "evil"})
    assert shown.isprintable()
    assert shown.endswith(" at evil")
