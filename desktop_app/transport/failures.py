"""Why no answer came, in words for the person."""

from __future__ import annotations

import socket
import ssl

from desktop_app.services.errors import ProviderUnreachableError

NO_HOST = "no computer has this name, or the network is down"
REFUSED = "it refuses the connection"
NO_ROUTE = "there is no network, or no way to it"
TIMED_OUT = "it took too long to answer"
LOST = "it ended the connection before the answer was complete"
NOT_TLS = "it does not speak TLS as it should"
EXPIRED = "its certificate has expired, or this computer's clock is off"
WRONG_NAME = "its certificate is for another name"
UNTRUSTED = "its certificate is not from an authority that this computer trusts"
UNREADABLE = "its answer can't be read"

REASONS = (
    NO_HOST,
    REFUSED,
    NO_ROUTE,
    TIMED_OUT,
    LOST,
    NOT_TLS,
    EXPIRED,
    WRONG_NAME,
    UNTRUSTED,
    UNREADABLE,
)
"""Every one of them, for the translators."""

# X509_V_ERR_… of OpenSSL's x509_vfy.h.
_NOT_YET_VALID, _HAS_EXPIRED = 9, 10
_HOSTNAME_MISMATCH, _IP_MISMATCH = 62, 64


def explain(error: BaseException, *, host: str) -> ProviderUnreachableError:
    """Return what *error* of a connection to *host* means to a person."""
    return ProviderUnreachableError(_reason(error), host=host)


def _reason(error: BaseException) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_reason(error)
    for kinds, reason in _BY_KIND:
        if isinstance(error, kinds):
            return reason
    return LOST


def _certificate_reason(error: ssl.SSLCertVerificationError) -> str:
    code = getattr(error, "verify_code", None)
    if code in {_NOT_YET_VALID, _HAS_EXPIRED}:
        return EXPIRED
    if code in {_HOSTNAME_MISMATCH, _IP_MISMATCH}:
        return WRONG_NAME
    return UNTRUSTED


# In this order: most of them are an OSError as well.
_BY_KIND: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (ssl.SSLError, NOT_TLS),
    (TimeoutError, TIMED_OUT),
    ((socket.gaierror, UnicodeError), NO_HOST),
    (ConnectionRefusedError, REFUSED),
    (ConnectionError, LOST),
    (OSError, NO_ROUTE),
)
