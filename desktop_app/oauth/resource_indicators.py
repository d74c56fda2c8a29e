"""Resource indicators: saying which server an access is meant for, so that no other takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.oauth.errors import EndpointError
from desktop_app.oauth.flow_errors import ResourceError
from desktop_app.oauth.form import FormValue

_MAX_RESOURCES = 20


def check_resource(uri: str) -> str:
    """Return *uri* if it can name a protected resource: absolute, without a fragment.

    Only web addresses are taken, because a token is sent there.

    Raises:
        ResourceError: If it can't; its reason says why.

    Source: RFC 8707 section 2.
    """
    try:
        return check_endpoint(uri, name="resource")
    except EndpointError as error:
        raise ResourceError(str(error.fields["reason"])) from error


def resource_list(resources: Sequence[str]) -> tuple[str, ...]:
    """Return *resources* once each.

    Raises:
        ResourceError: If one of *resources* can't name a protected resource, or there are too many.

    Source: RFC 8707 section 2.
    """
    unique = tuple(dict.fromkeys(resources))
    if len(unique) > _MAX_RESOURCES:
        raise ResourceError("there are too many")
    return tuple(check_resource(uri) for uri in unique)


def resource_fields(resources: Sequence[str]) -> Mapping[str, FormValue]:
    """Return the ``extra`` fields for a token, refresh, device or exchange request.

    Raises:
        ResourceError: As ``resource_list`` does.

    Source: RFC 8707 section 2.2.
    """
    checked = resource_list(resources)
    return {"resource": checked} if checked else {}
