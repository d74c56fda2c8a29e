"""Pictures of people and marks of providers; letters where there is no picture."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from desktop_app.providers.model import Provider
from desktop_app.providers.name_origins import name_origin
from desktop_app.services.accounts import Profile
from desktop_app.web.views.speech import Translate

_TONES = ("", "tone-blue", "tone-plum", "tone-rose", "tone-sand", "tone-grey")
# Where the icon set calls a provider otherwise than its preset.
_CALLED = {
    "gitlab-server": "gitlab",
    "mailru": "maildotru",
    "wikimedia": "wikimediafoundation",
    "x-oauth1": "x",
}
# The rest has letters: their marks are not to be had freely.
_BRANDS = frozenset(
    [
        "atlassian",
        "bitbucket",
        "bluesky",
        "box",
        "codeberg",
        "discogs",
        "discord",
        "dropbox",
        "flickr",
        "gitea",
        "github",
        "gitlab",
        "google",
        "huggingface",
        "maildotru",
        "mastodon",
        "musicbrainz",
        "nextcloud",
        "notion",
        "odnoklassniki",
        "openid",
        "openstreetmap",
        "orcid",
        "reddit",
        "spotify",
        "strava",
        "trello",
        "tumblr",
        "twitch",
        "vk",
        "wikimediafoundation",
        "x",
        "zoom",
        "zotero",
    ]
)
_ICONS = {"photos": "i-photos", "photos-oauth1": "i-photos"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkView:
    """A provider's mark: a symbol of a sprite, or one or two letters.

    Attributes:
        symbol: Identifier of the symbol; "" where the letters stand.
        filled: True for a brand's mark, which is filled; icons are lines.
    """

    symbol: str
    filled: bool
    letters: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """A person's picture with the provider's mark on it.

    Attributes:
        source: Address of the kept picture; "" where the initials stand.
    """

    source: str
    initials: str
    tone: str
    mark: MarkView


def provider_name(provider: Provider, translate: Translate) -> str:
    """Return what *provider* is called."""
    return translated_name(provider.name, name_origin(provider), translate)


def translated_name(name: str, origin: str, translate: Translate) -> str:
    """Return *name*, translated if it is ours: a brand is called the same in every language.

    Args:
        name: What the provider's entry is called.
        origin: Whose word that is; what a person wrote is never translated, and of a server that
            is called by its address it is said that nobody else vouches for it.
        translate: Knows no brand's name, but what we say beside one ("the older way").
    """
    if origin == "itself":
        return translate("{server} (its own sign-in)").format(server=name)
    return name if origin == "own" else translate(name)


def tone_of(name: str) -> str:
    """Return a colour class that stays the same for *name*."""
    return _TONES[zlib.crc32(name.encode()) % len(_TONES)]


def initials_of(*names: str | None) -> str:
    """Return one or two letters from the first of *names* that has any."""
    for name in names:
        words = re.findall(r"\w+", (name or "").partition("@")[0] or (name or ""))
        if words:
            return "".join(word[0] for word in words[:2]).upper()
    return "?"


def mark_view(provider: Provider) -> MarkView:
    """Return the mark of *provider*."""
    kind = provider.template or provider.id
    brand, icon = _CALLED.get(kind, kind), _ICONS.get(kind, "")
    return MarkView(
        symbol=f"m-{brand}" if brand in _BRANDS else icon,
        filled=brand in _BRANDS,
        letters=provider.mark or provider.name[:2],
        tone=_tone_class(provider),
    )


def _tone_class(provider: Provider) -> str:
    if not provider.tone:
        return tone_of(provider.id)
    return "" if provider.tone == "teal" else f"tone-{provider.tone}"


def picture_view(profile: Profile, provider: Provider, source: str) -> PictureView:
    """Return what stands for *profile*: its picture, or its initials on a tone of its own."""
    return PictureView(
        source=source,
        initials=initials_of(profile.label, profile.name, profile.username, profile.email),
        tone=tone_of(profile.id),
        mark=mark_view(provider),
    )
