"""Which program asks: real processes, looked at by the system's own account of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from desktop_app.peers.command_line import Ran
from desktop_app.peers.own import OwnCommand
from desktop_app.peers.processes import Running
from desktop_app.peers.programs import Programs
from desktop_app.peers.scripts import script_path
from desktop_app.services.lending.askers import Asker
from desktop_app.services.lending.lending_errors import ProgramUnknownError

# Says its own number and waits for the end of its input.
OURS = "import os, sys; print(os.getpid(), flush=True); sys.stdin.read()\n"
PYTHON = os.path.realpath(sys.executable)


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A script that stands for our own command."""
    script = tmp_path / "checkout" / "main.py"
    script.parent.mkdir()
    script.write_text(OURS)
    return script


@pytest.fixture
def programs(ours: Path) -> Programs:
    return Programs(OwnCommand(scripts=frozenset({str(ours)})))


@contextmanager
def started(
    *command: str | Path, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """Start *command* and return the process that says its number."""
    process = subprocess.Popen(
        [str(each) for each in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=folder,
        env=None if environment is None else {**os.environ, **environment},
    )
    assert process.stdout is not None
    try:
        yield psutil.Process(int(process.stdout.readline()))
    finally:
        process.communicate()


@pytest.fixture
def executable(tmp_path: Path) -> Callable[[str], Path]:
    """Make a program of its own: a shell under another name runs code, but is no shell to us."""

    def make(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath("/bin/sh"), path)
        return path

    return make


def test_an_executable_that_connects_is_the_program(
    programs: Programs, executable: Callable[[str], Path]
) -> None:
    mailer = executable("mailer")
    with started(mailer, "-c", "echo $$; read x") as process:
        asker = programs.asker(process)
    assert (asker.program.name, asker.program.path) == ("mailer", str(mailer))
    assert asker.program.kind == "executable"
    assert asker.program.may_be_always
    assert asker.pid == process.pid
    assert asker.parents[0].pid == os.getpid()


def test_our_command_asks_for_whoever_started_it(
    programs: Programs, ours: Path, executable: Callable[[str], Path]
) -> None:
    mailer = executable("mailer")
    with started(mailer, "-c", f"'{PYTHON}' '{ours}'; true") as process:
        asker = programs.asker(process)
    assert asker.program.path == str(mailer)
    assert asker.pid != process.pid


def test_shells_between_our_command_and_the_program_are_skipped(
    programs: Programs, ours: Path, executable: Callable[[str], Path]
) -> None:
    mailer = executable("mailer")
    command = f"'{PYTHON}' '{ours}'; true"
    with started(mailer, "-c", f'sh -c "bash -c \\"{command}\\"; true"; true') as process:
        asker = programs.asker(process)
    assert asker.program.path == str(mailer)


def test_a_shell_script_that_calls_our_command_is_the_program(
    programs: Programs, ours: Path, tmp_path: Path
) -> None:
    script = tmp_path / "backup.sh"
    script.write_text(f"#!/bin/sh\n'{PYTHON}' '{ours}'\ntrue\n")
    script.chmod(0o700)
    with started(script) as process:
        asker = programs.asker(process)
    assert (asker.program.kind, asker.program.path) == ("script", str(script))
    assert asker.program.interpreter == os.path.realpath("/bin/sh")
    assert not asker.program.may_be_always


@pytest.mark.parametrize("relative", [True, False])
def test_an_interpreter_is_shown_with_its_script(
    programs: Programs, tmp_path: Path, relative: bool
) -> None:
    script = tmp_path / "report.py"
    script.write_text(OURS)
    name = script.name if relative else str(script)
    with started(PYTHON, "-u", name, folder=tmp_path) as process:
        asker = programs.asker(process)
    assert (asker.program.name, asker.program.path) == ("report.py", str(script))
    assert asker.program.interpreter == PYTHON


@pytest.mark.parametrize("how", ["env", "shebang", "link"])
def test_a_script_is_the_same_however_it_is_started(
    programs: Programs, tmp_path: Path, how: str
) -> None:
    script, link = tmp_path / "report.py", tmp_path / "link.py"
    script.write_text(f"#!{PYTHON} -u\n{OURS}")
    script.chmod(0o700)
    link.symlink_to(script)
    command = {"env": ["env", "X=1", PYTHON, script], "shebang": [script], "link": [link]}[how]
    with started(*command) as process:
        program = programs.asker(process).program
    assert (program.path, program.kind) == (str(script), "script")
    assert program.is_same(programs.at(script))


def test_a_script_that_was_deleted_is_code_without_a_file(
    programs: Programs, tmp_path: Path
) -> None:
    script = tmp_path / "report.py"
    script.write_text(OURS)
    with started(PYTHON, script) as process:
        script.unlink()
        program = programs.asker(process).program
    assert (program.kind, program.path) == ("inline", PYTHON)
    assert not program.may_be_always


def test_a_script_in_a_container_is_not_ours_of_the_same_name(tmp_path: Path) -> None:
    """What it sees at that path is another file, whatever stands there for us."""
    script = tmp_path / "report.py"
    script.write_text(OURS)
    theirs = Path(f"{tmp_path}/container{script}")
    theirs.parent.mkdir(parents=True)
    told = Ran(how="file", what=str(script))
    inside = Running(pid=1, name="python3", path=PYTHON, root=str(tmp_path / "container"))
    assert script_path(inside, told) is None
    theirs.write_text("something else")
    assert script_path(inside, told) is None
    theirs.unlink()
    theirs.hardlink_to(script)
    assert script_path(inside, told) == script


def test_code_on_a_command_line_is_told_by_its_words(programs: Programs) -> None:
    seen = []
    for code in (OURS, OURS, OURS + "pass\n"):
        with started(PYTHON, "-c", code) as process:
            seen.append(programs.asker(process).program)
    assert {each.kind for each in seen} == {"inline"}
    assert seen[0].is_same(seen[1])
    assert not seen[0].is_same_place(seen[2])


def git_world(executable: Callable[[str], Path]) -> tuple[Path, Path]:
    """Return a git and a helper of it, in folders as git has them."""
    return executable("usr/bin/git"), executable("usr/lib/git-core/git-remote-https")


def test_gits_helpers_ask_for_git(
    programs: Programs, ours: Path, executable: Callable[[str], Path], tmp_path: Path
) -> None:
    git, helper = git_world(executable)
    last = tmp_path / "usr/lib/git-core/git-credential-step"
    last.write_text(f"#!/bin/sh\n'{PYTHON}' '{ours}'\ntrue\n")
    last.chmod(0o700)
    with started(git, "-c", f"'{helper}' -c \"'{last}'; true\"; true") as process:
        asker = programs.asker(process)
    assert asker.program.path == str(git)


def test_a_program_that_only_says_it_is_a_helper_is_none(
    programs: Programs, ours: Path, executable: Callable[[str], Path], tmp_path: Path
) -> None:
    """What stands in its environment, or a folder that is called so, proves nothing."""
    liar = executable("evil/git-core/git-remote-https")
    said = {"GIT_EXEC_PATH": str(liar.parent)}
    with started(liar, "-c", f"'{PYTHON}' '{ours}'; true", environment=said) as process:
        assert programs.asker(process).program.path == str(liar)


def test_a_replaced_executable_is_another_program(
    programs: Programs, executable: Callable[[str], Path]
) -> None:
    mailer = executable("mailer")
    with started(mailer, "-c", "echo $$; read x") as process:
        before = programs.asker(process).program
        fresh = mailer.with_name("mailer.new")
        fresh.write_bytes(mailer.read_bytes() + b"\0")
        fresh.chmod(0o700)
        fresh.rename(mailer)
        # What still runs is the old one, whatever stands at its path by now.
        assert programs.asker(process).program.fingerprint == before.fingerprint
    with started(mailer, "-c", "echo $$; read x") as process:
        after = programs.asker(process).program
    assert after.is_same_place(before)
    assert not after.is_same(before)


def test_the_program_at_a_path_is_the_one_that_asks(
    programs: Programs, executable: Callable[[str], Path], tmp_path: Path
) -> None:
    mailer = executable("mailer")
    script = tmp_path / "report.py"
    script.write_text(OURS)
    with started(mailer, "-c", "echo $$; read x") as process:
        assert programs.asker(process).program.is_same(programs.at(mailer))
    with started(PYTHON, script) as process:
        assert programs.asker(process).program.is_same(programs.at(script))
    assert programs.at(script).kind == "script"


def test_a_process_that_has_ended_is_an_error(programs: Programs) -> None:
    with started(PYTHON, "-c", OURS) as process:
        pass
    with pytest.raises(ProgramUnknownError):
        programs.asker(process)


def test_a_process_whose_number_went_to_another_is_an_error(programs: Programs) -> None:
    """psutil tells the two apart by when they began."""
    with started(PYTHON, "-c", OURS) as process:
        another = psutil.Process(process.pid)
        another._ident = (process.pid, -1.0)
        another._create_time = -1.0
        with pytest.raises(ProgramUnknownError):
            programs.asker(another)


def test_a_packaged_program_tells_its_command_from_the_printing_service(
    executable: Callable[[str], Path],
) -> None:
    packaged = executable("coatcheck")
    programs = Programs(
        OwnCommand(executables=frozenset({str(packaged)}), programs=frozenset({"-c"}))
    )
    with started(packaged, "-c", "echo $$; read x") as process:
        asker: Asker = programs.asker(process)
    assert (asker.program.kind, asker.program.name) == ("inline", "-c")
    own = Programs(OwnCommand(executables=frozenset({str(packaged)})))
    with started(packaged, "-c", "echo $$; read x") as process:
        assert own.asker(process).program.path != str(packaged)


@pytest.mark.parametrize("name", [b"odd\xff.py", b"two\nlines.py", "safe\u202eyp.exe".encode()])
def test_a_name_that_is_no_plain_text_can_be_shown_and_kept(
    programs: Programs, tmp_path: Path, name: bytes
) -> None:
    script = tmp_path / os.fsdecode(name)
    script.write_text(OURS)
    with started(PYTHON, script) as process:
        program = programs.asker(process).program
    assert program.name.isprintable()
    assert program.path.encode().startswith(os.fsencode(tmp_path))
    assert program.is_same(programs.at(script))
