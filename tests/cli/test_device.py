"""``sign-in --device``: the person types a code on another device."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tests.support.oidc_provider import ScriptedBrowser, running_oidc_provider
from tests.support.program import MAIN, Program, clean_environment, coatcheck


def test_the_code_is_shown_and_its_end_is_waited_for(program: Program) -> None:
    with running_oidc_provider(everything=True) as peer:
        entry = {
            "id": "typed",
            "name": "Typed",
            "client_id": "coatcheck-device",
            "issuer": peer.issuer,
        }
        assert program.as_program("POST", "/v1.0/providers", entry).status == 201
        where = ["--data-dir", str(program.folder)]
        process = subprocess.Popen(
            [sys.executable, str(MAIN), "sign-in", "typed", "--device", *where],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=clean_environment(),
        )
        assert process.stdout is not None
        shown = re.fullmatch(
            r"On any device, go to (\S+) and enter (\S+)\n", process.stdout.readline()
        )
        assert shown is not None
        address, code = shown.groups()
        assert address == f"{peer.issuer}/device"
        assert ScriptedBrowser().sign_in(f"{address}?user_code={code}").status == 200
        rest, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        assert rest.startswith("Signed in: maria@example.org at typed")


def test_a_provider_without_codes_is_wrong_usage(program: Program) -> None:
    done = coatcheck(program.folder, "sign-in", "photos", "--device", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"] == "invalid_request"
