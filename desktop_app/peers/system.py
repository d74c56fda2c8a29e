"""Implements ``services.ports.Peers``: from a connection to the program behind it."""

from __future__ import annotations

import asyncio
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from weakref import WeakKeyDictionary, WeakSet

import psutil

from desktop_app.peers.connections import belongs_to, ends_of, owner
from desktop_app.peers.credentials import peer_credentials, peer_has_ended
from desktop_app.peers.interpreters import interpreter_called
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


class SystemPeers:
    """Asks the operating system who is at the other end; what may block runs in threads.

    Args:
        own: Our own command, which asks for whoever started it.
        uid: The user who is answered; None where users have no numbers (Windows).
    """

    def __init__(self, own: OwnCommand, *, uid: int | None) -> None:
        self._uid = uid
        self._programs = Programs(own)
        # Threads of their own: a thousand programs must not keep the person's page waiting.
        self._lookers = ThreadPoolExecutor(2, thread_name_prefix="peers")
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
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._lookers, self._asker, connection)

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
        return await asyncio.to_thread(belongs_to, self._uid, ends_of(connection))

    def _asker(self, connection: socket.socket) -> Asker:
        try:
            process = self._process(connection)
        except (OSError, psutil.Error) as error:
            raise ProgramUnknownError(type(error).__name__) from error
        asker = self._programs.asker(process)
        if connection.family == _UNIX and peer_has_ended(connection):
            raise ProgramUnknownError("it ended")
        return asker

    def _process(self, connection: socket.socket) -> psutil.Process:
        if connection.family == _UNIX:
            return psutil.Process(peer_credentials(connection).pid)
        known = self._owners.get(connection)
        if known is None or not known.is_running():
            known = owner(ends_of(connection))
            if known is None:
                raise ProgramUnknownError("nobody holds the other end")
            self._owners[connection] = known
        return known

    def _program_at(self, given: str) -> AskingProgram:
        try:
            return self._programs.at(Path(os.path.realpath(given)))
        except (OSError, ValueError) as error:
            raise ProgramFileError(given) from error
