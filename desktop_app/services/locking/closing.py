"""How a data folder closes: what must not be cut off ends first, then the key goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from desktop_app.services.keeping import Database, Vault
from desktop_app.services.ports import AsyncCallback

_logger = logging.getLogger(__name__)


class Closing:
    """Closes the vault and the database, whatever goes wrong before.

    Args:
        vault: Forgets the key.
        database: Forgets every document.
        before: What must end first; each is waited for up to *patience* seconds.
        patience: Seconds.
    """

    def __init__(
        self,
        vault: Vault,
        database: Database,
        *,
        before: Sequence[AsyncCallback],
        patience: float,
    ) -> None:
        self._vault = vault
        self._database = database
        self._before = tuple(before)
        self._patience = patience

    async def close(self) -> bool:
        """Close both, and tell whether they were open."""
        was_unlocked = self._vault.state == "unlocked"
        await self._wait_for_work()
        self._vault.lock()
        await self._database.close()
        return was_unlocked

    async def _wait_for_work(self) -> None:
        for callback in self._before:
            try:
                await asyncio.wait_for(callback(), self._patience)
            except TimeoutError:
                _logger.warning("locking although something is still under way")
            except Exception:
                # Whatever fails, the person asked for the key to go.
                _logger.exception("something failed before locking")
