from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.providers.model import Provider, ScopeText
from desktop_app.providers.permissions import PermissionSlip, permissions
from desktop_app.providers.scope_words import UNKNOWN_SCOPE
from tests.support import shipped

_PROVIDER = Provider(
    id="p",
    name="P",
    scope_texts={
        "read": ScopeText(kind="see", text="See your files"),
        "write": ScopeText(kind="change", text="Change your files", care=True),
        "send": ScopeText(kind="act", text="Send in your name"),
    },
    scope_aliases={"https://p.example/read": "read"},
)


def _groups(slip: PermissionSlip) -> dict[str, list[str]]:
    names = ("see", "change", "act", "not_given", "not_asked")
    return {name: [each.scope for each in getattr(slip, name)] for name in names}


def test_scopes_are_sorted_by_what_they_allow() -> None:
    slip = permissions(_PROVIDER, ["read", "write", "send"], ["send", "read", "write"])
    assert _groups(slip) == {
        "see": ["read"],
        "change": ["write"],
        "act": ["send"],
        "not_given": [],
        "not_asked": [],
    }
    assert slip.change[0].text == "Change your files"
    assert slip.change[0].care


def test_asked_and_not_given_stands_apart_from_given_and_not_asked() -> None:
    slip = permissions(_PROVIDER, ["read", "write"], ["read", "send"])
    assert _groups(slip)["not_given"] == ["write"]
    assert _groups(slip)["not_asked"] == ["send"]
    assert [each.scope for each in slip.allowed] == ["read", "send"]


def test_another_name_for_what_was_asked_is_the_same_permission() -> None:
    slip = permissions(_PROVIDER, ["read"], ["https://p.example/read"])
    assert _groups(slip)["see"] == ["read"]
    assert not slip.not_given
    assert not slip.not_asked


def test_a_scope_that_nobody_described_says_so_and_asks_for_care() -> None:
    slip = permissions(_PROVIDER, ["zork"], ["zork"])
    assert slip.act[0].text == UNKNOWN_SCOPE.text
    assert slip.act[0].care
    assert not slip.act[0].known


def test_openids_own_scopes_have_words_at_every_openid_provider() -> None:
    slip = permissions(Provider(id="x", name="X"), ["openid", "email"], ["openid", "email"])
    assert all(each.known for each in slip.see)
    assert _groups(slip)["see"] == ["openid", "email"]


def test_openids_words_are_not_put_into_the_mouth_of_other_providers() -> None:
    slip = permissions(Provider(id="x", name="X", protocol="oauth2"), ["email"], ["email"])
    assert not slip.act[0].known


def test_googles_long_names_are_not_shown_as_something_else() -> None:
    google = shipped.catalogue().get("google")
    assert google is not None
    granted = [
        "openid",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
    ]
    slip = permissions(google, google.scopes, granted)
    assert _groups(slip)["see"] == ["openid", "email", "profile"]
    assert not slip.not_given
    assert not slip.not_asked


_SCOPES = st.lists(st.sampled_from(["read", "write", "send", "zork", "https://p.example/read"]))


@given(_SCOPES, _SCOPES)
def test_every_scope_is_in_exactly_one_group(requested: list[str], granted: list[str]) -> None:
    slip = permissions(_PROVIDER, requested, granted)
    found = [scope for group in _groups(slip).values() for scope in group]
    aliases = _PROVIDER.scope_aliases
    assert sorted(found) == sorted({aliases.get(each, each) for each in [*requested, *granted]})
