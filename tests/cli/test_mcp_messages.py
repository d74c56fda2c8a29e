"""How a failure is told to an assistant, whose person reads it."""

from __future__ import annotations

import errno
import os
import ssl

import pytest

from desktop_app.cli.mcp_connection import ProxyPasswordError
from desktop_app.cli.mcp_messages import reason


def _untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] (_ssl.c:1006)")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED)),
            "can't be reached: Connection refused. Check",
        ),
        (_untrusted(), "can't be reached: self-signed certificate. Check"),
        (TimeoutError("timed out"), "did not answer in time"),
        (TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)), "did not answer in time"),
    ],
)
def test_a_server_that_is_not_there_is_told_in_a_sentence(error: OSError, said: str) -> None:
    assert said in reason(error)
    assert "[" not in reason(error)


def test_words_of_our_own_stay() -> None:
    assert reason(ProxyPasswordError("http://proxy")).endswith("where the assistant is started")
