"""``/``, ``/user/{id}`` and the pictures on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from desktop_app.errors import NotFoundError
from desktop_app.providers.model import Provider
from desktop_app.services.accounts import Profile
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.providers import ProviderService
from desktop_app.web.pages.base import PageHandler
from desktop_app.web.pages.lending import LendingPageHandler
from desktop_app.web.pages.stage import ViewHandler
from desktop_app.web.views.accounts import (
    CardView,
    attention_views,
    card_view,
    provider_of,
)
from desktop_app.web.views.asking import asking_view
from desktop_app.web.views.pictures import provider_name
from desktop_app.web.views.profile import ProfileView, profile_view
from desktop_app.web.views.settings import OptionView
from desktop_app.web.views.speech import Speech

# Every account is on the page: a person has tens of them, and search is beside them.
_ALL = 10_000
_SEARCH_FROM = 5


class AccountsHandler(ViewHandler):
    """``GET``: the welcome page, or what needs attention and every account."""

    section = "accounts"
    _profiles: ProfileService
    _providers: ProviderService

    async def get(self) -> None:
        """Show the accounts that fit the search."""
        everything, total = self._profiles.list(limit=_ALL)
        if total == 0:
            await self.render("welcome.html")
            return
        query = self.get_query_argument("query", "")
        wanted = self.get_query_argument("provider", "")
        found, _ = self._profiles.list(query=query, provider=wanted, limit=_ALL)
        await self.render("accounts.html", query=query, **self._shown(everything, found, wanted))

    def _shown(
        self, everything: Sequence[Profile], found: Sequence[Profile], wanted: str
    ) -> dict[str, Any]:
        speech, providers = self.speech, _by_id(self._providers)
        cards = {entry[0].id: entry for entry in self._cards(everything, providers)}
        return {
            "attention": attention_views(list(cards.values()), speech),
            "cards": [cards[profile.id][2] for profile in found],
            "count": speech.count("{n} account", "{n} accounts", len(found)),
            "searchable": len(everything) >= _SEARCH_FROM,
            "choices": _choices(everything, providers, wanted, speech),
        }

    def _cards(
        self, profiles: Sequence[Profile], providers: Mapping[str, Provider]
    ) -> list[tuple[Profile, Provider, CardView]]:
        speech, source = self.speech, self.picture_source(self._profiles.picture)
        pairs = [(profile, provider_of(profile, providers)) for profile in profiles]
        return [
            (profile, provider, card_view(profile, provider, source, speech))
            for profile, provider in pairs
        ]


class ProfileHandler(LendingPageHandler):
    """``GET``: everything about one account."""

    section = "accounts"
    _profiles: ProfileService
    _providers: ProviderService

    async def get(self, profile_id: str) -> None:
        """Show the account."""
        profile = self._profiles.get(profile_id)
        view = self._view(profile)
        again = {"provider": profile.provider, "for_profile": profile.id}
        await self.render(
            "profile.html",
            view=view,
            loans=await self.loan_views(self._programs.loans(profile.id)),
            sign_in_again=json.dumps(again),
            undo_rename=json.dumps({"label": profile.label}),
            instead_of=self._instead_of(profile),
        )

    def _instead_of(self, profile: Profile) -> Profile | None:
        """Return the account that was to be signed in to, if this one came in its place."""
        try:
            meant = self._profiles.get(self.get_query_argument("instead_of", ""))
        except NotFoundError:
            return None
        return None if meant.id == profile.id else meant

    def _view(self, profile: Profile) -> ProfileView:
        provider = provider_of(profile, _by_id(self._providers))
        source = self.picture_source(self._profiles.picture)
        return profile_view(profile, provider, source, self.speech)


class PermissionsHandler(ViewHandler):
    """``GET``: what can be asked for, more or less than before."""

    section = "accounts"
    _profiles: ProfileService
    _providers: ProviderService

    async def get(self, profile_id: str) -> None:
        """Show every permission that is known, with what was asked for and given."""
        profile = self._profiles.get(profile_id)
        provider = provider_of(profile, _by_id(self._providers))
        card = card_view(
            profile, provider, self.picture_source(self._profiles.picture), self.speech
        )
        view = asking_view(profile, provider, self.speech)
        await self.render("permissions.html", card=card, view=view)


class PictureHandler(PageHandler):
    """``GET``: the picture of an account, from this disk."""

    person_only: ClassVar[bool] = True

    def initialize(self, profiles: ProfileService) -> None:
        """Take the profiles."""
        self._profiles = profiles

    async def get(self, profile_id: str) -> None:
        """Answer the PNG that was kept."""
        picture = self._profiles.picture(profile_id)
        if picture is None:
            raise NotFoundError
        self.set_header("Content-Type", "image/png")
        self.write(picture.png)


def _by_id(providers: ProviderService) -> dict[str, Provider]:
    return {provider.id: provider for provider in providers.all()}


def _choices(
    profiles: Sequence[Profile], providers: Mapping[str, Provider], wanted: str, speech: Speech
) -> list[OptionView]:
    found = {profile.provider: provider_of(profile, providers) for profile in profiles}
    names = {name: provider_name(each, speech.translate) for name, each in found.items()}
    return [
        OptionView(value=provider, label=name, chosen=provider == wanted)
        for provider, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
    ]
