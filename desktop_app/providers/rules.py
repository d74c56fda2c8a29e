"""What a preset says about a provider's own ways, as data: calls, answers, abilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from desktop_app.oauth.client_metadata import RegistrationShape

Known = Literal["yes", "no", "unknown"]
Pkce = Literal["required", "yes", "no", "unknown"]
CallMethod = Literal["GET", "POST", "DELETE"]
CallAuthorization = Literal["token", "oauth", "basic", "none"]
CallSignature = Literal["", "odnoklassniki"]
AskKind = Literal["host", "word"]
RegistrationBody = Literal["json", "form"]
RegistrationCheck = Literal["", "client_credentials"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as a template; ``{access_token}``, ``{client_id}`` and the like are filled.

    Attributes:
        url: "" where the endpoint is told elsewhere.
        authorization: ``token`` is the token under its own type, ``oauth`` Yandex's older
            spelling, ``basic`` the client's identifier and secret.
        signed: A signature that no template can say; its name is that of the code that makes it.
    """

    method: CallMethod = "GET"
    url: str = ""
    authorization: CallAuthorization = "token"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    json: Mapping[str, str] = field(default_factory=dict)
    signed: CallSignature = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A call that has to come first: what it answers at *at* is called *name* from then on."""

    name: str
    url: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserinfoRules:
    """How the account's details are asked for.

    Attributes:
        in_token_answer: The token response already names the account; nothing is asked.
    """

    call: Call = Call()
    lookups: tuple[Lookup, ...] = ()
    in_token_answer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationRules:
    """A provider's own way to take a grant back, where RFC 7009 is not spoken.

    Attributes:
        ends: What is gone once it is confirmed.
        statuses: Answers that confirm it.
        proof: Where in the answer the confirmation is, "" where the status says it all.
        proof_is: What must stand there; ``{access_token}`` and the like are filled.
    """

    call: Call
    ends: tuple[str, ...] = ("access_token", "refresh_token")
    statuses: tuple[int, ...] = (200, 204)
    proof: str = ""
    proof_is: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supports:
    """What is known about the protections that a provider offers, before it is asked."""

    pkce: Pkce = "unknown"
    par: Known = "unknown"
    dpop: Known = "unknown"
    iss: Known = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Something that the person knows and the entry needs, such as a server's name.

    Attributes:
        name: Its place in the preset is ``{name}``.
        kind: A ``host`` makes the preset a template: every host is an entry of its own.
        label: What the field is called; like ``hint`` a gettext msgid.
    """

    name: str
    label: str
    kind: AskKind = "word"
    hint: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtprotoRules:
    """Where AT Protocol's accounts are looked up; each account has a server of its own.

    Attributes:
        handles: A name's own host; ``{handle}`` is filled.
        resolver: A service that knows names which are only in the DNS.
        directory: Who knows ``did:plc``.
        web: Where a ``did:web`` lies; ``{host}`` is filled.
        profiles: A service that knows accounts' names and pictures; "" for none.
        entryway: The server to sign in at while nobody has told a name.
    """

    handles: str = "https://{handle}/.well-known/atproto-did"
    resolver: str
    directory: str
    web: str = "https://{host}/.well-known/did.json"
    profiles: str = ""
    entryway: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRules:
    """How Coatcheck registers itself where that differs from RFC 7591.

    Attributes:
        body: How the request is written; in a form, lists are joined by ``separator``.
        names: Standard names, each with the provider's own; without any, all are sent as they
            are, otherwise what is not named here is not sent.
        check: How to see that the client is still there, where RFC 7592 is not spoken:
            ``client_credentials`` asks for a token of the client's own.
        any_port: A client that is registered here may use other ports than ``redirect`` says,
            which is for those that are entered by hand.
    """

    body: RegistrationBody = "json"
    names: Mapping[str, str] = field(default_factory=dict)
    separator: str = " "
    check: RegistrationCheck = ""
    any_port: bool = False

    @property
    def shape(self) -> RegistrationShape:
        """How the request is written."""
        return RegistrationShape(body=self.body, names=self.names or None, separator=self.separator)
