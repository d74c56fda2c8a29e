"""Gather every sentence that a person may see, and bring the translations up to date.

Usage: ``python build_scripts/messages.py`` writes new msgids into every
``ui/locale/*/LC_MESSAGES/coatcheck.po`` (empty, to be translated) and drops those that are
gone. ``tests/ui/test_messages.py`` fails while one is missing or fuzzy.

Where sentences are: ``_("…")`` in templates; ``say``, ``count``, ``timed``, ``due``, ``seen``
and ``msgid`` in the views; ``public_message`` and the reasons of errors, which is whatever is given
to a parameter called ``reason``; the texts of permissions and the guides of presets.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
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

_OURS = re.compile(r" [a-z]")
_CALLS = {"Reason", "say", "timed", "due", "seen", "msgid", "translate", "_"}
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


def spliced_reasons() -> list[str]:
    """Return the file and line of each reason that is put together where no catalog finds it."""
    return [
        f"{path.relative_to(ROOT)}:{reason.lineno}"
        for path, nodes in _code()
        for node in nodes
        for reason in _reasons_of(node)
        if isinstance(reason, ast.JoinedStr | ast.BinOp)
    ]


def _of_code() -> Iterator[tuple[Msgid, Path]]:
    for path, nodes in _code():
        for node in nodes:
            for msgid in _of_node(node):
                yield msgid, path


@cache
def _code() -> list[tuple[Path, list[ast.AST]]]:
    """Every module that may speak to a person, with all of its syntax."""
    return [
        (path, list(ast.walk(ast.parse(path.read_text("utf-8")))))
        for path in sorted(PACKAGE.rglob("*.py"))
        if not any(path.is_relative_to(folder) for folder in ELSEWHERE)
    ]


@cache
def _reasoned() -> dict[str, int]:
    """Which argument is a reason, by the name of the function or class that takes it."""
    nodes = [node for _, nodes in _code() for node in nodes]
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("__"):
            found |= _reason_of(node.name, node)
        elif isinstance(node, ast.ClassDef):
            makers = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            for maker in makers:
                if maker.name == "__init__":
                    found |= _reason_of(node.name, maker, bound=1)
    return found | _inherited(nodes, found)


def _reason_of(name: str, function: ast.FunctionDef, bound: int = 0) -> dict[str, int]:
    names = [argument.arg for argument in function.args.args]
    return {name: names.index("reason") - bound} if "reason" in names else {}


def _inherited(nodes: list[ast.AST], found: dict[str, int]) -> dict[str, int]:
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    return {
        each.name: found[base.id]
        for each in classes
        for base in each.bases
        if isinstance(base, ast.Name) and base.id in found and each.name not in found
    }


def _of_source(code: str) -> Iterator[Msgid]:
    for node in ast.walk(ast.parse(code)):
        yield from _of_node(node)


def _of_node(node: ast.AST) -> Iterator[Msgid]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            yield from _of_constant(name, value)
        case ast.Call():
            yield from _of_call(node)
    yield from filter(None, map(_text, _reasons_of(node)))


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
    elif name == "ScopeText":
        yield from (_text(each.value) for each in call.keywords if each.arg == "text")


def _reasons_of(node: ast.AST) -> Iterator[ast.expr]:
    """Return what *node* gives as a reason: in a call, or to a variable of that name."""
    match node:
        case ast.Call():
            given = _reasons_in(node)
        case ast.Assign(targets=[ast.Name(id="reason")], value=value):
            given = iter([value])
        case _:
            return
    for each in given:
        yield from (each.body, each.orelse) if isinstance(each, ast.IfExp) else (each,)


def _reasons_in(call: ast.Call) -> Iterator[ast.expr]:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    place = _reasoned().get(name)
    if place is not None:
        yield from call.args[place : place + 1]
    if place is not None or name.endswith("Error"):
        yield from (each.value for each in call.keywords if each.arg in _REASONS)


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
        name = preset["name"]
        # Brands keep their names; what we say beside one in small letters is ours.
        names = [name] if preset.get("origin") == "built_in" or _OURS.search(name) else []
        for text in (*names, *texts, *guide.get("steps", []), *guide.get("unconfirmed", [])):
            yield text, path


def main() -> None:
    """Bring every language up to date."""
    for folder in sorted(LOCALES.iterdir()):
        print(f"{folder.name}: {update(folder.name)} to translate")


if __name__ == "__main__":
    main()
