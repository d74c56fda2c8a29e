from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.oauth.errors import EndpointError, OAuthError
from desktop_app.oauth.flow_errors import ResourceError, ResourceMetadataError
from desktop_app.oauth.http import HttpResponse
from desktop_app.oauth.protected_resource import (
    ResourceMetadata,
    named_metadata_url,
    parse_resource_metadata,
    resource_metadata_request,
    resource_metadata_url,
)
from tests.support.answers import body_answer, json_answer

RESOURCE = "https://resource.example.com"
# RFC 9728 section 3.2.
RFC_ANSWER = {
    "resource": RESOURCE,
    "authorization_servers": ["https://as1.example.com", "https://as2.example.net"],
    "bearer_methods_supported": ["header", "body"],
    "scopes_supported": ["profile", "email", "phone"],
    "resource_documentation": "https://resource.example.com/resource_documentation.html",
}


def read(resource: str = RESOURCE, **changes: Any) -> ResourceMetadata:
    return parse_resource_metadata(json_answer({**RFC_ANSWER, **changes}), resource=resource)


@pytest.mark.parametrize(
    ("resource", "url"),
    [
        (RESOURCE, f"{RESOURCE}/.well-known/oauth-protected-resource"),
        (f"{RESOURCE}/", f"{RESOURCE}/.well-known/oauth-protected-resource"),
        (f"{RESOURCE}/resource1", f"{RESOURCE}/.well-known/oauth-protected-resource/resource1"),
        (f"{RESOURCE}/a?k=v", f"{RESOURCE}/.well-known/oauth-protected-resource/a?k=v"),
        ("http://[::1]:8000/m", "http://[::1]:8000/.well-known/oauth-protected-resource/m"),
    ],
)
def test_the_well_known_part_is_put_between_host_and_path(resource: str, url: str) -> None:
    """RFC 9728 section 3.1."""
    assert resource_metadata_url(resource) == url
    assert resource_metadata_request(url).url == url


def test_the_description_is_read_as_the_rfc_shows() -> None:
    """RFC 9728 section 3.2."""
    found = read()
    assert found.authorization_servers == ("https://as1.example.com", "https://as2.example.net")
    assert found.scopes_supported == ("profile", "email", "phone")
    assert found.bearer_methods_supported == ("header", "body")
    assert not found.dpop_bound_access_tokens_required
    assert read(dpop_bound_access_tokens_required=True).dpop_bound_access_tokens_required


def test_its_name_is_cleaned_for_people() -> None:
    assert read(resource_name="My\u202e \n Photos").name == "My Photos"
    assert read(resource_name=7).name is None


@pytest.mark.parametrize("named", [None, RESOURCE + "/", "https://evil.example", [RESOURCE]])
def test_another_resources_description_is_refused(named: object) -> None:
    """RFC 9728 section 3.3."""
    with pytest.raises(ResourceMetadataError):
        parse_resource_metadata(json_answer({**RFC_ANSWER, "resource": named}), resource=RESOURCE)


@pytest.mark.parametrize(
    "changes",
    [
        {"authorization_servers": "https://as1.example.com"},
        {"authorization_servers": [7]},
        {"authorization_servers": ["http://as1.example.com"]},
        {"authorization_servers": ["https://127.0.0.1:9000"]},
        {"authorization_servers": ["https://a.example"] * 101},
        {"scopes_supported": {"a": 1}},
    ],
)
def test_a_description_that_cannot_be_used_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ResourceMetadataError):
        read(**changes)


def test_a_resource_on_this_machine_may_name_a_provider_on_it() -> None:
    local = "http://127.0.0.1:8000"
    answer = {"resource": local, "authorization_servers": ["http://127.0.0.1:9000"]}
    found = parse_resource_metadata(json_answer(answer), resource=local)
    assert found.authorization_servers == ("http://127.0.0.1:9000",)


def test_what_is_no_description_is_refused() -> None:
    for answer in (body_answer(b"<html>"), json_answer([]), json_answer(RFC_ANSWER, status=404)):
        with pytest.raises(ResourceMetadataError):
            parse_resource_metadata(answer, resource=RESOURCE)
    with pytest.raises(ResourceError):
        resource_metadata_url("mcp")


def refusal(header: str) -> HttpResponse:
    return HttpResponse(status=401, headers={"www-authenticate": header})


def test_a_refusal_names_the_description() -> None:
    """RFC 9728 section 5.1."""
    url = f"{RESOURCE}/.well-known/oauth-protected-resource"
    for scheme in ("Bearer", "DPoP"):
        answer = refusal(f'{scheme} error="invalid_token", resource_metadata="{url}"')
        assert named_metadata_url(answer, url=RESOURCE) == url
    assert named_metadata_url(refusal("Bearer"), url=RESOURCE) is None
    assert named_metadata_url(HttpResponse(status=401), url=RESOURCE) is None


@pytest.mark.parametrize("where", ["http://a.example/", "https://localhost/x", "file:///x"])
def test_a_refusal_cannot_send_us_to_an_unsafe_place(where: str) -> None:
    with pytest.raises(EndpointError):
        named_metadata_url(refusal(f'Bearer resource_metadata="{where}"'), url=RESOURCE)


@given(st.integers(100, 599), st.binary(), st.text())
def test_any_bytes_are_a_description_or_one_of_our_errors(
    status: int, body: bytes, header: str
) -> None:
    with suppress(OAuthError):
        parse_resource_metadata(body_answer(body, status=status), resource=RESOURCE)
    with suppress(OAuthError):
        named_metadata_url(refusal(header), url=RESOURCE)


@given(
    st.dictionaries(
        st.sampled_from([*RFC_ANSWER, "resource_name"]),
        st.none() | st.integers() | st.text() | st.lists(st.text() | st.integers()),
    )
)
def test_any_members_are_a_description_or_one_of_our_errors(changes: dict[str, Any]) -> None:
    with suppress(OAuthError):
        parse_resource_metadata(json_answer({**RFC_ANSWER, **changes}), resource=RESOURCE)
