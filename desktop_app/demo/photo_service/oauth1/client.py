"""Coatcheck as the photo service's older way knows it: the client credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from desktop_app.demo.photo_service.grants import new_secret
from desktop_app.demo.ports import RandomBytes

_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """What the one client signs with: a secret for HMAC and PLAINTEXT, a key for RSA.

    Attributes:
        private_key: PEM, like the public one. A real server would never see it; this one is on
            the same machine, and hands it to Coatcheck.

    Source: RFC 5849 section 1.1 (client credentials), section 3.4.3.
    """

    secret: str = field(repr=False)
    private_key: str = field(repr=False)
    public_key: str

    @classmethod
    def make(cls, random: RandomBytes) -> ClientCredentials:
        """Return new ones; it takes a moment, so do it in a thread."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(
            secret=new_secret(random),
            private_key=private.decode("ascii"),
            public_key=public.decode("ascii"),
        )

    @classmethod
    def load(cls, document: Mapping[str, str]) -> ClientCredentials:
        """Read credentials as :meth:`dump` wrote them."""
        return cls(**document)

    def dump(self) -> dict[str, str]:
        """Return what the sealed store keeps."""
        return asdict(self)
