"""Gather every sentence that a person may see, and bring the translations up to date.

Usage: ``python build_scripts/messages.py`` writes new msgids into every
``ui/locale/*/LC_MESSAGES/coatcheck.po`` (empty, to be translated) and drops those that are
gone. ``tests/ui/test_messages.py`` fails while one is missing or fuzzy.

Where sentences are: ``_("…")`` in templates; ``say``, ``count``, ``timed``, ``seen`` and
``msgid`` in the views; ``public_message`` and the reasons of errors; the texts of permissions
and the guides of presets.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from tornado.template import Loader

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "ui" / "templates"
PACKAGE = ROOT / "desktop_app"
_STORY = ("story.py", "older_act.py", "person.py", "http_browser.py", "html_forms.py")
# The command line and the demonstration speak English; the photo service has words of its own.
ELSEWHERE = (
    PACKAGE / "cli",
    PACKAGE / "demo" / "photo_service",
    *(PACKAGE / "demo" / name for name in _STORY),
)
LOCALES = ROOT / "ui" / "locale"

_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)

Msgid = str | tuple[str, str]

_CALLS = {"say", "timed", "seen", "msgid", "translate", "_"}
_REASONED = {
    "ClientDocumentError": 0,
    "InvalidRequestError": 0,
    "ProviderUnreachableError": 0,
    "RegistrationError": 0,
    "refuse": 1,
}
_REASONS = {"reason", "what"}


def gather() -> dict[Msgid, str]:
    """Return every msgid (one with a plural as a pair) and the file that it is in."""
    found: dict[Msgid, str] = {}
    for source in (_of_templates, _of_code, _of_presets):
        for msgid, path in source():
            found.setdefault(msgid, path.relative_to(ROOT).as_posix())
    return found


def catalog_of(language: str) -> Catalog:
    """Return the translations into *language* as they are now."""
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> int:
    """Bring one language up to date and return how many sentences are not translated yet."""
    old, new = catalog_of(language), _empty(language)
    for msgid, path in sorted(gather().items(), key=lambda pair: (pair[1], str(pair[0]))):
        known = old.get(msgid if isinstance(msgid, str) else msgid[0])
        new.add(msgid, known.string if known else None, locations=[(path, None)])
    with _path(language).open("wb") as file:
        write_po(file, new, width=100, omit_header=False, include_lineno=False)
    return sum(1 for message in new if message.id and not message.string)


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Coatcheck",
        version="1",
        copyright_holder="Coatcheck",
        charset="utf-8",
        fuzzy=False,
        # No dates: they would make every update a change.
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
        header_comment="# What Coatcheck says, in another language.",
        last_translator="Coatcheck",
        language_team="Coatcheck",
    )


def _path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "coatcheck.po"


def _of_templates() -> Iterator[tuple[Msgid, Path]]:
    loader = Loader(str(TEMPLATES))
    for path in sorted(TEMPLATES.rglob("*.html")):
        # A template is Python once it is compiled; there its calls can be read for certain.
        code = loader.load(path.relative_to(TEMPLATES).as_posix()).code
        for msgid in _of_source(code):
            yield msgid, path


def _of_code() -> Iterator[tuple[Msgid, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if any(path.is_relative_to(folder) for folder in ELSEWHERE):
            continue
        for msgid in _of_source(path.read_text("utf-8")):
            yield msgid, path


def _of_source(code: str) -> Iterator[Msgid]:
    for node in ast.walk(ast.parse(code)):
        yield from _of_node(node)


def _of_node(node: ast.AST) -> Iterator[Msgid]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield from _of_constant(name, value)
        case ast.Call():
            yield from _of_call(node)


def _of_constant(name: str, value: ast.expr) -> Iterator[Msgid]:
    text = _text(value)
    # A sentence for a person ends with a full stop; other constants do not.
    if text and (
        name == "public_message" or (name.isupper() and text.endswith(".") and " " in text)
    ):
        yield text


def _of_call(call: ast.Call) -> Iterator[Msgid]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    texts = [_text(argument) for argument in call.args]
    if name == "count" and len(texts) > 1 and texts[0] and texts[1]:
        yield texts[0], texts[1]
    elif name in _CALLS and texts and texts[0]:
        yield texts[0]
    elif name in _REASONED and len(texts) > _REASONED[name]:
        yield from filter(None, [texts[_REASONED[name]]])
    yield from _of_keywords(name, call.keywords)


def _of_keywords(name: str, keywords: list[ast.keyword]) -> Iterator[Msgid]:
    wanted = {"text"} if name == "ScopeText" else _REASONS if name.endswith("Error") else set()
    for keyword in keywords:
        if keyword.arg in wanted and (text := _text(keyword.value)):
            yield text


def _text(value: ast.expr) -> str:
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return value.value if is_text else ""  # type: ignore[attr-defined, return-value]


def _of_presets() -> Iterator[tuple[Msgid, Path]]:
    for path in sorted((PACKAGE / "providers" / "presets").glob("*.toml")):
        preset = tomllib.loads(path.read_text("utf-8"))
        guide = preset.get("guide", {})
        texts = [scope["text"] for scope in preset.get("scope", [])]
        for ask in preset.get("ask", []):
            texts += [ask[key] for key in ("label", "hint") if key in ask]
        # Brands keep their names; the photo service is our own.
        names = [preset["name"]] if preset.get("origin") == "built_in" else []
        for text in (*names, *texts, *guide.get("steps", []), *guide.get("unconfirmed", [])):
            yield text, path


def main() -> None:
    """Bring every language up to date."""
    for folder in sorted(LOCALES.iterdir()):
        print(f"{folder.name}: {update(folder.name)} to translate")


if __name__ == "__main__":
    main()
