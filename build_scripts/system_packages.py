"""The system packages that wheels can't bring, on Linux: which are missing, and how to get them."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from build_scripts.console import give_up, say
from build_scripts.environment import python

MISSING = 2
"""Exit status when a package is missing and may not be installed from here."""

# Debian's name for what Qt WebEngine's libraries link to, and a library out of it.
_WINDOW_LIBRARIES = {
    "libegl1": "libEGL.so.1",
    "libgl1": "libGL.so.1",
    "libnss3": "libnss3.so",
    "libxcomposite1": "libXcomposite.so.1",
    "libxdamage1": "libXdamage.so.1",
    "libxrandr2": "libXrandr.so.2",
    "libxtst6": "libXtst.so.6",
    "libxkbfile1": "libxkbfile.so.1",
    "libasound2": "libasound.so.2",
    "libgbm1": "libgbm.so.1",
    "libdbus-1-3": "libdbus-1.so.3",
    "libfontconfig1": "libfontconfig.so.1",
    "libgssapi-krb5-2": "libgssapi_krb5.so.2",
    "libbrotli1": "libbrotlidec.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxcb-dri3-0": "libxcb-dri3.so.0",
}


@dataclass(frozen=True)
class Need:
    """A Debian package and how to see that what it brings is there."""

    package: str
    is_there: Callable[[], bool]


def _library(package: str, name: str) -> Need:
    return Need(package, lambda: _loads(name))


def _command(package: str, name: str) -> Need:
    return Need(package, lambda: shutil.which(name) is not None)


def _file(package: str, pattern: str) -> Need:
    return Need(package, lambda: any(Path("/").glob(pattern.removeprefix("/"))))


def for_setup() -> list[Need]:
    """What making the environment and talking to providers needs."""
    return [
        Need("python3-venv", _can_make_venv),
        Need("ca-certificates", _has_certificates),
    ]


def for_window() -> list[Need]:
    """What the window needs."""
    libraries = [_library(package, name) for package, name in _WINDOW_LIBRARIES.items()]
    return [*libraries, Need("fonts-dejavu-core", _has_fonts)]


def for_build() -> list[Need]:
    """What making the packaged program needs."""
    return [*for_window(), *_python_library(), _command("binutils", "objcopy")]


def for_tests() -> list[Need]:
    """What the tests need: a screen that is none, a browser, a keyring of its own, a proxy."""
    return [
        *for_build(),
        _command("xvfb", "Xvfb"),
        _command("chromium", "chromium"),
        _command("dbus", "dbus-run-session"),
        _command("gnome-keyring", "gnome-keyring-daemon"),
        # The program alone: the package without -bin starts a service.
        _command("tinyproxy-bin", "tinyproxy"),
        # What a person would open a backup with who has no Coatcheck any more.
        _command("age", "age"),
        *_borrowers(),
    ]


def _borrowers() -> list[Need]:
    """Programs that the recipes are for, and the mail server that they are tried against."""
    names = {"git": "git", "curl": "curl", "msmtp": "msmtp", "isync": "mbsync", "mutt": "mutt"}
    names |= {"neomutt": "neomutt", "getmail6": "getmail", "rclone": "rclone"}
    services = {"dovecot-imapd": "imap", "dovecot-submissiond": "submission"}
    return [
        *(_command(package, name) for package, name in names.items()),
        *(_file(package, f"/usr/lib/dovecot/{name}") for package, name in services.items()),
        _file("libsasl2-modules-kdexoauth2", "/usr/lib/*/sasl2/libkdexoauth2.so"),
    ]


def ensure(needs: Iterable[Need]) -> None:
    """Make sure that *needs* are there; on Linux alone, elsewhere wheels bring everything.

    Raises:
        SystemExit: Some are missing and can't be installed from here (exit status 2).
    """
    if not sys.platform.startswith("linux"):
        return
    missing = [need for need in needs if not need.is_there()]
    if not missing:
        return
    if may_install():
        install([need.package for need in missing])
        missing = [need for need in missing if not need.is_there()]
    if missing:
        raise give_up(advice([need.package for need in missing]), MISSING)


def may_install() -> bool:
    """Say whether packages can be installed without asking anybody."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: Sequence[str]) -> None:
    """Install *packages* with apt, whose output goes to standard error."""
    say(f"Installing system packages: {' '.join(packages)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _apt(["update", "-qq"], environment)
    names = [_available(package) for package in packages]
    _apt(["install", "-qq", "-y", "--no-install-recommends", *names], environment)


def advice(packages: Sequence[str]) -> str:
    """Say what is missing and end with one line to copy."""
    names = " ".join(packages)
    if shutil.which("apt-get") is None:
        return f"System packages are missing (by their Debian names); install them: {names}"
    line = f"sudo apt-get update && sudo apt-get install -y {names}"
    return f"System packages are missing. Copy this line, then start again:\n{line}"


def _apt(arguments: list[str], environment: dict[str, str]) -> None:
    # What fails is named afterwards by what is still missing.
    subprocess.run(["apt-get", *arguments], env=environment, stdout=sys.stderr, check=False)


def _available(package: str) -> str:
    """Return *package*, or the name that the newer releases of Debian and Ubuntu gave it."""
    answer = subprocess.run(
        ["apt-cache", "show", package],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return package if answer.returncode == 0 else f"{package}t64"


def _python_library() -> list[Need]:
    """Debian keeps Python's shared library, which a frozen program carries, in a package."""
    if sys.base_prefix != "/usr":
        return []
    package = f"libpython{sys.version_info.major}.{sys.version_info.minor}"
    return [_library(package, f"{package}.so.1.0")]


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _can_make_venv() -> bool:
    return python().exists() or importlib.util.find_spec("ensurepip") is not None


def _has_certificates() -> bool:
    paths = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
    return any(Path(path).exists() for path in (*paths, "/etc/ssl/ca-bundle.pem"))


def _has_fonts() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts")
    return any(next(folder.rglob("*.[to]tf"), None) for folder in folders if folder.is_dir())
