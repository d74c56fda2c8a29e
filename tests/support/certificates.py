"""Certificate authorities and servers' certificates, made for one test."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A certificate authority whose certificate lies at ``file``."""

    file: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def server_context(
        self, *, name: str = "127.0.0.1", expired: bool = False, folder: Path
    ) -> ssl.SSLContext:
        """Return a server's context with a certificate for *name*."""
        now = datetime.datetime.now(datetime.UTC)
        until = now - _DAY if expired else now + _DAY
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, self.certificate.subject, key, until)
            .add_extension(x509.SubjectAlternativeName([_general_name(name)]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = folder / f"server-{certificate.serial_number}.pem"
        path.write_bytes(_pem(certificate) + _key_pem(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


def make_authority(folder: Path, name: str = "Test authority") -> Authority:
    """Make an authority that nobody trusts yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    until = datetime.datetime.now(datetime.UTC) + _DAY
    certificate = (
        _builder(name, subject, key, until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"authority-{certificate.serial_number}.pem"
    path.write_bytes(_pem(certificate))
    return Authority(path, certificate, key)


def _builder(
    name: str, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(until - 2 * _DAY)
        .not_valid_after(until)
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
