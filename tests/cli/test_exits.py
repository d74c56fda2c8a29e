"""Exit statuses are part of the interface."""

from __future__ import annotations

import pytest

from desktop_app.cli.exits import exit_for


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("failed", 1),
        ("never_heard_of", 1),
        ("not_found", 1),
        ("invalid_request", 2),
        ("ambiguous_profile", 2),
        ("not_running", 3),
        ("denied", 4),
        ("access_denied", 4),
        ("approval_required", 4),
        ("approval_timeout", 4),
        ("ambiguous_program", 2),
        ("needs_sign_in", 5),
        ("locked", 6),
        ("wrong_passphrase", 6),
        ("wrong_key_file", 6),
        ("key_file_rights", 6),
        ("vault_missing", 6),
        ("too_many_guesses", 6),
        ("provider_unreachable", 7),
    ],
)
def test_each_error_has_its_exit_status(code: str, status: int) -> None:
    assert exit_for(code) == status
