"""What a page says and takes away by itself, for tests that may come to look late."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page

# A toast is there for six seconds, or twelve if it offers to take something back (toast.js). A
# person has read it by then; a test on a machine that stood still meanwhile has not.
_STAY = """(() => {
  const usual = window.setTimeout;
  const later = (wait) => [6_000, 12_000].includes(wait) ? 100 * wait : wait;
  window.setTimeout = (work, wait, ...rest) => usual(work, later(wait), ...rest);
})()"""


def keep_toasts(opened: Page | BrowserContext) -> None:
    """Let every toast of the pages that *opened* shows from now on stay until the next one."""
    opened.add_init_script(_STAY)
    if isinstance(opened, Page):
        opened.evaluate(_STAY)
