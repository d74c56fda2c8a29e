"""The made-up people who have accounts at the photo service."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who exists nowhere else.

    Attributes:
        subject: Stable identifier, the ``sub`` of ID tokens.
        password: Filled in on the sign-in page, because it protects nothing.
    """

    subject: str
    name: str
    username: str
    email: str
    password: str = field(default="a-made-up-password", repr=False)

    @property
    def given_name(self) -> str:
        """The first of the account's names."""
        return self.name.split(" ", maxsplit=1)[0]


JANE = Account(
    subject="photos-1001", name="Jane Hill", username="jane", email="jane@photos.example"
)
NOOR = Account(
    subject="photos-1002", name="Noor Lake", username="noor", email="noor@photos.example"
)
ACCOUNTS = (JANE, NOOR)


def find_account(subject: str) -> Account | None:
    """Return the account with *subject*, if there is one."""
    return next((account for account in ACCOUNTS if account.subject == subject), None)


def hinted_account(hint: str | None) -> Account:
    """Return the account that *hint* (an e-mail address or username) names, else the first."""
    named = (account for account in ACCOUNTS if hint in {account.email, account.username})
    return next(named, JANE)


def check_password(email: str, password: str) -> Account | None:
    """Return the account if *password* is its own, else None."""
    for account in ACCOUNTS:
        same = hmac.compare_digest(account.password.encode(), password.encode())
        if account.email == email and same:
            return account
    return None
