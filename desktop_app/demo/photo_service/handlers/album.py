"""The photo service's own pages: a person's album, and who was let in."""

from __future__ import annotations

import http

from tornado.web import HTTPError

from desktop_app.demo.photo_service.accounts import JANE
from desktop_app.demo.photo_service.handlers.asking import AskingHandler
from desktop_app.demo.photo_service.handlers.base import PageHandler
from desktop_app.demo.photo_service.permissions import asked_permissions


class AlbumHandler(AskingHandler):
    """``GET /``: the album of whoever is signed in."""

    def get(self) -> None:
        """Show the album, or the sign-in page."""
        user = self.current_user
        if user is None:
            self.show_sign_in(JANE, query="")
            return
        subject = user.account.subject
        self.show(
            "album.html",
            account=user.account,
            photos=self.site.shelf.photos(subject),
            complete=self.site.shelf.is_complete(subject),
            grants=self.site.ledger.of_account(subject),
            asked_permissions=asked_permissions,
        )


class SessionHandler(PageHandler):
    """A page that is nothing without a session."""

    def prepare(self) -> None:
        """Send whoever is not signed in to the front door."""
        super().prepare()
        if self.current_user is None:
            self.redirect(self.reverse_url("album"), status=http.HTTPStatus.SEE_OTHER)

    def back(self) -> None:
        """Go to the album."""
        self.redirect(self.reverse_url("album"), status=http.HTTPStatus.SEE_OTHER)


class AlbumPhotoHandler(SessionHandler):
    """``GET /album/{id}.jpg``: one of the person's own photos."""

    def get(self, photo_id: str) -> None:
        """Answer the picture."""
        photo = self.site.shelf.find(self.current_user.account.subject, photo_id)
        if photo is None:
            raise HTTPError(http.HTTPStatus.NOT_FOUND)
        self.set_header("Content-Type", "image/jpeg")
        self.write(photo.path.read_bytes())


class PutBackHandler(SessionHandler):
    """``POST /put-back``: undo every deletion."""

    async def post(self) -> None:
        """Put the photos back."""
        await self.site.shelf.put_back(self.current_user.account.subject)
        self.back()


class TakeBackHandler(SessionHandler):
    """``POST /access/{id}/take-back``: end what a program was allowed."""

    async def post(self, grant_id: str) -> None:
        """End the grant, if it is the person's own."""
        own = self.site.ledger.of_account(self.current_user.account.subject)
        async with self.site.ledger.changing():
            if grant_id in {grant.id for grant in own}:
                self.site.ledger.revoke_grant(grant_id)
        self.back()


class SignOutHandler(SessionHandler):
    """``POST /sign-out``."""

    def post(self) -> None:
        """End the session."""
        self.sign_out()
        self.back()
