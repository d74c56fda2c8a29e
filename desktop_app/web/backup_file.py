"""A backup as the file that goes out, to the window and to commands."""

from __future__ import annotations

from tornado.web import RequestHandler

from desktop_app.services.backup.making import SealedBackup


def write_backup(handler: RequestHandler, backup: SealedBackup) -> None:
    """Answer the file, for the person to keep."""
    handler.set_header("Content-Type", "application/octet-stream")
    handler.set_header("Content-Disposition", f'attachment; filename="{backup.name}"')
    handler.write(backup.content)
