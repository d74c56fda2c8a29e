"""No secret reaches a log, whoever wrote the line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from oauthlib import oauth1, oauth2

from desktop_app.logs import redact, set_up_logs

SECRET = "aSecretValue-0123456789"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /callback?code={SECRET}&state={SECRET}x",
        f"http://127.0.0.1:8/?ticket={SECRET}",
        f"POST body grant_type=refresh_token&refresh_token={SECRET}",
        f"{{'access_token': '{SECRET}', 'token_type': 'Bearer'}}",
        f'{{"id_token":"{SECRET}"}}',
        f"Authorization: Bearer {SECRET}",
        f"authorization: basic {SECRET}",
        f"passphrase={SECRET}",
        f'{{"initial_access_token": "{SECRET}", "registration_access_token": "{SECRET}"}}',
        f"code_verifier={SECRET} and oauth_token_secret={SECRET}",
        "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    ],
)
def test_secrets_are_taken_out(line: str) -> None:
    assert SECRET not in redact(line)
    assert "eyJ" not in redact(line)


def test_ordinary_words_stay() -> None:
    line = "GET /v1.0/profiles 200 in 3 ms, state of the vault: unlocked"
    assert redact(line) == line


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    logging.getLogger("oauthlib").setLevel(logging.NOTSET)
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING", "ERROR"])
def test_no_level_makes_oauthlib_talk(
    level: str, root_logger: logging.Logger, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Its debug lines hold whole tokens, in words that no pattern knows."""
    set_up_logs(level, tmp_path / "x.log")
    client = oauth2.WebApplicationClient("c")
    client.prepare_request_uri("https://a.example/authorize", state=SECRET)
    signer = oauth1.Client("key", client_secret=SECRET, resource_owner_secret=SECRET)
    signer.sign("https://a.example/photos")
    logging.getLogger("oauthlib.oauth1.rfc5849").debug("Signature: %s", SECRET)
    logging.getLogger("oauthlib").debug("Fetched %s", SECRET)
    assert SECRET not in capsys.readouterr().err
    assert not (tmp_path / "x.log").exists()


def test_a_secret_in_a_traceback_does_not_reach_the_file(
    tmp_path: Path, root_logger: logging.Logger
) -> None:
    set_up_logs("INFO", tmp_path / "x.log")
    try:
        int(f"access_token={SECRET}")
    except ValueError:
        logging.getLogger("desktop_app.test").exception("failed at code=%s", SECRET)
    written = (tmp_path / "x.log").read_text("utf-8")
    assert "failed at" in written
    assert SECRET not in written
