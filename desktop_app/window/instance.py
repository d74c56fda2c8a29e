"""One running program for one data folder; a second start raises the first one's window."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable

from filelock import FileLock, Timeout

from desktop_app.errors import AppError
from desktop_app.paths import DataFolder, folder_error
from desktop_app.runtime import Runtime, read_runtime

_PAUSE = 0.05
# A program that has no window yet opens one before it answers.
_REQUEST_SECONDS = 60.0
_RAISED = 204
_WINDOWLESS = 409


class AlreadyRunningError(AppError):
    """Another program has this data folder."""

    code = "already_running"
    public_message = (
        "Coatcheck is already running with this data folder. Use that one, or end it first."
    )


class NotAnsweringError(AppError):
    """Another program has this data folder and does not answer."""

    code = "not_answering"
    public_message = (
        "Coatcheck is already running with this data folder, but does not answer. "
        "End it, then start again."
    )


class WindowlessError(AppError):
    """The running program can't show a window where it runs."""

    code = "no_window"
    public_message = (
        "Coatcheck is already running in the background (process {pid}), where no window can "
        "open. End that one, then start again."
    )


class Instance:
    """The claim on one data folder. The system drops it when the process dies, however."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._lock = FileLock(folder.instance_lock, mode=0o600)

    def claim(self) -> bool:
        """Take the folder; False if another running program has it.

        Raises:
            DataFolderError: Nothing can be written there.
        """
        try:
            self._lock.acquire(blocking=False)
            # Whoever wrote it is gone: it was killed before it could remove the file.
            self._folder.runtime_json.unlink(missing_ok=True)
        except Timeout:
            return False
        except OSError as error:
            raise folder_error(self._folder.root, error) from error
        return True

    def release(self) -> None:
        """Give the folder up."""
        self._lock.release()

    def raise_other(
        self,
        *,
        timeout: float = 45.0,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask the program that has the folder to show its window.

        It may have been started a moment ago and still be on its way, so wait for it.

        Raises:
            NotAnsweringError: It did not answer for *timeout* seconds.
            WindowlessError: It answers that it has no window and can't open one.
        """
        deadline = clock() + timeout
        while not self._asked():
            if clock() >= deadline:
                raise NotAnsweringError
            pause(_PAUSE)

    def _asked(self) -> bool:
        runtime = read_runtime(self._folder.runtime_json)
        return runtime is not None and _ask_to_raise(runtime)


def _ask_to_raise(runtime: Runtime) -> bool:
    """Send ``POST /v1.0/window``; False while nobody answers.

    Raises:
        WindowlessError: It has no window.
    """
    connection = http.client.HTTPConnection("127.0.0.1", runtime.port, timeout=_REQUEST_SECONDS)
    headers = {"Authorization": f"Bearer {runtime.api_key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/v1.0/window", body=b"{}", headers=headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status == _WINDOWLESS:
        raise WindowlessError(pid=runtime.pid)
    return status == _RAISED
