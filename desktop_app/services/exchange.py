"""One question to a provider and its answer, with outages told apart from answers."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from desktop_app.errors import Reason
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.retry_after import retry_after
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.ports import HttpClient

_SERVER_ERROR: Final = 500
_TOO_MANY_REQUESTS: Final = 429
_NOT_IMPLEMENTED: Final = 501
_UNAVAILABLE: Final = 503


async def ask(http: HttpClient, request: HttpRequest) -> HttpResponse:
    """Send *request* and return the answer, if the provider is really there to give one.

    Raises:
        ProviderUnreachableError: If nothing answers, or only an outage or overload does.
        ResponseTooLargeError: If the answer is too long.
    """
    return answered(request, await http.fetch(request))


def answered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return *response*, if the provider was really there to give it.

    Raises:
        ProviderUnreachableError: If it only tells of an outage or overload.
    """
    host = urlsplit(request.url).hostname or "The provider"
    wait = retry_after(response.headers)
    if response.status >= _SERVER_ERROR:
        reason = Reason("it answers with error {status}", status=response.status)
        # A gateway gives up (502, 504) and a server fails (500) when much may have been done.
        untouched = response.status in {_NOT_IMPLEMENTED, _UNAVAILABLE}
        raise ProviderUnreachableError(reason, host=host, retry_after=wait, untouched=untouched)
    if response.status == _TOO_MANY_REQUESTS:
        reason = Reason("it asks to wait a while")
        raise ProviderUnreachableError(reason, host=host, retry_after=wait, untouched=True)
    return response
