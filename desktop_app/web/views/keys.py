"""What opens the accounts on this disk, as settings and the unlock page show it."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.services.keeping import VaultInfo
from desktop_app.web.views.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysView:
    """What opens the accounts.

    Attributes:
        removable: True if taking one way away leaves another.
        keyring_text: What the keyring does, or why it can't.
    """

    new: bool
    keyring: bool
    passphrase: bool
    key_file: str
    keyring_usable: bool
    keyring_problem: str
    keyring_text: str
    removable: bool


def keys_view(info: VaultInfo, speech: Speech) -> KeysView:
    """Return what opens the accounts."""
    problem = speech.translate(info.keyring_problem) if info.keyring_problem else ""
    return KeysView(
        new=info.state == "new",
        keyring=info.keyring,
        passphrase=info.passphrase,
        key_file=info.key_file or "",
        keyring_usable=info.keyring or info.keyring_usable is not False,
        keyring_problem=problem,
        keyring_text=problem or speech.say("Opens by itself while you are signed in here."),
        removable=sum((info.keyring, info.passphrase, bool(info.key_file))) > 1,
    )
