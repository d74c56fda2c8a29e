"""What a command's exit status means, and which API error becomes which."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit statuses of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_RUNNING = 3
    DENIED = 4
    NEEDS_SIGN_IN = 5
    LOCKED = 6
    UNREACHABLE = 7


_STATUS = {
    "invalid_request": Exit.USAGE,
    "ambiguous_profile": Exit.USAGE,
    "ambiguous_program": Exit.USAGE,
    "not_running": Exit.NOT_RUNNING,
    "denied": Exit.DENIED,
    "access_denied": Exit.DENIED,
    "approval_required": Exit.DENIED,
    "approval_timeout": Exit.DENIED,
    "needs_sign_in": Exit.NEEDS_SIGN_IN,
    "locked": Exit.LOCKED,
    "wrong_passphrase": Exit.LOCKED,
    "wrong_backup_passphrase": Exit.LOCKED,
    "wrong_key_file": Exit.LOCKED,
    "key_file_rights": Exit.LOCKED,
    "vault_missing": Exit.LOCKED,
    "weak_passphrase": Exit.LOCKED,
    "keyring_unavailable": Exit.LOCKED,
    "too_many_guesses": Exit.LOCKED,
    "provider_unreachable": Exit.UNREACHABLE,
}


def exit_for(code: str) -> Exit:
    """Return the exit status for the API's error *code*."""
    return _STATUS.get(code, Exit.FAILED)
