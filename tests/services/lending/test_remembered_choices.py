"""Which account was picked for which place, and for how long that is known."""

from __future__ import annotations

from desktop_app.services.lending.remembered_choices import RememberedChoices
from tests.support.account_stores import Disk, Documents
from tests.support.loops import in_a_loop

OURS, THEIRS = "https://forge.example/ours.git", "https://forge.example/theirs.git"


@in_a_loop
async def test_nothing_stays_of_what_was_picked_for_an_account_that_is_gone() -> None:
    """The address of a repository says more of a person than they may want to leave here."""
    documents = Documents(Disk())
    choices = RememberedChoices(
        documents=documents, clock=lambda: 1000.0, publish=lambda _event, _data: None
    )
    await choices.keep(OURS, "p1")
    await choices.keep(THEIRS, "p2")
    await choices.tidy({"p2"})
    assert choices.find(OURS) is None
    assert choices.find(THEIRS) == "p2"
    assert OURS not in str(documents.get("account_choices"))
