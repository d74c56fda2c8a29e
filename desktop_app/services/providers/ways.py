"""How another program gets to a server as Coatcheck itself would: its proxy, its authorities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.oauth.endpoints import check_endpoint
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.services.providers.authorities import authority_for
from desktop_app.services.providers.providers import ProviderService


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The way to a server.

    Attributes:
        proxy: ``system`` for what the environment or the system says, ``none``, or an address.
        has_password: The proxy wants one, which is the person's and given to no program.
        ca_file: A further authority that the person trusts for this server.
    """

    proxy: str = "system"
    has_password: bool = False
    ca_file: str | None = None


class Ways:
    """Tells the way to a server.

    Args:
        proxy: The person's setting.
        providers: Knows every provider's entry.
        profiles: Knows where the person has accounts.
    """

    def __init__(
        self, *, proxy: Callable[[], str], providers: ProviderService, profiles: ProfileService
    ) -> None:
        self._proxy = proxy
        self._providers = providers
        self._profiles = profiles

    def to(self, url: str) -> Way:
        """Return the way to *url*.

        Raises:
            EndpointError: If nothing may be sent there.
            LockedError: While the vault is locked.
        """
        check_endpoint(url, name="url")
        ca_file = authority_for(url, self._providers.all(), self._profiles.all())
        parts = urlsplit(self._proxy() or "system")
        user, _, host = parts.netloc.rpartition("@")
        proxy = parts._replace(netloc=host).geturl()
        return Way(proxy=proxy, has_password=bool(user), ca_file=ca_file)
