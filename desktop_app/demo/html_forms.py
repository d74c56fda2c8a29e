"""Reads the forms of a page, as far as a browser needs them to send one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One ``input`` of a form.

    Attributes:
        sent: Whether a browser would send it as it stands.
    """

    name: str
    kind: str
    value: str = field(repr=False)
    sent: bool


@dataclass(slots=True)
class Form:
    """One form and its inputs, in order."""

    action: str
    controls: list[Control] = field(default_factory=list)

    def fields(
        self, values: Mapping[str, str], without: Collection[str] = ()
    ) -> list[tuple[str, str]]:
        """Return what is sent with *values* filled in or chosen, and *without* unticked.

        Args:
            values: By name; a button that is pressed counts as one.
            without: Values of boxes that are unticked.
        """
        kept = [
            (control.name, control.value)
            for control in self.controls
            if control.sent and control.name not in values and control.value not in without
        ]
        return [*kept, *values.items()]


def read_forms(html: str) -> list[Form]:
    """Return the forms of *html* in order."""
    reader = _FormReader()
    reader.feed(html)
    return reader.forms


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append(Form(values.get("action") or ""))
            self._open = True
        elif tag == "input" and self._open and values.get("name"):
            self.forms[-1].controls.append(_read_control(values))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def _read_control(values: Mapping[str, str | None]) -> Control:
    kind = (values.get("type") or "text").lower()
    chosen = kind not in {"radio", "checkbox"} or "checked" in values
    return Control(
        name=values.get("name") or "",
        kind=kind,
        value=values.get("value") or "",
        sent=chosen and "disabled" not in values,
    )
