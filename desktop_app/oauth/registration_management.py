"""Reading, changing and deleting a registered client."""

from __future__ import annotations

import json
from dataclasses import replace

from desktop_app.errors import Reason
from desktop_app.oauth.client_metadata import ClientMetadata
from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import RegistrationError
from desktop_app.oauth.flow_errors import RegistrationGoneError
from desktop_app.oauth.http import HttpRequest, HttpResponse
from desktop_app.oauth.registration import Registration, parse_registration_response

_GONE = frozenset({401, 404, 410})
# Servers on Authlib answer 400 to a registration token that went with its client. With 403 the same
# words say that the client may not read its record (RFC 7592 section 2.1).
_BAD_REQUEST = 400
_UNKNOWN = frozenset({"access_denied", "invalid_client", "invalid_token"})
# What the provider alone says; sending it back is forbidden.
_PROVIDERS_OWN = frozenset(
    {
        "client_id_issued_at",
        "client_secret_expires_at",
        "registration_access_token",
        "registration_client_uri",
    }
)


def can_be_managed(registration: Registration) -> bool:
    """Tell whether the provider lets this client be read, changed and deleted."""
    return None not in (
        registration.registration_client_uri,
        registration.registration_access_token,
    )


def read_request(registration: Registration, *, ca_file: str | None = None) -> HttpRequest:
    """Return the request that reads the registration, and so tells whether it is still there.

    Raises:
        RegistrationError: If the provider doesn't offer it.
        EndpointError: If its address is not one to go to.

    Source: RFC 7592 section 2.1.
    """
    return _request(registration, "GET", None, ca_file)


def update_request(
    registration: Registration, metadata: ClientMetadata, *, ca_file: str | None = None
) -> HttpRequest:
    """Return the request that makes *metadata* what the client says of itself.

    What the provider has added stays, because leaving a member out asks for its deletion.

    Raises:
        RegistrationError: If the provider doesn't offer it.
        EndpointError: If its address is not one to go to.
        ScopeError: If a scope has a character that is not allowed.

    Source: RFC 7592 section 2.2.
    """
    kept = {
        name: value for name, value in registration.metadata.items() if name not in _PROVIDERS_OWN
    }
    members = {**kept, **metadata.document(), "client_id": registration.client_id}
    return _request(registration, "PUT", json.dumps(members).encode(), ca_file)


def delete_request(registration: Registration, *, ca_file: str | None = None) -> HttpRequest:
    """Return the request that deletes the client at the provider.

    Raises:
        RegistrationError: If the provider doesn't offer it.
        EndpointError: If its address is not one to go to.

    Source: RFC 7592 section 2.3.
    """
    return _request(registration, "DELETE", None, ca_file)


def parse_management_response(response: HttpResponse, registration: Registration) -> Registration:
    """Return what the provider has registered now; keep it instead of *registration* at once.

    The provider may give a new secret or registration token with every answer.

    Raises:
        RegistrationGoneError: If it no longer knows the client: register anew.
        RegistrationError: If it says no, or answers for another client.

    Source: RFC 7592 sections 2.1 and 3.
    """
    if response.status in _GONE:
        raise RegistrationGoneError(status=response.status)
    endpoint = registration.registration_client_uri or ""
    try:
        current = parse_registration_response(response, endpoint=endpoint)
    except RegistrationError as error:
        if response.status == _BAD_REQUEST and error.fields.get("error") in _UNKNOWN:
            raise RegistrationGoneError(status=response.status) from error
        raise
    if current.client_id != registration.client_id:
        raise RegistrationError("it answers for another client", status=response.status)
    return replace(
        current,
        client_secret=current.client_secret or registration.client_secret,
        registration_access_token=current.registration_access_token
        or registration.registration_access_token,
        registration_client_uri=current.registration_client_uri
        or registration.registration_client_uri,
    )


def parse_deletion_response(response: HttpResponse) -> None:
    """Return if the client is not registered any more.

    Raises:
        RegistrationError: If the provider did not delete it.

    Source: RFC 7592 section 2.3.
    """
    if response.status not in {200, 204, *_GONE}:
        raise RegistrationError(
            Reason("it answers with status {status}", status=response.status),
            status=response.status,
        )


def _request(
    registration: Registration, method: str, body: bytes | None, ca_file: str | None
) -> HttpRequest:
    url, token = registration.registration_client_uri, registration.registration_access_token
    if url is None or token is None:
        raise RegistrationError("it does not let registrations be changed")
    headers = {"Accept": "application/json", "Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return HttpRequest(
        method=method,
        url=check_endpoint(url, name="registration_client_uri"),
        headers=headers,
        body=body,
        ca_file=ca_file,
    )
