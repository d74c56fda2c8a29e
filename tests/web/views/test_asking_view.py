"""More or fewer permissions: what there is, what came of asking, what could be asked for."""

from __future__ import annotations

from desktop_app.providers.catalogue import Catalogue
from desktop_app.providers.model import Provider, ScopeText
from desktop_app.web.views.asking import asking_view, can_ask
from tests.support.made_up import grant, profile
from tests.support.speaking import SPEECH

WORKS = Provider(
    id="google",
    name="Works",
    scopes=("openid", "mail"),
    scope_texts={
        "openid": ScopeText(kind="see", text="See which account you are"),
        "mail": ScopeText(kind="see", text="Read your mail"),
        "send": ScopeText(kind="act", text="Send mail", care=True),
    },
)


def test_what_was_asked_for_and_given_is_told_from_what_was_not() -> None:
    given = grant(scopes_requested=("openid", "mail"), scopes_granted=("openid", "send"))
    view = asking_view(profile(grant=given), WORKS, SPEECH)
    badges = {wish.scope: wish.badge for wish in view.had}
    assert badges == {
        "openid": "",
        "send": "Given without being asked for",
        "mail": "Asked for, not given",
    }
    # What nobody wanted is not asked for again by itself; what makes it a sign-in always is.
    assert [wish.scope for wish in view.had if wish.wanted] == ["openid", "mail"]
    assert [wish.scope for wish in view.had if wish.fixed] == ["openid"]


def test_what_could_be_asked_for_is_not_ticked_and_has_its_warning() -> None:
    given = grant(scopes_requested=("openid",), scopes_granted=("openid",))
    view = asking_view(profile(grant=given), WORKS, SPEECH)
    found = [(wish.scope, wish.wanted, wish.care) for wish in view.further]
    assert found == [("mail", False, False), ("send", False, True)]


def test_where_everything_is_given_whatever_was_asked_for_nothing_is_to_be_asked() -> None:
    for name in ("forgejo", "nextcloud", "codeberg"):
        provider = Catalogue.load().get(name)
        assert provider is not None
        assert not can_ask(provider)
        assert asking_view(profile(), provider, SPEECH).gives_everything
    assert can_ask(WORKS)
