"""The pages in a real browser: their scripts, their policy, what is pushed to them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from desktop_app.store.errors import ForeignStoreError
from tests.support.examiner import resize
from tests.support.made_up import profile, sign_in
from tests.support.pages import Pages

EVERY_PAGE = [
    "/",
    "/user/sample",
    "/user/photos-anna",
    "/user/office",
    "/user/works",
    "/user/lab",
    "/calendar",
    "/user/sample/permissions",
    "/take-back",
    "/connect",
    "/connect/github",
    "/connect/example-works",
    "/connect/mastodon",
    "/connect/bluesky",
    "/connect/odnoklassniki",
    "/connect/flickr",
    "/connect/openid",
    "/sign-ins/waiting",
    "/sign-ins/failed",
    "/programs",
    "/activity",
    "/activity?check=yes",
    "/settings",
    "/restore",
]


# How many accounts are on the page after each time that it is drawn anew.
_WATCH = """() => {
  window.seen = new Set();
  document.addEventListener("htmx:after:swap", () => {
    seen.add(document.querySelectorAll(".account").length);
  });
}"""


def go(page: Page, path: str) -> None:
    """Open *path* and wait until its scripts listen for changes."""
    page.goto(path)
    listens(page)


def listens(page: Page) -> None:
    """Wait until the scripts of *page* listen; what is clicked before that is not heard."""
    page.wait_for_selector("html[data-listening]", state="attached")


def heard(page: Page) -> list[str]:
    """Return what the page will complain of from now on."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    return complaints


def test_no_page_complains(page: Page) -> None:
    """Neither a script's error nor anything that the policy refuses."""
    complaints = heard(page)
    for path in EVERY_PAGE:
        go(page, path)
    assert complaints == []


def test_leaving_a_page_that_still_asks_is_no_error(page: Page) -> None:
    """Which engine ends such a request before the page goes is not ours to know."""
    complaints = heard(page)
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route(re.compile(r"\?ask=yes$"), hold)
    with page.expect_request(re.compile(r"\?ask=yes$")):
        go(page, "/connect/example-works")
    page.evaluate("dispatchEvent(new Event('beforeunload'))")
    asked[0].abort()
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    assert [each for each in complaints if "htmx" in each or "fetch" in each] == []


def test_no_page_scrolls_sideways(page: Page) -> None:
    for path in EVERY_PAGE:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        for width in (320, 480, 720, 1080, 1440):
            resize(page, {"width": width, "height": 720})
            excess = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert excess <= 0, (path, width)


def test_a_server_is_checked_as_it_is_typed_and_becomes_an_entry(page: Page) -> None:
    go(page, "/connect/mastodon")
    server = page.get_by_role("textbox", name="Server")
    server.fill("no server")
    server.blur()
    expect(page.get_by_text("name looks like")).to_be_visible()
    server.fill("@me@social.example.org")
    expect(page.get_by_text("name looks like")).to_be_hidden()
    expect(page.get_by_text("No client ID is needed.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Client ID")).to_be_hidden()
    page.get_by_role("button", name="Use my own").click()
    expect(page.get_by_role("textbox", name="Client ID")).to_be_focused()
    page.get_by_role("textbox", name="Client ID").fill("c")
    page.get_by_role("textbox", name="Client secret").fill("s")
    with page.expect_request("**/v1.0/providers") as kept:
        page.get_by_role("button", name="Sign in with your browser").click()
    # The wish and not the answer: the page goes on at once, and takes the answer with it.
    assert kept.value.post_data_json["template"] == "mastodon"
    page.wait_for_url("**/sign-ins/begun")
    go(page, "/connect/mastodon")
    expect(page.get_by_role("link", name="social.example.org")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "act", "where"),
    [
        ("/connect/photos", "form[data-connect]", "/sign-ins/begun"),
        ("/sign-ins/failed", "main button[data-call]", "/sign-ins/begun"),
    ],
)
def test_what_is_asked_before_the_scripts_have_come_is_done_then(
    page: Page, path: str, act: str, where: str
) -> None:
    """A first click once did nothing: the module that would have heard it was still on its way."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/app.js*", hold, times=1)
    with page.expect_request("**/js/app.js*"):
        page.goto(path, wait_until="commit")
    page.wait_for_function("(act) => document.querySelector(act)", arg=act, polling=50)
    do = "const it = document.querySelector(act); (it.requestSubmit ?? it.click).call(it)"
    page.evaluate(f"(act) => {{ {do} }}", act)
    assert page.url.endswith(path)
    held[0].continue_()
    page.wait_for_url(f"**{where}")


def test_what_happens_before_the_page_listens_is_seen(page: Page, pages: Pages) -> None:
    """A sign-in that was answered in that moment would have been waited for for ever."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/app.js*", hold, times=1)
    with page.expect_request("**/js/app.js*"):
        page.goto("/sign-ins/waiting", wait_until="commit")
    page.wait_for_function("() => document.querySelector('main')", polling=50)
    done = sign_in(status="completed", profile_id="sample", authorization_url=None)
    pages.sign_ins.things["waiting"] = done
    pages.publish("sign_in", {"id": "waiting", "status": "completed"})
    held[0].continue_()
    page.wait_for_url("**/user/sample")


def test_the_connect_page_finds_a_provider_by_its_kind_and_by_its_name(page: Page) -> None:
    go(page, "/connect")
    expect(page.get_by_role("link", name="Knowledge and research")).to_be_visible()
    page.get_by_role("searchbox").fill("open street")
    expect(page.get_by_role("link", name="GitHub")).to_be_hidden()
    page.get_by_role("searchbox").fill("openstreetmap")
    expect(page.get_by_role("link", name="OpenStreetMap")).to_be_visible()


def test_taking_everything_back_shows_the_proof_for_each(page: Page) -> None:
    go(page, "/settings")
    page.get_by_role("link", name="Have a look").click()
    page.get_by_role("button", name="Take everything back…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Keep them")).to_be_focused()
    dialog.get_by_role("button", name="Take everything back").click()
    expect(page.get_by_role("heading", name="What was taken back")).to_be_visible()
    expect(page.locator("#step-sample")).to_contain_text("The provider confirmed it")
    expect(page.locator("#step-lab")).to_contain_text("can’t be reached")
    expect(page.locator("#step-coder").get_by_role("link", name="Open its page")).to_be_visible()
    expect(page.get_by_text("3 of 6 are gone.")).to_be_visible()
    go(page, "/take-back")
    page.get_by_role("button", name="Try again…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Take all 3 accounts back?")


def test_more_and_fewer_permissions_are_asked_for_the_same_account(page: Page) -> None:
    go(page, "/user/sample")
    page.get_by_role("link", name="Ask for more or fewer permissions").click()
    page.get_by_role("checkbox", name="See your name").uncheck()
    page.get_by_role("checkbox", name="See your calendars", exact=True).check()
    page.get_by_role("textbox", name="Others").fill(" one  two ")
    with page.expect_request("**/v1.0/oauth/sign-ins") as sent:
        page.get_by_role("button", name="Ask in your browser").click()
    body = sent.value.post_data_json
    assert (body["provider"], body["for_profile"]) == ("google", "sample")
    assert "profile" not in body["scopes"]
    assert {"openid", "email", "one", "two"} <= set(body["scopes"])
    page.wait_for_url("**/sign-ins/begun")


def test_asking_for_nothing_is_not_sent(page: Page) -> None:
    go(page, "/user/coder/permissions")
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Ask in your browser").click()
    expect(page.get_by_role("alert").filter(has_text="at least one")).to_be_visible()


def test_a_round_under_way_shows_how_far_it_is(page: Page, pages: Pages) -> None:
    pages.taking_back.gate.clear()
    go(page, "/take-back")
    page.get_by_role("button", name="Take everything back…").click()
    page.get_by_role("dialog").get_by_role("button", name="Take everything back").click()
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "0")
    expect(page.get_by_text("Waits for its turn.").first).to_be_visible()
    pages.loop.call_soon_threadsafe(pages.taking_back.gate.set)  # type: ignore[union-attr]
    expect(page.get_by_role("heading", name="What was taken back")).to_be_visible()


def test_a_new_account_appears_by_itself(page: Page, pages: Pages) -> None:
    go(page, "/")
    pages.profiles.things["new"] = profile(id="new", subject="9", name="Quite New")
    pages.publish("profile_added", {"id": "new"})
    expect(page.get_by_role("link", name="Quite New")).to_be_visible()


def test_what_changes_keeps_open_details_and_the_focus(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    page.get_by_role("heading", name="Details").click()
    page.get_by_role("button", name="Forget here…").focus()
    pages.profiles.things["sample"] = profile(name="Another Name")
    pages.publish("profile_changed", {"id": "sample"})
    expect(page.get_by_role("heading", name="Another Name")).to_be_visible()
    expect(page.get_by_role("heading", name="Identifiers")).to_be_visible()
    expect(page.get_by_role("button", name="Forget here…")).to_be_focused()


def test_a_change_waits_while_a_question_is_open(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    page.get_by_role("button", name="Rename").first.click()
    page.get_by_role("textbox", name="Your name for it").fill("half typed")
    pages.profiles.things["sample"] = profile(email="moved@example.org")
    pages.publish("profile_changed", {"id": "sample"})
    page.wait_for_timeout(200)
    expect(page.get_by_role("textbox", name="Your name for it")).to_have_value("half typed")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Google · moved@example.org")).to_be_visible()


def test_a_completed_sign_in_brings_its_account(page: Page, pages: Pages) -> None:
    go(page, "/sign-ins/waiting")
    expect(page.get_by_text("Waiting for GitHub")).to_be_visible()
    done = sign_in(status="completed", profile_id="coder", authorization_url=None)
    pages.sign_ins.things["waiting"] = done
    pages.publish("sign_in", {"id": "waiting", "status": "completed"})
    expect(page).to_have_url(f"{pages.url}/user/coder")


def test_a_sign_in_that_goes_on_does_not_wait_for_the_dialog(page: Page, pages: Pages) -> None:
    go(page, "/sign-ins/waiting")
    page.get_by_role("button", name="Paste address").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    pages.publish("sign_in", {"id": "waiting", "status": "pending", "step": "waiting"})
    expect(page.get_by_role("dialog")).to_be_visible()
    done = sign_in(status="completed", profile_id="sample", authorization_url=None)
    pages.sign_ins.things["waiting"] = done
    pages.publish("sign_in", {"id": "waiting", "status": "completed", "step": "checking"})
    expect(page).to_have_url(f"{pages.url}/user/sample")


def test_another_sign_in_leaves_the_page_alone(page: Page, pages: Pages) -> None:
    go(page, "/sign-ins/waiting")
    pages.publish("sign_in", {"id": "other", "status": "completed"})
    page.wait_for_timeout(150)
    expect(page.get_by_text("Waiting for GitHub")).to_be_visible()


def test_a_forgotten_account_leads_back_to_the_list(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    del pages.profiles.things["sample"]
    pages.publish("profile_removed", {"id": "sample"})
    expect(page).to_have_url(f"{pages.url}/")


def test_the_search_narrows_while_it_is_typed(page: Page) -> None:
    go(page, "/")
    page.get_by_label("Find an account").press_sequentially("coder")
    expect(page.locator(".account")).to_have_count(1)
    expect(page.locator("#count")).to_have_text("1 account")
    expect(page.get_by_label("Find an account")).to_be_focused()
    assert "query=coder" in page.url


def test_what_is_searched_for_before_the_scripts_have_come_is_found_then(page: Page) -> None:
    """A provider that was picked in that moment was shown as picked, and beside it everything."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/js/app.js*", hold, times=1)
    with page.expect_request("**/js/app.js*"):
        page.goto("/", wait_until="commit")
    page.wait_for_function("() => document.querySelector('#found')", polling=50)
    page.evaluate("document.querySelector('#provider').value = 'github'")
    held[0].continue_()
    expect(page.locator(".account")).to_have_count(1)
    expect(page.get_by_label("Provider")).to_have_value("github")
    assert page.url.endswith("/?provider=github")


def test_a_page_that_was_asked_for_before_a_search_does_not_undo_it(
    page: Page, pages: Pages
) -> None:
    """What changed was asked for, then the person searched: the older answer came last."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    go(page, "/")
    page.route(f"{pages.url}/", hold, times=1)
    with page.expect_request(f"{pages.url}/"):
        pages.publish("profile_changed", {"id": "sample"})
    page.get_by_label("Find an account").fill("coder")
    expect(page.locator(".account")).to_have_count(1)
    page.evaluate(_WATCH)
    with page.expect_response(f"{pages.url}/"):
        held[0].continue_()
    page.wait_for_function("() => seen.size > 0", polling=50)
    assert page.evaluate("() => [...seen]") == [1]


def test_a_pasted_address_is_offered_on_the_connect_page(page: Page) -> None:
    go(page, "/connect")
    page.get_by_label("Find a provider").fill("login.example.net")
    page.get_by_role("link", name="login.example.net").click()
    expect(page.get_by_label("Address")).to_have_value("login.example.net")


def test_a_field_is_checked_as_it_is_typed_but_not_too_early(page: Page) -> None:
    go(page, "/connect/openid")
    field = page.get_by_label("Address")
    field.press_sequentially("ftp://x y")
    wrong = page.get_by_text("An address begins with https://")
    expect(wrong).to_be_hidden()
    field.blur()
    expect(wrong).to_be_visible()
    field.fill("https://login.example.org")
    expect(wrong).to_be_hidden()


def test_a_client_id_is_kept_and_the_sign_in_begins(page: Page, pages: Pages) -> None:
    go(page, "/connect/gitlab")
    page.get_by_role("textbox", name="Client ID").fill("my-client")
    page.get_by_role("button", name="Sign in with your browser").click()
    expect(page).to_have_url(f"{pages.url}/sign-ins/begun")
    assert pages.services.providers.get("gitlab").client_id == "my-client"


def test_a_wrong_client_id_is_not_sent(page: Page, pages: Pages) -> None:
    go(page, "/connect/gitlab")
    page.get_by_role("textbox", name="Client ID").fill("two words")
    page.get_by_role("button", name="Sign in with your browser").click()
    expect(page.get_by_text("A client ID has no spaces.")).to_be_visible()
    assert pages.services.providers.get("gitlab").client_id is None


def test_renaming_can_be_taken_back(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    page.get_by_role("button", name="Rename").first.click()
    page.get_by_role("textbox", name="Your name for it").fill("Work")
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", name="Work")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Sample Person")).to_be_visible()
    assert pages.profiles.things["sample"].label == ""


def test_an_error_is_said_beside_its_field(page: Page) -> None:
    go(page, "/user/sample")
    page.get_by_role("button", name="Rename").first.click()
    page.evaluate("document.getElementById('label').removeAttribute('maxlength')")
    page.get_by_role("textbox", name="Your name for it").fill("x" * 101)
    page.get_by_role("dialog").get_by_role("button", name="Rename").click()
    expect(page.locator("#rename .field-error")).to_contain_text("at most 100 characters")


def test_forgetting_asks_first_and_escape_keeps(page: Page, pages: Pages) -> None:
    go(page, "/user/coder")
    page.get_by_role("button", name="Forget here…").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Forget here…").click()
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page).to_have_url(f"{pages.url}/")
    assert "coder" not in pages.profiles.things


def test_copying_copies_and_says_so(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    go(page, "/connect/github")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "http://127.0.0.1/callback"


def test_a_setting_is_kept_when_it_is_changed(page: Page, pages: Pages) -> None:
    go(page, "/settings")
    page.get_by_role("radio", name="Dark").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    listens(page)
    page.get_by_label("Lock automatically").select_option("15")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert pages.services.settings.get().auto_lock_minutes == 15


def test_the_language_changes_at_once(page: Page) -> None:
    go(page, "/settings")
    page.get_by_role("radio", name="Русский").check()
    expect(page.get_by_role("heading", name="Настройки")).to_be_visible()


def test_locking_shows_the_door_and_unlocking_leads_in(page: Page, pages: Pages) -> None:
    go(page, "/")
    page.get_by_role("button", name="Lock", exact=True).click()
    expect(page.get_by_role("heading", name="Coatcheck is locked")).to_be_visible()
    page.get_by_label("Passphrase").fill("wrong horse")
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page.locator(".form-error").first).not_to_be_empty()
    page.get_by_label("Passphrase").fill("correct horse")
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page).to_have_url(f"{pages.url}/")


def test_accounts_that_can_not_be_opened_are_said_so(page: Page, pages: Pages) -> None:
    pages.keys.shown = replace(pages.keys.shown, state="locked")
    pages.lock.problem = ForeignStoreError(name="profiles.db")
    page.goto(pages.ticket_url)
    expect(page.get_by_role("heading", name="be opened")).to_be_visible()
    expect(page.get_by_text("The file profiles.db does not belong")).to_be_visible()
    page.get_by_role("button", name="Begin anew…").click()
    expect(page.get_by_role("heading", name="Begin anew?")).to_be_visible()
    page.get_by_role("button", name="Not now").click()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("heading", name="Coatcheck is locked")).to_be_visible()


def test_locking_elsewhere_takes_the_page_away(page: Page, pages: Pages) -> None:
    go(page, "/user/sample")
    pages.keys.shown = replace(pages.keys.shown, state="locked")
    pages.publish("locked", {})
    expect(page).to_have_url(f"{pages.url}/unlock")
    expect(page.get_by_text("sample@example.org")).to_have_count(0)


def test_a_lost_connection_is_taken_up_again(page: Page, pages: Pages) -> None:
    page.add_init_script(
        "const Real = WebSocket; window.WebSocket = class extends Real "
        "{ constructor(url) { super(url); window.socket = this; } };"
    )
    go(page, "/")
    page.evaluate("window.socket.close()")
    pages.profiles.things["late"] = profile(id="late", subject="8", name="Came Late")
    expect(page.get_by_role("link", name="Came Late")).to_be_visible()


def test_being_offline_is_said(page: Page) -> None:
    go(page, "/")
    page.context.set_offline(offline=True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.context.set_offline(offline=False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()


def test_the_printing_service_prints(page: Page) -> None:
    go(page, "/user/photos-anna")
    page.get_by_role("button", name="Print a sheet").click()
    picture = page.get_by_role("img", name="A sheet with your photos")
    expect(picture).to_be_visible()
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 640


def test_a_ticket_in_the_fragment_signs_in(browser: Browser, pages: Pages) -> None:
    """How the browser is opened without the ticket on its command line."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{pages.url}/signed-out#ticket={pages.sessions.issue_ticket()}")
    expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
    assert "ticket" not in page.url
    context.close()


def test_the_keyboard_reaches_everything_and_skips_the_rail(page: Page) -> None:
    go(page, "/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Accounts", exact=True)).to_be_focused()
