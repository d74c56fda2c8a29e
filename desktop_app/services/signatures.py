"""Signing requests for who may have them signed; the secrets stay here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from desktop_app.errors import InvalidRequestError
from desktop_app.providers.origins import origin_of
from desktop_app.services.accounts import Grant
from desktop_app.services.errors import NotSupportedError
from desktop_app.services.oauth1_grants import Signer

_METHOD: Final = re.compile(r"[A-Za-z]{1,32}")


def signature(
    signer: Signer,
    grant: Grant,
    token_hosts: Sequence[str],
    *,
    method: str,
    url: str,
    parameters: Mapping[str, str],
) -> str:
    """Return the ``Authorization`` header for one request with *grant*.

    Args:
        signer: Signs.
        grant: Whose secrets sign.
        token_hosts: Origins that the request may go to; if there are none, those that the
            grant itself is bound to.
        method: Of the request.
        url: Of the request, with its query.
        parameters: The fields of its form-encoded body.

    Raises:
        NotSupportedError: If the account's requests carry a token instead.
        InvalidRequestError: If the method is none, or the address is not one of those.
        EndpointError: If *url* is no address, or not encrypted although PLAINTEXT is used.
        SigningError: If the request can't be signed.
    """
    if grant.signature_method is None:
        raise NotSupportedError(what="this account uses tokens, so ask for a token")
    if not _METHOD.fullmatch(method):
        raise InvalidRequestError("the method is not one", field="method")
    if _origin(url) not in (tuple(token_hosts) or _own_origins(grant)):
        raise InvalidRequestError(
            "the access to this account may not go to that address", field="url"
        )
    return signer.header(grant, method.upper(), url, parameters)


def _origin(url: str) -> str:
    try:
        return origin_of(url)
    except ValueError as error:
        raise InvalidRequestError("that is no address", field="url") from error


def _own_origins(grant: Grant) -> tuple[str, ...]:
    """Without a list of the person's: where Coatcheck itself goes with the grant."""
    return tuple(origin_of(url) for url in (grant.token_endpoint, grant.userinfo_endpoint) if url)
