"""The presets that ship with the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop_app.errors import Reason
from desktop_app.providers.model import Provider
from desktop_app.providers.preset import PresetError, parse_preset
from desktop_app.providers.scope_words import OPENID_SCOPES, UNKNOWN_SCOPE

PRESETS = Path(__file__).with_name("presets")


class Catalogue:
    """Providers that are known by name, in the order of their names."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        ordered = sorted(providers, key=lambda provider: provider.name.casefold())
        self._providers: Mapping[str, Provider] = {each.id: each for each in ordered}

    @classmethod
    def load(cls, folder: Path = PRESETS) -> Catalogue:
        """Read every ``*.toml`` of *folder*.

        Raises:
            PresetError: If a file is wrong, or does not have its provider's id as its name.
        """
        return cls([_read(path) for path in sorted(folder.glob("*.toml"))])

    def all(self) -> Sequence[Provider]:
        """Return every preset."""
        return tuple(self._providers.values())

    def get(self, provider_id: str) -> Provider | None:
        """Return the preset *provider_id*, or None."""
        return self._providers.get(provider_id)

    def messages(self) -> Sequence[str]:
        """Return every sentence that a person may see, for the translators."""
        words = [text.text for text in (*OPENID_SCOPES.values(), UNKNOWN_SCOPE)]
        for provider in self._providers.values():
            words += [text.text for text in provider.scope_texts.values()]
            words += [*provider.guide.steps, *provider.guide.unconfirmed]
            words += [text for ask in provider.asks for text in (ask.label, ask.hint) if text]
        return tuple(dict.fromkeys(words))


def _read(path: Path) -> Provider:
    provider = parse_preset(path.read_text(encoding="utf-8"), name=path.stem)
    if provider.id != path.stem:
        raise PresetError(preset=path.stem, reason=Reason("its id is {id}", id=provider.id))
    return provider
