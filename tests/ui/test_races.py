"""What a person does on a slow machine: early, twice, in between. Nothing is lost or done twice."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.support.made_up import profile
from tests.support.pages import Pages
from tests.support.waiting import PATIENCE


class Held:
    """Requests that stay on their way until they are let go."""

    def __init__(self, page: Page, address: str | re.Pattern[str], *, method: str = "") -> None:
        self.waiting: list[Route] = []
        self._page = page
        self._method = method
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        if self._method in {"", route.request.method}:
            self.waiting.append(route)
        else:
            route.fallback()

    def came(self, number: int = 1) -> None:
        """Wait until so many are held."""
        deadline = time.monotonic() + PATIENCE
        while len(self.waiting) < number:
            assert time.monotonic() < deadline, "nothing was asked"
            self._page.wait_for_timeout(20)

    def go_on(self) -> None:
        """Let the first one go."""
        self.waiting.pop(0).continue_()


# Presses the button a second time as soon as it can be pressed, and tells by a request that it has.
CLICK_AGAIN = """(button) => {
  button.click();
  const again = () => {
    if (button.hasAttribute("aria-busy")) { setTimeout(again, 5); return; }
    button.click();
    fetch("/v1.0/health");
  };
  setTimeout(again, 5);
}"""


# The next page that is asked for begins to come, and breaks off.
BREAK_OFF = """() => {
  const ask = window.fetch;
  window.fetch = async (...wish) => {
    const response = await ask(...wish);
    if (window.broken || wish[0] !== location.href) return response;
    window.broken = 1;
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network")) });
    return new Response(body, { status: 200 });
  };
}"""


@pytest.fixture
def sent(page: Page) -> Iterator[list[Request]]:
    """What the page asks the API to do, from now on."""
    found: list[Request] = []
    page.on("request", lambda request: found.append(request) if is_wish(request) else None)
    yield found


def is_wish(request: Request) -> bool:
    return "/v1.0/" in request.url and request.method in {"POST", "PUT", "PATCH", "DELETE"}


def go(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector("html[data-listening]", state="attached")


def come_early(page: Page, path: str, ready: str) -> Held:
    """Show *path* as far as *ready*, without the scripts, which are still on their way."""
    held = Held(page, "**/js/app.js*")
    page.goto(path, wait_until="commit")
    page.wait_for_function("(ready) => document.querySelector(ready)", arg=ready, polling=50)
    held.came()
    return held


def test_a_setting_that_is_changed_before_the_scripts_have_come_is_kept(
    page: Page, pages: Pages
) -> None:
    held = come_early(page, "/settings", "#auto-lock")
    page.get_by_label("Lock automatically").select_option("15")
    held.go_on()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert pages.services.settings.get().auto_lock_minutes == 15


def test_what_is_typed_and_left_before_the_scripts_have_come_is_checked(page: Page) -> None:
    held = come_early(page, "/connect/gitlab", "input[name=client_id]")
    field = page.get_by_role("textbox", name="Client ID")
    field.fill("two words")
    field.blur()
    held.go_on()
    expect(page.get_by_text("A client ID has no spaces.")).to_be_visible()


def test_a_backup_that_is_wished_for_before_the_scripts_have_come_is_made_then(
    page: Page, sent: list[Request]
) -> None:
    held = come_early(page, "/restore", "form[data-opens-backup] button")
    page.route("**/v1.0/restore", lambda route: route.fulfill(json={"id": "opened"}))
    page.route("**/restore/opened", lambda route: route.fulfill(body="opened"))
    file = {"name": "a.age", "mimeType": "application/octet-stream", "buffer": b"sealed"}
    page.locator("#backup-file").set_input_files(file)  # type: ignore[arg-type]
    page.locator("#backup-passphrase").fill("four plain coat hooks")
    page.evaluate("document.querySelector('form[data-opens-backup]').requestSubmit()")
    assert sent == []
    held.go_on()
    page.wait_for_url("**/restore/opened")
    assert [each.url.rpartition("/")[2] for each in sent] == ["restore"]


def test_a_page_that_is_drawn_anew_leaves_a_busy_button_busy(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    held = Held(page, "**/v1.0/profiles/sample/refresh")
    renew = page.get_by_role("button", name="Renew now")
    renew.click()
    held.came()
    pages.profiles.things["sample"] = profile(name="Another Name")
    pages.publish("profile_changed", {"id": "sample"})
    expect(page.get_by_role("heading", name="Another Name")).to_be_visible()
    expect(renew).to_have_attribute("aria-busy", "true")
    held.go_on()
    expect(renew).not_to_have_attribute("aria-busy", "true")


def test_an_answer_that_breaks_off_is_no_fault_of_the_page(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.evaluate(BREAK_OFF)
    pages.publish("profile_changed", {"id": "sample"})
    page.wait_for_function("() => window.broken === 1", polling=50)
    pages.profiles.things["sample"] = profile(name="Another Name")
    pages.publish("profile_changed", {"id": "sample"})
    expect(page.get_by_role("heading", name="Another Name")).to_be_visible()
    assert faults == []


@pytest.mark.parametrize(
    ("path", "button"),
    [("/connect/photos", "Sign in with your browser"), ("/sign-ins/failed", "Try again")],
)
def test_a_second_click_while_the_page_is_left_begins_nothing_more(
    page: Page, sent: list[Request], path: str, button: str
) -> None:
    go(page, path)
    next_page = Held(page, "**/sign-ins/begun")
    with page.expect_request("**/v1.0/health"):
        page.get_by_role("button", name=button).evaluate(CLICK_AGAIN)
    next_page.came()
    next_page.go_on()
    page.wait_for_url("**/sign-ins/begun")
    assert [each.url.rpartition("/")[2] for each in sent].count("sign-ins") == 1


def test_a_second_click_opens_a_backup_once(page: Page, sent: list[Request]) -> None:
    page.route("**/v1.0/restore", lambda route: route.fulfill(json={"id": "opened"}))
    go(page, "/restore")
    next_page = Held(page, "**/restore/opened")
    file = {"name": "a.age", "mimeType": "application/octet-stream", "buffer": b"sealed"}
    page.locator("#backup-file").set_input_files(file)  # type: ignore[arg-type]
    page.locator("#backup-passphrase").fill("four plain coat hooks")
    with page.expect_request("**/v1.0/health"):
        page.get_by_role("button", name="Open it").evaluate(CLICK_AGAIN)
    next_page.came()
    next_page.waiting.pop(0).fulfill(body="opened", content_type="text/plain")
    expect(page.get_by_text("opened")).to_be_visible()
    assert [each.url.rpartition("/")[2] for each in sent] == ["restore"]


def test_an_answer_does_not_close_the_dialog_that_was_opened_again_meanwhile(
    page: Page, pages: Pages
) -> None:
    go(page, "/user/sample")
    held = Held(page, "**/v1.0/profiles/sample", method="PATCH")
    page.get_by_role("button", name="Rename").first.click()
    name = page.get_by_role("textbox", name="Your name for it")
    name.fill("First")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    held.came()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Rename").first.click()
    name.fill("Second, half ty")
    held.go_on()
    expect(page.get_by_role("status").filter(has_text="Renamed.")).to_be_attached()
    assert pages.profiles.things["sample"].label == "First"
    expect(name).to_have_value("Second, half ty")


def test_an_error_of_a_dialog_that_was_given_up_is_not_in_the_next_one(page: Page) -> None:
    go(page, "/user/sample")
    held = Held(page, "**/v1.0/profiles/sample/revoke")
    page.get_by_role("button", name="Take it back at Google…").click()
    page.get_by_role("button", name="Take it back", exact=True).click()
    held.came()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take it back at Google…").click()
    held.waiting.pop(0).abort()
    expect(page.locator(".toast.danger")).to_be_attached()
    expect(page.locator("#revoke .form-error")).to_be_empty()


def test_the_last_of_two_quick_choices_holds_and_none_is_lost(
    page: Page, pages: Pages, sent: list[Request]
) -> None:
    go(page, "/settings")
    held = Held(page, "**/v1.0/settings", method="PATCH")
    page.get_by_role("radio", name="Dark").check()
    held.came()
    page.get_by_role("radio", name="Light").check()
    page.get_by_label("Lock automatically").select_option("15")
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert len(sent) == 1
    for number in range(3):
        held.came()
        held.go_on()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert len(sent) <= number + 2
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    kept = pages.services.settings.get()
    assert (kept.theme, kept.auto_lock_minutes) == ("light", 15)
    expect(page.get_by_label("Lock automatically")).to_have_value("15")


def test_a_choice_that_is_refused_says_so_and_stays_as_it_was(page: Page) -> None:
    go(page, "/settings")
    page.route("**/v1.0/keys", lambda route: route.abort())
    switch = page.get_by_role("switch", name="keyring")
    before = switch.is_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(page.locator("form", has=switch).locator(".form-error")).not_to_be_empty()
    assert switch.is_checked() is before


def test_a_saved_setting_does_not_keep_a_question_away(page: Page, pages: Pages) -> None:
    """What is kept is not half typed: the window goes to the question."""
    from desktop_app.services.lending.loans import Wish
    from tests.support.lent import asker

    go(page, "/settings")
    page.get_by_label("Lock automatically").select_option("15")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    waiting = pages.ask(asker(), Wish(profile_id="lab"))
    page.wait_for_url("**/approvals/*")
    waiting.cancel()


def test_what_is_typed_while_a_provider_is_kept_is_kept_by_the_next_try(
    page: Page, pages: Pages
) -> None:
    go(page, "/connect/gitlab")
    client = page.get_by_role("textbox", name="Client ID")
    client.fill("first")
    held = Held(page, "**/v1.0/providers/gitlab", method="PUT")
    page.route("**/v1.0/oauth/sign-ins", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Sign in with your browser").click()
    held.came()
    client.fill("second")
    held.go_on()
    expect(page.locator("form .form-error").first).not_to_be_empty()
    page.get_by_role("button", name="Sign in with your browser").click()
    held.came()
    held.go_on()
    page.wait_for_url("**/sign-ins/begun")
    assert pages.services.providers.get("gitlab").client_id == "second"


def test_an_answer_that_breaks_off_is_said(page: Page) -> None:
    go(page, "/user/sample")
    page.evaluate(
        """() => {
          const cut = { start: (body) => body.error(new TypeError("cut")) };
          window.fetch = async () => new Response(new ReadableStream(cut));
        }"""
    )
    page.get_by_role("button", name="Renew now").click()
    expect(page.locator(".toast.danger")).to_be_visible()


def test_a_bar_that_does_not_come_is_no_fault(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.route("**/approvals?bar=yes*", lambda route: route.abort())
    with page.expect_request("**/approvals?bar=yes*"):
        pages.publish("approval_decided", {"id": "nothing", "outcome": "once"})
    expect(page.get_by_role("heading", name="Sample Person")).to_be_visible()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert faults == []
