"""The providers."""

from __future__ import annotations

from desktop_app.providers.draft_document import DraftDocument
from desktop_app.v1_0.operation import NOTHING, Operation
from desktop_app.v1_0.schemas import providers as pr
from desktop_app.v1_0.schemas.protected_resources import ResourceBody, ResourceWish
from desktop_app.v1_0.schemas.ways import WayBody, WayWish

PROVIDERS = (
    Operation("providers", "get", "/providers", "All providers", pr.ProviderList),
    Operation(
        "providers",
        "post",
        "/providers",
        "Add one by its issuer or its endpoints",
        pr.ProviderBody,
        status=201,
        takes=DraftDocument,
        errors=(404, 409, 502, 507),
    ),
    Operation("provider", "get", "/providers/{id}", "One provider", pr.ProviderBody, errors=(404,)),
    Operation(
        "provider",
        "put",
        "/providers/{id}",
        "Change a provider",
        pr.ProviderBody,
        takes=DraftDocument,
        errors=(404, 409, 502, 507),
        person=True,
    ),
    Operation(
        "provider",
        "delete",
        "/providers/{id}",
        "Delete a provider",
        NOTHING,
        status=204,
        errors=(404, 409, 507),
        person=True,
    ),
    Operation(
        "registration",
        "post",
        "/providers/{id}/registration",
        "Register anew where Coatcheck registers itself",
        pr.ProviderBody,
        status=201,
        takes=pr.RegistrationWish,
        errors=(404, 502, 507),
        person=True,
    ),
    Operation(
        "protected-resources",
        "post",
        "/protected-resources",
        "Which provider a server trusts, and the accounts that have access to it",
        ResourceBody,
        takes=ResourceWish,
        errors=(409, 502, 507),
    ),
    Operation(
        "ways",
        "post",
        "/ways",
        "How to get to a server: the proxy, and a further authority",
        WayBody,
        takes=WayWish,
    ),
)
