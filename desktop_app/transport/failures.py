"""Why no answer came, in words for the person."""

from __future__ import annotations

import socket
import ssl

from desktop_app.errors import Reason
from desktop_app.services.errors import ProviderUnreachableError

NO_HOST = Reason("no computer has this name, or the network is down")
REFUSED = Reason("it refuses the connection")
NO_ROUTE = Reason("there is no network, or no way to it")
TIMED_OUT = Reason("it took too long to answer")
LOST = Reason("it ended the connection before the answer was complete")
NOT_TLS = Reason("it does not speak TLS as it should")
EXPIRED = Reason("its certificate has expired, or this computer's clock is off")
WRONG_NAME = Reason("its certificate is for another name")
UNTRUSTED = Reason("its certificate is not from an authority that this computer trusts")
UNREADABLE = Reason("its answer can't be read")

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
