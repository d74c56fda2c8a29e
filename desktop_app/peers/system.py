"""Implements ``services.ports.Peers``: from a connection to the program behind it."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias
from weakref import WeakKeyDictionary, WeakSet

import psutil

from desktop_app.peers.connections import Ends, belonging, ends_of, owners
from desktop_app.peers.credentials import peer_credentials, peer_has_ended
from desktop_app.peers.interpreters import interpreter_called
from desktop_app.peers.joint_looks import JointLooks
from desktop_app.peers.own import OwnCommand
from desktop_app.peers.programs import Programs
from desktop_app.services.lending.askers import Asker, AskingProgram
from desktop_app.services.lending.lending_errors import (
    ForeignUserError,
    InterpreterError,
    ProgramFileError,
    ProgramUnknownError,
)

_UNIX = getattr(socket, "AF_UNIX", None)
# One reading of a table of the system's tells of all the connections in it.
_TABLE = 1 << 16
# One looks at a time; another goes on where a script's folder does not answer.
_SPARE = 4

_ProcessOrNumber: TypeAlias = psutil.Process | int


class SystemPeers:
    """Asks the operating system who is at the other end; what may block runs in threads.

    Args:
        own: Our own command, which asks for whoever started it.
        uid: The user who is answered; None where users have no numbers (Windows).
    """

    def __init__(self, own: OwnCommand, *, uid: int | None) -> None:
        self._uid = uid
        self._programs = Programs(own)
        # Threads of their own: a thousand programs must not keep the person's page waiting. The
        # person's own connection is looked at too, and is in no row behind the programs.
        programs = ThreadPoolExecutor(_SPARE, thread_name_prefix="peers")
        users = ThreadPoolExecutor(1, thread_name_prefix="users")
        self._askers = JointLooks(self._look, threads=programs, at_once=1)
        self._holders = JointLooks(owners, threads=programs, at_once=_TABLE)
        self._users = JointLooks(self._look_at_users, threads=users, at_once=_TABLE)
        self._ours: WeakSet[socket.socket] = WeakSet()
        self._owners: WeakKeyDictionary[socket.socket, psutil.Process] = WeakKeyDictionary()

    async def check_user(self, connection: socket.socket) -> None:
        """Refuse another user of this machine; asked once for each connection.

        Raises:
            ForeignUserError: It is another user, or the system does not say who.
        """
        if connection in self._ours:
            return
        try:
            if not await self._is_ours(connection):
                raise ForeignUserError
        except OSError as error:
            raise ForeignUserError("the connection is gone") from error
        self._ours.add(connection)

    async def identify(self, connection: socket.socket) -> Asker:
        """Return the program at the other end.

        Raises:
            ForeignUserError: It is another user's.
            ProgramUnknownError: It has ended, or the system does not say.
        """
        await self.check_user(connection)
        try:
            asker = await self._askers.at(await self._process(connection))
            ended = connection.family == _UNIX and peer_has_ended(connection)
        except OSError as error:
            raise ProgramUnknownError(type(error).__name__) from error
        if ended:
            raise ProgramUnknownError("it ended")
        return asker

    async def program_at(self, path: str, *, interpreters: bool) -> AskingProgram:
        """Return the program that lies at *path*, an absolute one.

        Raises:
            ProgramFileError: Nothing there can be run.
            InterpreterError: It runs scripts, which are programs of their own, and
                *interpreters* is False.
        """
        program = await asyncio.to_thread(self._program_at, path)
        if not interpreters and interpreter_called(Path(program.path).name.lower()) is not None:
            raise InterpreterError(program.path)
        return program

    async def _is_ours(self, connection: socket.socket) -> bool:
        if connection.family == _UNIX:
            return peer_credentials(connection).uid == self._uid
        return await self._users.at(ends_of(connection))

    async def _process(self, connection: socket.socket) -> _ProcessOrNumber:
        """Return the process at the other end; equal for all that one process connected."""
        if connection.family == _UNIX:
            return peer_credentials(connection).pid
        known = self._owners.get(connection)
        if known is None or not known.is_running():
            known = await self._holders.at(ends_of(connection))
            if known is None:
                raise ProgramUnknownError("nobody holds the other end")
            self._owners[connection] = known
        return known

    def _look(self, processes: Sequence[_ProcessOrNumber]) -> list[Asker]:
        try:
            known = [psutil.Process(each) if isinstance(each, int) else each for each in processes]
        except psutil.Error as error:
            raise ProgramUnknownError(type(error).__name__) from error
        return [self._programs.asker(each) for each in known]

    def _look_at_users(self, all_ends: Sequence[Ends]) -> list[bool]:
        return belonging(self._uid, all_ends)

    def _program_at(self, given: str) -> AskingProgram:
        try:
            return self._programs.at(Path(os.path.realpath(given)))
        except (OSError, ValueError) as error:
            raise ProgramFileError(given) from error
