"""The real git, a real git server, and tokens that the provider is asked about."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from tests.support.answering import answering
from tests.support.forge import Forge, running_forge
from tests.support.git_server import git, git_comes_back


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """Maria's account, her repository, another's and one that everybody may use."""
    with running_forge(tmp_path_factory.mktemp("forge")) as made:
        made.connect()
        for name in ("maria/one", "jonas/one", "team/shared"):
            made.fill(name)
        yield made


@pytest.fixture(autouse=True)
def fresh(forge: Forge) -> None:
    """Nothing is allowed or denied yet."""
    forge.forget_answers()


def tokens(forge: Forge) -> list[str]:
    return forge.server.gatekeeper.seen


def revoke(forge: Forge, token: str) -> None:
    """End a token at the provider, as its owner can do there."""
    form = urllib.parse.urlencode({"token": token, "client_id": "coatcheck"}).encode()
    request = urllib.request.Request(f"{forge.provider.issuer}/token/revocation", form)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=120) as answer:
        assert answer.status == 200


def test_clone_and_push_with_one_question_for_git(forge: Forge) -> None:
    with answering(forge.program, "always") as asked:
        cloned = forge.git("clone", forge.url("maria/one"), "clone")
        assert cloned.returncode == 0, cloned.stderr
        assert (forge.root / "clone" / "README").read_text() == "Hello.\n"
        git("-C", str(forge.root / "clone"), "commit", "--quiet", "--allow-empty", "-m", "Second")
        pushed = forge.git("-C", "clone", "push")
        assert pushed.returncode == 0, pushed.stderr
    bare = forge.server.root / "maria" / "one.git"
    assert git("-C", str(bare), "log", "-1", "--format=%s") == "Second\n"
    assert asked == ["git"], "the question is about git, and comes once"


def test_git_without_the_path_and_with_the_user_name(forge: Forge) -> None:
    with answering(forge.program, "once"):
        listed = forge.git("ls-remote", forge.url("maria/one", user="maria"), path=False)
    assert listed.returncode == 0, listed.stderr
    assert "refs/heads/main" in listed.stdout


def test_a_token_that_ended_early_is_renewed(forge: Forge) -> None:
    url = forge.url("maria/one")
    with answering(forge.program, "always"):
        assert forge.git("ls-remote", url).returncode == 0
        forge.server.gatekeeper.refused.add(tokens(forge)[-1])
        refused = forge.git("ls-remote", url)
        if git_comes_back():
            assert refused.returncode == 0, refused.stderr
        else:
            assert "Authentication failed" in refused.stderr
        again = forge.git("ls-remote", url)
        assert again.returncode == 0, again.stderr


def test_a_token_that_is_over_is_replaced_before_git_gets_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The computer sleeps for longer than the token is good."""
    root = tmp_path_factory.mktemp("sleepy")
    slept = root / "slept"
    main = ("-m", "tests.support.sleeping_program", str(slept))
    with running_forge(root, main=main) as sleepy:
        sleepy.connect()
        sleepy.fill("maria/one")
        with answering(sleepy.program, "always"):
            assert sleepy.git("ls-remote", sleepy.url("maria/one")).returncode == 0
            old = tokens(sleepy)[-1]
            slept.write_text("400")
            again = sleepy.git("ls-remote", sleepy.url("maria/one"))
            assert again.returncode == 0, again.stderr
            assert tokens(sleepy)[-1] != old


def test_a_server_that_refuses_everybody_does_not_make_us_ask_the_provider_for_ever(
    forge: Forge,
) -> None:
    before = forge.provider.stats()["token"]
    with answering(forge.program, "always"):
        for _ in range(4):
            assert forge.git("ls-remote", forge.url("jonas/one")).returncode != 0
    assert forge.provider.stats()["token"] <= before + 1


def test_a_person_who_says_no_is_not_asked_again_at_once(forge: Forge) -> None:
    with answering(forge.program, "deny") as asked:
        for _ in range(2):
            denied = forge.git("ls-remote", forge.url("maria/one"))
            assert denied.returncode != 0
            assert "You have not allowed git" in denied.stderr
    assert asked == ["git"]


def test_no_token_is_left_where_git_writes(forge: Forge) -> None:
    with answering(forge.program, "always"):
        assert forge.git("clone", forge.url("maria/one"), "looked-through").returncode == 0
    for path in (forge.root / "looked-through").rglob("*"):
        if path.is_file():
            assert not any(token.encode() in path.read_bytes() for token in tokens(forge)), path


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """Two accounts at one host."""
    with running_forge(tmp_path_factory.mktemp("two")) as made:
        made.connect("maria")
        made.connect("jonas")
        for name in ("maria/one", "jonas/one", "team/shared", "team/other"):
            made.fill(name)
        yield made


def test_user_name_and_path_pick_the_account(two: Forge) -> None:
    with answering(two.program, "always"):
        for owner in ("maria", "jonas"):
            by_path = two.git("ls-remote", two.url(f"{owner}/one"))
            assert by_path.returncode == 0, by_path.stderr
            assert two.server.requests[-1][2] == owner
            by_name = two.git("ls-remote", two.url("team/shared", user=owner), path=False)
            assert by_name.returncode == 0, by_name.stderr
            assert two.server.requests[-1][2] == owner


def test_what_is_not_clear_is_not_guessed(two: Forge) -> None:
    """Nobody looks at a page of ours, so nobody can be asked."""
    before = len(tokens(two))
    unclear = two.git("ls-remote", two.url("team/shared"))
    assert unclear.returncode != 0
    for username in ("maria", "jonas"):
        assert f"{username} at forge ({two.profile(username)['id']})" in unclear.stderr
    assert len(tokens(two)) == before


def test_a_user_name_that_nobody_has_gets_nothing(two: Forge) -> None:
    failed = two.git("ls-remote", two.url("team/shared", user="nobody"))
    assert failed.returncode != 0
    assert "no account" in failed.stderr


def test_git_s_own_command_fills_approves_and_rejects(two: Forge) -> None:
    request = f"protocol=http\nhost={two.server.host}\nusername=maria\n\n"
    with answering(two.program, "hour"):
        filled = two.git("credential", "fill", stdin=request)
        assert filled.returncode == 0, filled.stderr
        found = dict(line.split("=", 1) for line in filled.stdout.splitlines() if "=" in line)
        for operation in ("approve", "reject"):
            done = two.git("credential", operation, stdin=filled.stdout)
            assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        again = two.git("credential", "fill", stdin=request).stdout
    assert found["password"] not in again


def test_a_grant_that_was_revoked_asks_for_a_new_sign_in(two: Forge) -> None:
    jonas = two.profile("jonas")
    with answering(two.program, "always"):
        assert two.git("ls-remote", two.url("jonas/one", user="jonas")).returncode == 0
    revoke(two, tokens(two)[-1])
    first = two.git("ls-remote", two.url("jonas/one", user="jonas"))
    assert ("needs a new" if git_comes_back() else "Authentication failed") in first.stderr
    second = two.git("ls-remote", two.url("jonas/one", user="jonas"))
    assert "needs a new sign-in" in second.stderr
    assert two.connect("jonas")["id"] == jonas["id"]
    assert two.program.as_person("POST", f"/v1.0/profiles/{jonas['id']}/revoke").status == 200
    failed = two.git("ls-remote", two.url("jonas/one", user="jonas"))
    assert failed.returncode != 0
    assert two.connect("jonas")["id"] == jonas["id"]
    with answering(two.program, "always"):
        assert two.git("ls-remote", two.url("jonas/one", user="jonas")).returncode == 0
