"""Walks a page with the Tab key alone."""

from __future__ import annotations

from playwright.sync_api import Page

# Marks what the keyboard must reach, in a dialog if one is open. A group of radio buttons is
# one stop.
_MARK = """() => {
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
  const groups = new Set();
  const reachable = document.querySelector("dialog[open]") ?? document;
  const stops = [...reachable.querySelectorAll(kinds)].filter((each) => {
    if (each.disabled || each.tabIndex < 0 || each.type === "hidden") return false;
    if (each.type === "radio" && groups.has(each.name)) return false;
    if (each.type === "radio") groups.add(each.name);
    return each.checkVisibility() && each.getClientRects().length > 0;
  });
  const nameOf = (each, place) => each.type === "radio" ? each.name : place;
  stops.forEach((each, place) => { each.dataset.stop = nameOf(each, place); });
  document.activeElement?.blur();
  window.getSelection()?.removeAllRanges();
  return stops.map((each) => each.dataset.stop);
}"""
# Where the focus is, and whether anything about it can be seen.
_LOOK = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const near = [focused, focused.nextElementSibling, focused.parentElement,
    focused.closest("label, li, .card, .row")].filter(Boolean);
  const styles = near.flatMap((each) => ["", "::before", "::after"].map(
    (pseudo) => getComputedStyle(each, pseudo || undefined)));
  const seen = styles.some((style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0));
  const stop = focused.type === "radio" ? focused.name : focused.dataset.stop;
  return { stop: stop ?? "", seen, what: focused.outerHTML.slice(0, 140) };
}"""
_NAME = "(stop) => document.querySelector(`[data-stop='${stop}']`)?.outerHTML.slice(0, 140)"


def keyboard_problems(page: Page) -> list[str]:
    """What Tab does not reach on *page*, and where the focus can't be seen."""
    missed = set(page.evaluate(_MARK))
    problems = []
    for _ in range(len(missed) + 3):
        page.keyboard.press("Tab")
        found = page.evaluate(_LOOK)
        if found is None:
            continue
        missed.discard(found["stop"])
        if not found["seen"]:
            problems.append(f"no focus to be seen on {found['what']}")
    return problems + [f"Tab does not reach {page.evaluate(_NAME, stop)}" for stop in missed]
