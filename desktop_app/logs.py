"""Logging that never holds a secret: what looks like one is taken out on the way."""

from __future__ import annotations

import logging
import re
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SECRET_NAMES = (
    "access_token|refresh_token|id_token|id_token_hint|token|code|state|nonce|code_verifier"
    "|device_code|user_code|client_secret|initial_access_token|registration_access_token|client_assertion|request_uri|password|passphrase"
    "|api_key|ticket|oauth_token|oauth_token_secret|oauth_verifier|oauth_signature|assertion"
)
_PATTERNS = (
    # name=value in a query, a form or a log line, and "name": "value" in JSON.
    re.compile(rf"(?i)\b((?:{_SECRET_NAMES})=)[^&\s'\"]+"),
    re.compile(rf"(?i)([\"'](?:{_SECRET_NAMES})[\"']\s*:\s*[\"'])[^\"']*"),
    re.compile(r"(?i)\b((?:bearer|basic|dpop|digest)\s+)[A-Za-z0-9._~+/=-]{6,}"),
    # A JSON Web Token wherever it stands.
    re.compile(r"()\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4}"),
)


def redact(text: str) -> str:
    """Return *text* with every value that may be a secret replaced by ``[hidden]``."""
    for pattern in _PATTERNS:
        text = pattern.sub(r"\1[hidden]", text)
    return text


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, then takes the secrets out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for *record*, safe to keep."""
        return redact(super().format(record))


class _LogFile(RotatingFileHandler):
    """A log that can't be written (a full disk) is no reason to fail, or to fill the terminal."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Let *record* go."""


def set_up_logs(level: str, file: Path | None = None) -> None:
    """Log to standard error and, if given, to *file* (0600 by our umask, 1 MB, one old one)."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if file is not None:
        handlers.append(
            _LogFile(file, maxBytes=1_000_000, backupCount=1, delay=True, encoding="utf-8"),
        )
    formatter = RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    root = logging.getLogger()
    root.setLevel(level)
    # Its debug lines hold tokens, signatures and base strings, in words that no pattern knows.
    logging.getLogger("oauthlib").setLevel(max(root.level, logging.WARNING))
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
