"""The mix-up where nothing else tells: an answer whose issuer is another provider's."""

from __future__ import annotations

from collections.abc import Iterable

from desktop_app.oauth.errors import IssuerMismatchError
from desktop_app.providers.model import Provider
from desktop_app.providers.origins import origin_of
from desktop_app.services.sign_ins.begun_authorization import AcceptedCode, BegunAuthorization


def check_no_mix_up(answer: AcceptedCode, known: Iterable[Provider]) -> None:
    """Return unless *answer* says that another of the *known* providers gave it.

    An entry without an issuer can't hold the one in an answer against its own, and some providers
    send one that they publish nowhere. So only one from where another entry is counts: this
    entry's provider passed the person on to that one, and would get the code now.

    Raises:
        IssuerMismatchError: If it is another's.

    Source: RFC 9207 section 2.4, RFC 9700 section 4.4.
    """
    said = _origin(answer.response.iss)
    if answer.begun.pending.iss_known or said is None or said in _own(answer.begun):
        return
    if any(said in (_origin(each.issuer), _origin(each.authorization_endpoint)) for each in known):
        raise IssuerMismatchError("the answer names another provider")


def _own(begun: BegunAuthorization) -> set[str | None]:
    metadata = begun.metadata
    return {_origin(metadata.authorization_endpoint), _origin(metadata.token_endpoint)}


def _origin(url: str | None) -> str | None:
    try:
        # One machine under two names is one place.
        return origin_of(url).replace("//localhost", "//127.0.0.1") if url else None
    except ValueError:
        return None
