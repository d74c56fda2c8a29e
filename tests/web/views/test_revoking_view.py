"""Taking everything back, in words: before, meanwhile, and what proves it afterwards."""

from __future__ import annotations

from desktop_app.providers.model import Guide, Provider
from desktop_app.services.accounts import Profile, Revocation
from desktop_app.services.errors import ProviderUnreachableError
from desktop_app.services.tokens.revocation_rounds import Step
from desktop_app.web.views.revoking import RevokingView, RevokingViews, RowView
from tests.support.made_up import DAY, NOW, grant, profile
from tests.support.speaking import SPEECH

PROVIDERS = {
    "google": Provider(id="google", name="Google"),
    "flickr": Provider(
        id="flickr", name="Flickr", guide=Guide(settings_url="https://flickr.example/apps")
    ),
}
TOLD = profile()
UNTOLD = profile(id="untold", provider="flickr", grant=grant(revocation_endpoint=None))


def _views(*profiles: Profile) -> RevokingViews:
    return RevokingViews(
        profiles={each.id: each for each in profiles},
        providers=PROVIDERS,
        source=lambda _: "",
        explain=lambda error: error.message,
        speech=SPEECH,
    )


def _after(**done: object) -> RevokingView:
    values = {"profile_id": "sample", "revoked": (), "message": "It is over.", **done}
    step = Step(
        profile_id="sample", provider="google", status="done", revocation=Revocation(**values)
    )
    return _views(TOLD).during([step], running=False, left=0)


def _only(view: RevokingView) -> RowView:
    [group] = view.groups
    [row] = group.rows
    return row


def test_beforehand_it_is_said_who_can_be_told_and_where_the_person_has_to_go() -> None:
    view = _views(TOLD, UNTOLD).before([TOLD, UNTOLD])
    assert [group.id for group in view.groups] == ["told", "hand"]
    assert view.groups[1].rows[0].page == "https://flickr.example/apps"
    assert (view.question, view.can_start) == (f"Take all {2} accounts back?", True)


def test_meanwhile_each_account_says_how_far_it_is() -> None:
    steps = [
        Step(profile_id="sample", provider="google", status="running"),
        Step(profile_id="untold", provider="flickr"),
    ]
    view = _views(TOLD, UNTOLD).during(steps, running=True, left=2)
    assert [row.badge for row in view.groups[0].rows] == ["Now", "Next"]
    assert (view.total, view.over, view.can_start) == (2, 0, False)


def test_a_providers_word_is_told_from_what_was_over_already() -> None:
    assert _only(_after(proof="provider_confirmed", complete=True)).badge == "Confirmed"
    assert _only(_after(proof="already_revoked", complete=True)).badge == "Over before"


def test_what_is_left_says_until_when_it_stays_good_and_where_it_ends() -> None:
    page = "https://google.example/apps"
    row = _only(_after(proof="not_supported", good_until=NOW + DAY, settings_url=page))
    assert (row.badge, row.page) == ("By hand", page)
    assert "It ends by itself" in row.html


def test_a_failure_can_be_tried_again() -> None:
    failure = ProviderUnreachableError("it is away", host="google.example")
    step = Step(profile_id="sample", provider="google", status="failed", failure=failure)
    view = _views(TOLD).during([step], running=False, left=1)
    assert (view.groups[0].id, _only(view).tone, view.can_start) == ("failed", "danger", True)


def test_an_account_that_was_forgotten_meanwhile_keeps_its_providers_name() -> None:
    row = _only(_views().during([Step(profile_id="gone", provider="google")], running=True, left=0))
    assert (row.title, row.known) == ("Google", False)
