"""What can go wrong with the store, in words for the person."""

from __future__ import annotations

import errno

from desktop_app.errors import AppError
from desktop_app.services.locking.lock_errors import UnopenableError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreError(AppError):
    """The store can't be read or written."""

    code = "store_failed"
    public_message = (
        "Your accounts can't be saved: the disk does not take them. Nothing that was saved before "
        "is lost. Check the disk, then restart Coatcheck."
    )


class DiskFullError(StoreError):
    """No room for a record; nothing has changed, on disk or in memory."""

    code = "disk_full"
    public_message = "The disk is full, so this was not saved. Make room and try again."


class ReplacedStoreError(StoreError):
    """The file is not the one that was left: removed, replaced, or written by something else."""

    code = "store_replaced"
    public_message = (
        "The file with your accounts was removed, replaced or changed while Coatcheck runs, so "
        "this was not saved. Put it back if you moved it, then restart Coatcheck."
    )


class StoreInUseError(StoreError):
    """Another process has the store open."""

    code = "store_in_use"
    public_message = "Another Coatcheck already uses this data folder. Close that one first."


class StoreVersionError(StoreError, UnopenableError):
    """The file was written by a newer Coatcheck; it is left as it is."""

    code = "store_version"
    public_message = (
        "Your accounts were saved by a newer Coatcheck. Update Coatcheck to open them. "
        "Nothing was changed."
    )


class ForeignStoreError(StoreError, UnopenableError):
    """The file is not a store, or one of another vault; it is left as it is."""

    code = "foreign_store"
    public_message = (
        "The file {name} does not belong to this data folder, or its beginning is damaged. "
        "Put the right one back, or begin anew. Nothing was changed."
    )


def as_store_error(error: OSError) -> StoreError:
    """Return what *error* means for the store; its text, which may hold a path, stays out."""
    detail = errno.errorcode.get(error.errno or 0, type(error).__name__)
    if error.errno in _FULL:
        return DiskFullError(detail)
    return ReplacedStoreError(detail) if error.errno == errno.ESTALE else StoreError(detail)
