"""What opens the accounts, in words."""

from __future__ import annotations

from desktop_app.services.keeping import VaultInfo
from desktop_app.web.views.keys import keys_view
from tests.support.speaking import SPEECH


def test_the_only_way_to_open_them_can_not_be_removed() -> None:
    alone = keys_view(VaultInfo(state="unlocked", keyring=True, keyring_usable=True), SPEECH)
    both = keys_view(
        VaultInfo(state="unlocked", keyring=True, keyring_usable=True, passphrase=True), SPEECH
    )
    assert (alone.removable, both.removable) == (False, True)


def test_a_keyring_that_does_not_work_says_why_and_can_not_be_chosen() -> None:
    problem = "It does not answer."
    view = keys_view(VaultInfo(state="new", keyring_usable=False, keyring_problem=problem), SPEECH)
    assert (view.new, view.keyring_usable, view.keyring_text) == (True, False, problem)


def test_a_keyring_in_use_can_be_chosen_off_even_if_it_is_away_now() -> None:
    view = keys_view(VaultInfo(state="unlocked", keyring=True, keyring_usable=False), SPEECH)
    assert view.keyring_usable
