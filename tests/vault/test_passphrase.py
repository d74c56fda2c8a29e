from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from desktop_app.services.locking.lock_errors import WeakPassphraseError
from desktop_app.vault.errors import DamagedVaultError
from desktop_app.vault.passphrase import Argon2Parameters, check_new_passphrase, derive_key

_SALT = b"0123456789abcdef"


def test_argon2id_matches_the_rfc_vector() -> None:
    """RFC 9106 section 5.3."""
    kdf = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=b"\x04" * 12,
        secret=b"\x03" * 8,
    )
    assert kdf.derive(b"\x01" * 32).hex() == (
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    )


def test_the_defaults_are_the_rfcs_second_recommendation() -> None:
    """RFC 9106 section 4: 3 passes, 4 lanes, 64 MiB, 128-bit salt."""
    parameters = Argon2Parameters(salt=_SALT)
    assert (parameters.passes, parameters.lanes, parameters.memory_kib) == (3, 4, 64 * 1024)


def test_both_ways_to_type_an_accent_give_one_key() -> None:
    parameters = Argon2Parameters(salt=_SALT, memory_kib=64)
    assert derive_key("caf\u00e9", parameters) == derive_key("cafe\u0301", parameters)
    assert derive_key("caf\u00e9", parameters) != derive_key("cafe", parameters)


def test_a_lone_surrogate_is_just_another_passphrase() -> None:
    parameters = Argon2Parameters(salt=_SALT, memory_kib=64)
    assert len(derive_key("\ud800 what", parameters)) == 32


@pytest.mark.parametrize("short", ["", "1234567", "e\u0301" * 7])
def test_a_new_passphrase_has_eight_characters(short: str) -> None:
    with pytest.raises(WeakPassphraseError) as caught:
        check_new_passphrase(short)
    assert "at least 8" in caught.value.message
    check_new_passphrase("12345678")


@pytest.mark.parametrize(
    "altered",
    [
        {"memory_kib": 1 << 30},
        {"memory_kib": 1},
        {"passes": 0},
        {"passes": 1 << 20},
        {"lanes": 1000},
        {"salt": b""},
    ],
)
def test_parameters_that_would_eat_the_machine_are_refused(altered: dict[str, int]) -> None:
    with pytest.raises(DamagedVaultError):
        Argon2Parameters(**{"salt": _SALT, **altered})


def test_two_derivations_at_once_both_end() -> None:
    """In a child: OpenSSL's thread pool lets unguarded ones wait for each other for ever."""
    script = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from desktop_app.vault.passphrase import Argon2Parameters, derive_key\n"
        "p = Argon2Parameters(salt=bytes(16))\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    keys = list(pool.map(lambda _: derive_key('passphrase', p), range(6)))\n"
        "print(len(set(keys)))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, timeout=120, check=True
    )
    assert done.stdout.split() == [b"1"]
