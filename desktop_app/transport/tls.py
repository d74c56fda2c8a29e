"""TLS contexts that trust what the operating system trusts."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

from desktop_app.services.errors import ProviderUnreachableError

# Where Linux systems keep their trust store; truststore reads them in the same places.
_BUNDLES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)


class TlsContexts:
    """Makes one context for each further authority, and keeps it while its file is unchanged."""

    def __init__(self) -> None:
        self._contexts: dict[tuple[str, int] | None, ssl.SSLContext] = {}

    def get(self, ca_file: str | None = None) -> ssl.SSLContext:
        """Return a verifying context; *ca_file* is trusted besides the system's authorities.

        Reads files: call it in an executor.

        Raises:
            ProviderUnreachableError: If *ca_file* can't be read or holds no certificate.
        """
        try:
            key = (ca_file, Path(ca_file).stat().st_mtime_ns) if ca_file else None
            if key not in self._contexts:
                self._contexts[key] = _make(ca_file)
        except (OSError, ssl.SSLError, ValueError) as error:
            reason = "the file of its certificate authority can't be read"
            raise ProviderUnreachableError(reason, untouched=True) from error
        return self._contexts[key]


def _make(ca_file: str | None) -> ssl.SSLContext:
    import truststore  # takes long, and is needed only for https

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION
    if not _system_has_store():
        _trust_shipped(context)
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def _system_has_store() -> bool:
    """Only a Linux without ``ca-certificates`` has none; Windows and macOS always do."""
    if not sys.platform.startswith("linux"):
        return True
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath or paths.openssl_capath)
    files = [Path(name) for name in (paths.cafile, *_BUNDLES) if name]
    return any(folder.glob("*.0")) or any(file.is_file() for file in files)


def _trust_shipped(context: ssl.SSLContext) -> None:
    """Without this a bare machine could not reach anybody."""
    import certifi

    context.load_verify_locations(cafile=certifi.where())
