"""The question about a program in a real browser: what answers it, and what does not."""

from __future__ import annotations

import asyncio
import contextlib
import re

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from desktop_app.services.lending.account_choices import Choice
from desktop_app.services.lending.askers import Asker
from desktop_app.services.lending.loans import Wish
from tests.support.examiner import problems
from tests.support.lent import BOT, REPORT, asker
from tests.support.pages import Pages, served
from tests.support.waiting import PATIENCE, eventually

# Has the window come to the front, and measures how long the button then does nothing.
QUIET = """async () => {
  const allow = document.querySelector("[data-decision=once]");
  const begun = performance.now();
  window.dispatchEvent(new Event("focus"));
  if (!allow.disabled) return 0;
  while (allow.disabled) await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}"""


def test_the_buttons_do_nothing_for_a_second_also_when_the_window_comes_to_the_front(
    page: Page, pages: Pages
) -> None:
    waiting = pages.ask(asker(), Wish(profile_id="lab"))
    page.wait_for_url("**/approvals/*")
    allow = page.get_by_role("button", name="Allow once")
    expect(allow).to_be_enabled()
    assert page.evaluate("() => performance.now()") > 1_000
    assert page.evaluate(QUIET) > 990
    allow.click()
    assert waiting.result(PATIENCE)


def test_what_is_unticked_is_not_allowed_and_nothing_at_all_can_not_be(
    page: Page, pages: Pages
) -> None:
    waiting = pages.ask(asker(), Wish(profile_id="lab", scopes=("read_user", "api")))
    page.wait_for_url("**/approvals/*")
    page.get_by_role("checkbox").nth(1).uncheck()
    expect(page.get_by_text("GitLab was never seen to give less")).to_be_visible()
    page.get_by_role("checkbox").first.uncheck()
    expect(page.get_by_role("button", name="Don’t allow")).to_be_enabled()
    expect(page.get_by_role("button", name="Allow once")).to_be_disabled()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Allow once").click()
    assert waiting.result(PATIENCE) == ("read_user",)


def test_one_question_comes_after_the_other_and_then_the_page_before(
    page: Page, pages: Pages
) -> None:
    page.goto("/user/sample")
    page.wait_for_selector("html[data-listening]", state="attached")
    first = pages.ask(asker(), Wish(profile_id="lab"))
    page.wait_for_url("**/approvals/*")
    second = pages.ask(asker(BOT), Wish(profile_id="lab"))
    expect(page.get_by_text("1 more question waits")).to_be_visible()
    page.get_by_role("button", name="Allow once").click()
    assert first.result(PATIENCE)
    expect(page.get_by_role("heading", name="photo-bot would like")).to_be_visible()
    page.get_by_role("button", name="Allow for an hour").click()
    assert second.result(PATIENCE)
    page.wait_for_url("**/user/sample")
    expect(page.get_by_text("Allowed for an hour.")).to_be_visible()


def test_who_begins_to_type_while_the_question_is_on_its_way_keeps_the_page(
    page: Page, pages: Pages
) -> None:
    page.goto("/settings")
    page.wait_for_selector("html[data-listening]", state="attached")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile("/approvals/[^/?]+$"), hold)
    proxy = page.locator('input[name="proxy"]')
    proxy.focus()
    waiting = pages.ask(asker(), Wish(profile_id="lab"))
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.type("http")
    with contextlib.suppress(Error):
        held[0].continue_()
    page.wait_for_timeout(300)
    expect(page).to_have_url(f"{pages.url}/settings")
    expect(proxy).to_have_value("http")
    expect(page.locator("#asked [data-look]")).to_be_visible()
    waiting.cancel()


def test_an_answer_from_elsewhere_is_said_at_once(page: Page, pages: Pages) -> None:
    waiting = pages.ask(asker(), Wish(profile_id="lab"))
    page.wait_for_url("**/approvals/*")
    page.wait_for_selector("html[data-listening]", state="attached")
    assert pages.loop is not None
    deciding = pages.services.programs.decide(pages.question().id, "once")
    asyncio.run_coroutine_threadsafe(deciding, pages.loop).result(PATIENCE)
    assert waiting.result(PATIENCE)
    expect(page.get_by_role("heading", name="This question was answered")).to_be_visible()
    expect(page.get_by_role("button", name="Allow once")).to_be_hidden()


def test_a_question_whose_asker_went_before_the_scripts_came_is_said_to_be_gone(
    page: Page, pages: Pages
) -> None:
    page.goto("about:blank")
    waiting = pages.ask(asker(), Wish(profile_id="lab"))
    question = pages.question()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/live.js*", hold)
    page.goto(f"{pages.url}/approvals/{question.id}", wait_until="commit")
    while not held:
        page.wait_for_timeout(20)
    waiting.cancel()
    eventually(lambda: not pages.services.programs.questions())
    held[0].continue_()
    expect(page.get_by_role("heading", name="The question has gone")).to_be_visible()


def test_where_a_program_can_not_know_the_person_picks_the_account(
    page: Page, pages: Pages
) -> None:
    choice = Choice(candidates=("coder", "lab"), remember_for="https://forge.example/a.git")
    assert pages.loop is not None
    choosing = pages.services.account_choices.choose(asker(), choice)
    waiting = asyncio.run_coroutine_threadsafe(choosing, pages.loop)
    page.wait_for_url("**/approvals/*")
    expect(page.get_by_role("heading", name="Which account may git use?")).to_be_visible()
    expect(page.get_by_text("https://forge.example/a.git")).to_be_visible()
    expect(page.get_by_role("button", name="Don’t allow")).to_be_enabled()
    expect(page.get_by_role("button", name="Allow once")).to_be_disabled()
    page.get_by_role("radio", name="Sample Lab at GitLab").check()
    page.get_by_role("button", name="Always allow").click()
    assert waiting.result(PATIENCE) == "lab"
    page.wait_for_url(lambda url: "/approvals/" not in url)
    page.goto(f"{pages.url}/programs")
    picked = page.get_by_role("region", name="Which account, where")
    expect(picked.get_by_text("https://forge.example/a.git")).to_be_visible()
    expect(picked.get_by_role("link", name="Sample Lab at GitLab")).to_be_visible()
    picked.get_by_role("button", name="Ask again").click()
    expect(picked).to_have_count(0)
    assert pages.services.account_choices.remembered() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_question_and_what_comes_of_it_can_be_used_by_everybody(
    browser: Browser, theme: str
) -> None:
    """Axe-core's rules hold in Russian too, whose words are longer."""
    with served({"language": "ru", "theme": theme}) as pages:
        context = browser.new_context(base_url=pages.url)
        page = context.new_page()
        wish = Wish(profile_id="lab", scopes=("read_user", "api"))
        waiting = pages.ask(asker(REPORT), wish)
        question = eventually(pages.services.programs.questions)[-1]
        page.goto(pages.ticket_url.replace("/?", f"/approvals/{question.id}?"))
        expect(page.locator("[data-decision=once]")).to_be_enabled()
        page.get_by_role("checkbox").nth(1).uncheck()
        expect(page.locator(".no-less")).to_be_visible()
        assert problems(page) == []
        waiting.cancel()
        for path in ("/programs", "/activity"):
            page.goto(path)
            assert problems(page) == []
        context.close()


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("who", [asker(), asker(REPORT)])
def test_no_question_scrolls_sideways(browser: Browser, language: str, who: Asker) -> None:
    with served({"language": language}) as pages:
        context = browser.new_context(base_url=pages.url)
        page = context.new_page()
        waiting = pages.ask(who, Wish(profile_id="lab", says="https://forge.example/" + "a" * 200))
        question = eventually(pages.services.programs.questions)[-1]
        page.goto(pages.ticket_url.replace("/?", f"/approvals/{question.id}?"))
        for width in (320, 480, 720, 1080, 1440):
            page.set_viewport_size({"width": width, "height": 720})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width
        waiting.cancel()
        context.close()
