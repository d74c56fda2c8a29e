"""Take the README's pictures: pages with made-up accounts, the first light and dark.

Usage: ``python -m tests.support.readme_pictures`` writes ``docs/pictures``.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from desktop_app.services.accounts import Picture
from desktop_app.services.lending.loans import Wish
from tests.support.lent import asker
from tests.support.made_up import DAY, HOUR, NOW, grant, profile
from tests.support.pages import Pages, served
from tests.support.persons_browser import open_browser

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"
PEOPLE = ROOT / "desktop_app" / "demo" / "photos" / "people"
WINDOW: ViewportSize = {"width": 1080, "height": 720}
SCALE = 1.5
THEMES = {"light": "#dcd8d2", "dark": "#3a3733"}


def main() -> None:
    """Take every picture."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        for theme, line in THEMES.items():
            with served({"language": "en", "theme": theme}, empty=True) as pages:
                settle(pages)
                page = opened(browser, pages)
                page.goto("/")
                keep(page, f"accounts-{theme}", line)
                if theme == "light":
                    take_further(page, pages, line)
        browser.close()


def opened(browser: Browser, pages: Pages) -> Page:
    """Return the window's page, signed in."""
    context = browser.new_context(
        base_url=pages.url, viewport=WINDOW, device_scale_factor=SCALE, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(pages.ticket_url)
    return page


def take_further(page: Page, pages: Pages, line: str) -> None:
    """Show one account, and the question about another."""
    page.goto("/user/jane-google")
    keep(page, "profile-light", line)
    asking = pages.ask(asker(), Wish(profile_id="jane-github", scopes=("repo",)))
    # The page goes there by itself.
    page.locator("[data-question]").wait_for()
    page.wait_for_function("() => !document.querySelector('[data-decision=once]').disabled")
    keep(page, "question-light", line)
    asking.cancel()


def keep(page: Page, name: str, line: str) -> None:
    """Write what *page* shows, with round corners and a hair line around it."""
    page.wait_for_load_state("load")
    shown = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGBA")
    box = (0, 0, shown.width - 1, shown.height - 1)
    mask = Image.new("L", shown.size)
    ImageDraw.Draw(mask).rounded_rectangle(box, 12 * SCALE, fill=255)
    ImageDraw.Draw(shown).rounded_rectangle(box, 12 * SCALE, outline=line, width=2)
    shown.putalpha(ImageChops.multiply(mask, shown.getchannel("A")))
    shown.save(PICTURES / f"{name}.png", optimize=True)


CODE = ("read:user", "repo")
MAIL = "https://mail.google.com/"
CALENDAR = "https://www.googleapis.com/auth/calendar"
SEND = "https://www.googleapis.com/auth/gmail.send"


def settle(pages: Pages) -> None:
    """Put two people’s accounts in."""
    for each in accounts():
        pages.profiles.things[each.id] = each
    for person, ids in {"jane": ("jane", "jane-github"), "noor": ("noor",)}.items():
        for each_id in ids:
            pages.pictures.things[each_id] = portrait(each_id, person)


def accounts() -> list[Any]:
    """Return accounts as two people would have them."""
    hill: dict[str, Any] = {"name": "Jane Hill", "email": "jane.hill@example.org"}
    given = ("openid", "profile", "email", CALENDAR, SEND)
    for_good: dict[str, Any] = {"refresh_token": None, "access_token_expires_at": None}
    return [
        profile(id="jane", provider="photos", **(hill | {"email": "jane@photos.example"})),
        profile(
            id="jane-github",
            provider="github",
            subject="583231",
            username="jane-hill",
            **(hill | {"email": None}),
            grant=grant(**for_good, scopes_requested=CODE, scopes_granted=CODE),
        ),
        profile(
            id="jane-google",
            provider="google",
            **hill,
            grant=grant(scopes_requested=(*given, MAIL), scopes_granted=given),
        ),
        profile(
            id="works",
            provider="example-works",
            subject="j.hill",
            **(hill | {"email": "j.hill@works.example"}),
            grant=grant(
                granted_at=NOW - 28 * DAY,
                refresh_token_expires_at=NOW + 2 * DAY + 3.4 * HOUR,
                refresh_token_end_fixed=True,
            ),
        ),
        profile(id="noor", provider="photos", name="Noor Lake", email="noor@photos.example"),
        profile(
            id="noor-gitlab",
            provider="gitlab",
            subject="77",
            name="Noor Lake",
            username="noor.lake",
            email=None,
        ),
    ]


def portrait(profile_id: str, person: str) -> Picture:
    """Return the picture of one of the photo service's people."""
    file = BytesIO()
    Image.open(PEOPLE / f"{person}.jpg").resize((256, 256)).save(file, "PNG")
    return Picture(
        profile_id=profile_id,
        png=file.getvalue(),
        source_url="https://example.org/a.png",
        fetched_at=NOW,
    )


if __name__ == "__main__":
    main()
