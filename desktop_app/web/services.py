"""What handlers may ask for; ``app.py`` fills it, routes hand out the parts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktop_app.services.backup.making import BackupService
    from desktop_app.services.backup.restoring import RestoreService
    from desktop_app.services.events import EventBus
    from desktop_app.services.keeping import Vault
    from desktop_app.services.lending.account_choices import AccountChoices
    from desktop_app.services.lending.activity import ActivityService
    from desktop_app.services.lending.lending import LendingService
    from desktop_app.services.lending.programs import ProgramService
    from desktop_app.services.locking.lock import LockService
    from desktop_app.services.ports import Peers
    from desktop_app.services.profiles.profiles import ProfileService
    from desktop_app.services.providers.protected_resources import ProtectedResources
    from desktop_app.services.providers.providers import ProviderService
    from desktop_app.services.providers.ways import Ways
    from desktop_app.services.recipes import Recipes
    from desktop_app.services.settings import SettingsService
    from desktop_app.services.sign_ins.sign_in import SignInService
    from desktop_app.services.tokens.revocation_rounds import RevocationRounds
    from desktop_app.services.tokens.sign_outs import SignOuts
    from desktop_app.services.tokens.tokens import TokenService
    from desktop_app.services.upkeep.expirations import Expirations


class Sheet(Protocol):
    """A contact sheet that the built-in printing service made."""

    @property
    def id(self) -> str:
        """URL-safe; ``Printing.sheet`` gives its PNG."""

    @property
    def photos(self) -> int:
        """How many photos are on it."""


class Printing(Protocol):
    """The built-in printing service, as the window lets the person try it."""

    async def print_sheet(self, profile_id: str, *, signs: bool = False) -> Sheet:
        """Lend the profile's photos to the printing service and return what it made.

        Args:
            profile_id: An account of the photo service.
            signs: True if its requests are signed (OAuth 1.0a).
        """

    def sheet(self, sheet_id: str) -> bytes:
        """Return the PNG of a printed sheet.

        Raises:
            NotFoundError: No sheet has this id.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Every service that a handler may be given.

    Attributes:
        keys: The vault, for the pages that show how its key is kept.
        rounds: Taking every account back, one after another.
        demo: None where the built-in photo service does not run.
        raise_window: Brings the window to the front; False if it could not. None without one.
    """

    lock: LockService
    keys: Vault
    providers: ProviderService
    sign_ins: SignInService
    profiles: ProfileService
    tokens: TokenService
    lending: LendingService
    programs: ProgramService
    activity: ActivityService
    account_choices: AccountChoices
    protected_resources: ProtectedResources
    ways: Ways
    peers: Peers
    expirations: Expirations
    rounds: RevocationRounds
    sign_outs: SignOuts
    settings: SettingsService
    recipes: Recipes
    backups: BackupService
    restores: RestoreService
    events: EventBus
    demo: Printing | None = None
    raise_window: Callable[[], Awaitable[bool]] | None = None
