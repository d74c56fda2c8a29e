"""What a server for programs says of itself, wherever it says it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from desktop_app.errors import AppError
from desktop_app.oauth.challenges import challenge
from desktop_app.oauth.flow_errors import ResourceError, ResourceMetadataError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.json_body import MalformedBodyError, parse_json_object
from desktop_app.oauth.protected_resource import (
    ResourceMetadata,
    named_metadata_url,
    parse_resource_metadata,
    resource_metadata_request,
    resource_metadata_url,
)
from desktop_app.oauth.resource_indicators import check_resource
from desktop_app.providers.origins import origin_of
from desktop_app.services.exchange import ask
from desktop_app.services.ports import HttpClient

_OK, _CLIENT_ERRORS = 200, range(400, 500)


def refusal(header: str) -> HttpResponse:
    """Return the 401 or 403 whose ``WWW-Authenticate`` was *header*."""
    return HttpResponse(status=401, headers={"www-authenticate": header} if header else {})


def wanted_scopes(refused: HttpResponse) -> tuple[str, ...]:
    """Return the scopes without which *refused* would be refused again, if it says so.

    Source: RFC 6750 section 3; MCP 2025-11-25, "Scope Selection Strategy".
    """
    said = (challenge(refused, "Bearer") or challenge(refused, "DPoP") or {}).get("scope", "")
    return tuple(dict.fromkeys(said.split()))


async def described(
    http: HttpClient, url: str, refused: HttpResponse, *, ca_file: str | None = None
) -> ResourceMetadata | None:
    """Return what the server at *url* says of itself, or None where it says nothing at all.

    Args:
        http: Asks it.
        url: What was asked for in vain.
        refused: Its answer to that, which may name the place of its description.
        ca_file: A further authority that is trusted for it.

    Raises:
        ResourceMetadataError: If its description can't be used or is another address's.
        EndpointError: If it names a place that nothing may be fetched from.
        ProviderUnreachableError: If it does not answer.

    Source: RFC 9728 sections 3 and 5.
    """
    named = named_metadata_url(refused, url=url)
    failures: list[AppError] = []
    for place in [named] if named else _usual_places(url):
        try:
            answer = await ask(http, resource_metadata_request(place, ca_file=ca_file))
            # What it names itself has to be there.
            if named or not _is_nothing(answer):
                return parse_resource_metadata(answer, resource=_named(answer, url))
        except AppError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    return None


def _usual_places(url: str) -> Sequence[str]:
    """With the path first, then without: servers do either."""
    whole, root = resource_metadata_url(url), resource_metadata_url(origin_of(url))
    return [whole] if whole == root else [whole, root]


def _is_nothing(answer: HttpResponse) -> bool:
    """A server without a description says 404, or shows one page for every address."""
    page = answer.headers.get("content-type", "").lower().startswith("text/html")
    return answer.status in _CLIENT_ERRORS or (answer.status == _OK and page)


def _named(answer: HttpResponse, url: str) -> str:
    """Return how the description calls its resource, if that is *url* or what *url* lies in.

    A server that described another's address would get that other's tokens.

    Raises:
        ResourceMetadataError: It is another address.
    """
    try:
        name = parse_json_object(answer.body).get("resource") if answer.status == _OK else url
    except MalformedBodyError:
        return url
    if not isinstance(name, str) or not _lies_in(url, name):
        raise ResourceMetadataError("it describes another address")
    return name


def _lies_in(url: str, resource: str) -> bool:
    try:
        check_resource(resource)
    except ResourceError:
        return False
    inner, outer = urlsplit(url), urlsplit(resource)
    if origin_of(url) != origin_of(resource) or (outer.query and outer.query != inner.query):
        return False
    folder = outer.path.rstrip("/") + "/"
    return (inner.path.rstrip("/") + "/").startswith(folder)
