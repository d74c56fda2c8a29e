"""The calls of the API, described; a test holds these tables and the routes together."""

from __future__ import annotations

from typing import Final

from desktop_app.v1_0.operation import Operation
from desktop_app.v1_0.operations.backups import BACKUPS
from desktop_app.v1_0.operations.demo import DEMO
from desktop_app.v1_0.operations.keys import KEYS
from desktop_app.v1_0.operations.lending import LENDING
from desktop_app.v1_0.operations.profiles import PROFILES
from desktop_app.v1_0.operations.program import PROGRAM
from desktop_app.v1_0.operations.providers import PROVIDERS
from desktop_app.v1_0.operations.recipes import RECIPES
from desktop_app.v1_0.operations.revocations import EXPIRATIONS, REVOCATIONS
from desktop_app.v1_0.operations.sign_ins import SIGN_INS

OPERATIONS: Final[tuple[Operation, ...]] = (
    *PROGRAM,
    *KEYS,
    *PROVIDERS,
    *SIGN_INS,
    *PROFILES,
    *LENDING,
    *EXPIRATIONS,
    *REVOCATIONS,
    *DEMO,
    *RECIPES,
    *BACKUPS,
)
