"""What an interpreter runs, read from its command line."""

from __future__ import annotations

import pytest

from desktop_app.peers.command_line import Ran
from desktop_app.peers.interpreters import interpreter_of, ran_by
from desktop_app.peers.processes import Running

INPUT, CODE = Ran(how="input"), Ran(how="code")


def file(path: str) -> Ran:
    return Ran(how="file", what=path)


def module(name: str) -> Ran:
    return Ran(how="module", what=name)


def ran(path: str, *arguments: str, called: str = "") -> Ran | None:
    running = Running(pid=1, name="x", path=path, arguments=(called or path, *arguments))
    interpreter = interpreter_of(running)
    return ran_by(running, interpreter) if interpreter is not None else None


@pytest.mark.parametrize(
    ("path", "arguments", "expected"),
    [
        ("/usr/bin/python3.11", ["a.py", "-c"], file("a.py")),
        ("/usr/bin/python3", ["-u", "-W", "error", "-X", "dev", "a.py"], file("a.py")),
        ("/usr/bin/python3", ["-uWerror", "a.py"], file("a.py")),
        ("/usr/bin/python3", ["-c", "print()"], CODE),
        ("/usr/bin/python3", ["-Ic", "print()"], CODE),
        ("/usr/bin/python3", ["-m", "pip"], module("pip")),
        ("/usr/bin/python3", ["-Impip", "list"], module("pip")),
        ("/usr/bin/python3", ["--check-hash-based-pycs", "always", "a.py"], file("a.py")),
        ("/usr/bin/python3", [], INPUT),
        ("/usr/bin/python3", ["-"], INPUT),
        ("C:/Python/PythonW.exe", ["a.py"], file("a.py")),
        ("/bin/sh", ["-c", "git push"], CODE),
        ("/bin/bash", [], INPUT),
        ("/bin/bash", ["-l"], INPUT),
        ("/bin/bash", ["--login", "-o", "pipefail", "-x", "backup.sh"], file("backup.sh")),
        ("/bin/bash", ["--rcfile", "rc", "backup.sh"], file("backup.sh")),
        ("/bin/bash", ["+x", "backup.sh"], file("backup.sh")),
        ("/bin/dash", ["-ec", "x"], CODE),
        ("/bin/dash", ["--", "-odd.sh"], file("-odd.sh")),
        ("/usr/bin/perl", ["-w", "-I", "lib", "-MFoo", "a.pl"], file("a.pl")),
        ("/usr/bin/perl5.36.0", ["-lne", "print"], CODE),
        ("/usr/bin/perl", ["-e", "print"], CODE),
        ("/usr/bin/ruby3.1", ["-r", "json", "a.rb"], file("a.rb")),
        ("/usr/bin/node", ["--require", "x", "--max-old-space-size=8", "a.js"], file("a.js")),
        ("/usr/bin/node", ["--eval=1"], CODE),
        ("/usr/bin/node", ["-p", "1"], CODE),
        ("/opt/deno", ["run", "a.ts"], file("a.ts")),
        ("/usr/bin/php8.2", ["-d", "x=1", "-f", "a.php"], file("a.php")),
        ("/usr/bin/java", ["-Xmx1g", "-cp", "a:b", "-jar", "a.jar"], file("a.jar")),
        ("/lib64/ld-linux-x86-64.so.2", ["/bin/curl"], file("/bin/curl")),
        ("/usr/bin/make", ["-C", "src", "install"], INPUT),
        ("/usr/bin/make", ["-j4", "-f", "backup.mk", "all"], file("backup.mk")),
        ("/usr/bin/gmake", ["all", "--file=backup.mk"], file("backup.mk")),
        ("/usr/bin/nu", ["backup.nu"], file("backup.nu")),
        ("/usr/bin/makepkg", ["-f", "x"], None),
        ("/usr/bin/git", ["push"], None),
        ("/usr/bin/pythonista", ["a.py"], None),
        ("/usr/bin/shred", ["a"], None),
        ("/usr/bin/nodeinfo", ["a"], None),
        ("/usr/bin/curl", ["-c", "jar"], None),
    ],
)
def test_the_script_is_found_behind_any_options(
    path: str, arguments: list[str], expected: Ran | None
) -> None:
    assert ran(path, *arguments) == expected


def test_one_executable_of_many_commands_is_a_shell_where_it_is_called_so() -> None:
    assert ran("/bin/busybox", "a.sh", called="sh") == file("a.sh")
    assert ran("/bin/busybox", "sh", "a.sh") == file("a.sh")
    assert ran("/bin/busybox", "-c", "x", called="-sh") == CODE
    assert ran("/bin/busybox", "http://x", called="wget") is None
