"""What of a backup is taken over, and what stays as it is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from desktop_app.oauth.registration import Registration
from desktop_app.providers.model import Provider, Redirect
from desktop_app.services.accounts import Grant, Picture, Profile
from desktop_app.services.backup.contents import ACCOUNT_CHOICES, Contents
from desktop_app.services.backup.merging import Plan, Surroundings, merge
from desktop_app.services.lending.loans import Loan
from desktop_app.services.providers.registered_client import RegisteredClient
from tests.support.askers import made_up_program

NOW = 1_770_000_000.0


def account(profile_id: str = "p1", *, provider: str = "work", **grant: Any) -> Profile:
    given: dict[str, Any] = {
        "issuer": "https://work.example",
        "authorization_endpoint": "https://work.example/authorize",
        "token_endpoint": "https://work.example/token",
        "client_id": "mine",
        "access_token": "access",
        "access_token_issued_at": NOW - 100,
        "refresh_token": "refresh",
    }
    return Profile(
        id=profile_id,
        provider=provider,
        issuer="https://work.example",
        subject="maria",
        created_at=NOW - 100,
        updated_at=NOW - 100,
        last_seen_at=NOW - 100,
        grant=Grant(**(given | grant)),
    )


def registered(client_id: str, **changes: Any) -> RegisteredClient:
    values: dict[str, Any] = {
        "provider": "work",
        "issuer": "https://work.example",
        "token_endpoint": "https://work.example/token",
        "endpoint": "https://work.example/register",
        "registration": Registration(client_id=client_id, registration_access_token="manages"),
        "redirect": Redirect(),
        "redirect_uris": (),
        "scopes": None,
        "client_authentication": "none",
        "registered_at": NOW - 100,
    }
    return RegisteredClient(**(values | changes))


def plan(here: Contents, backup: Contents) -> Plan:
    numbers = itertools.count(1)
    around = Surroundings(
        now=NOW, new_id=lambda: f"new{next(numbers)}", is_preset=lambda name: name == "github"
    )
    return merge(here, backup, around)


def reasons(found: Plan) -> list[str]:
    return [step.reason for step in found.steps]


def test_into_an_empty_folder_everything_comes_back() -> None:
    backup = Contents(
        profiles=(account(),),
        pictures=(Picture(profile_id="p1", png=b"png", source_url="", fetched_at=NOW),),
        providers=(Provider(id="work", name="Work"),),
        registrations=(registered("theirs"),),
        denials=(loan(),),
        documents={ACCOUNT_CHOICES: choices("p1")},
    )
    assert plan(Contents(), backup).write == backup


def test_a_clock_that_ran_ahead_makes_nothing_newer() -> None:
    ahead = account(access_token_issued_at=NOW + 4000, refresh_token="older")
    found = plan(Contents(profiles=(account(),)), Contents(profiles=(ahead,)))
    assert (reasons(found), found.write.profiles) == (["newer_here"], ())


def test_a_sign_in_after_the_account_was_taken_back_counts() -> None:
    ended = replace(account(), status="revoked", updated_at=NOW - 50)
    before = account(access_token_issued_at=NOW - 60)
    after = account(access_token_issued_at=NOW - 40, granted_at=NOW - 40)
    here = Contents(profiles=(ended,))
    assert reasons(plan(here, Contents(profiles=(before,)))) == ["taken_back_here"]
    assert reasons(plan(here, Contents(profiles=(after,)))) == ["newer_in_backup"]


def test_a_renewal_on_another_computer_revives_nothing_that_was_taken_back() -> None:
    """Not every provider ends a permission that is taken back; the person said no all the same."""
    ended = replace(account(granted_at=NOW - 90), status="revoked", updated_at=NOW - 50)
    renewed = account(granted_at=NOW - 90, access_token_issued_at=NOW - 10)
    here, backup = Contents(profiles=(ended,)), Contents(profiles=(renewed,))
    assert (reasons(plan(here, backup)), plan(here, backup).write.profiles) == (
        ["taken_back_here"],
        (),
    )
    only_over = Contents(profiles=(replace(ended, status="needs_sign_in"),))
    assert reasons(plan(only_over, backup)) == ["newer_in_backup"]


def test_an_account_that_was_taken_back_when_the_backup_was_made_stays_so() -> None:
    ended = replace(account(), status="revoked")
    found = plan(Contents(), Contents(profiles=(ended,)))
    assert found.write.profiles[0].status == "revoked"
    here = Contents(profiles=(account(),))
    assert plan(here, Contents(profiles=(ended,))).write.profiles == ()


def test_what_belongs_to_an_account_follows_it_to_the_id_that_it_has_here() -> None:
    other = replace(account("p1"), subject="petra")
    backup = Contents(
        profiles=(account("p1"),), denials=(loan(),), documents={ACCOUNT_CHOICES: choices("p1")}
    )
    found = plan(Contents(profiles=(other,)), backup).write
    assert [each.id for each in found.profiles] == ["new1"]
    assert [each.profile_id for each in found.denials] == ["new1"]
    assert found.documents[ACCOUNT_CHOICES]["k"]["profile_id"] == "new1"


def test_what_was_said_here_of_a_program_or_a_place_stays() -> None:
    mine, theirs = loan("l1"), loan("l2")
    here = Contents(
        profiles=(account(),), denials=(mine,), documents={ACCOUNT_CHOICES: choices("p1")}
    )
    backup = Contents(
        profiles=(account(),), denials=(theirs,), documents={ACCOUNT_CHOICES: choices("p1")}
    )
    assert plan(here, backup).write == Contents()


def test_an_allowance_in_a_backup_is_none() -> None:
    """A backup of ours has none; one that somebody edited may."""
    allowed = replace(loan(), decision="always")
    ends = replace(loan("l2"), until=NOW + 60)
    found = plan(Contents(), Contents(profiles=(account(),), denials=(allowed, ends)))
    assert found.write.denials == ()


def test_an_account_that_is_twice_in_a_backup_comes_in_once() -> None:
    here = Contents(profiles=(account(),))
    twice = (account("p1", access_token_issued_at=NOW), account("p2", access_token_issued_at=NOW))
    assert len(plan(here, Contents(profiles=twice)).write.profiles) == 1


def test_the_client_that_restored_accounts_hang_on_is_kept_beside_the_one_here() -> None:
    here = Contents(registrations=(registered("mine"),))
    found = plan(here, Contents(registrations=(registered("theirs"),)))
    [kept] = found.write.registrations
    assert (kept.client_id, [each.client_id for each in kept.former]) == ("mine", ["theirs"])
    assert plan(here, Contents(registrations=(registered("mine"),))).write.registrations == ()
    elsewhere = registered("theirs", endpoint="https://evil.example/register")
    assert plan(here, Contents(registrations=(elsewhere,))).write.registrations == ()


def test_accounts_of_another_built_in_service_stay_out_where_the_one_here_is_in_use() -> None:
    mine = replace(account(provider="photos"), issuer="http://127.0.0.1:1111")
    theirs = replace(account("p2", provider="photos"), issuer="http://127.0.0.1:2222")
    backup = Contents(profiles=(theirs,), documents={"photos": {"port": 2222}})
    found = plan(Contents(profiles=(mine,)), backup)
    assert (reasons(found), found.write) == (["built_in"], Contents())
    fresh = plan(Contents(documents={"photos": {"port": 1111}}), backup)
    assert fresh.photos
    assert fresh.write.documents == {"photos": {"port": 2222}}


def loan(loan_id: str = "l1") -> Loan:
    return Loan(
        id=loan_id,
        program=made_up_program(),
        profile_id="p1",
        decision="deny",
        created_at=NOW - 100,
    )


def choices(profile_id: str) -> dict[str, Any]:
    return {"k": {"place": "https://work.example", "profile_id": profile_id, "created_at": NOW}}
