"""The photos themselves, for programs that were allowed to have them."""

from __future__ import annotations

import http
from typing import Any

from desktop_app.demo.photo_service.accounts import ACCOUNTS, Account, find_account
from desktop_app.demo.photo_service.archive import pack
from desktop_app.demo.photo_service.handlers.base import PhotoHandler
from desktop_app.demo.photo_service.handlers.signed import SignedHandler
from desktop_app.demo.photo_service.shelf import HEIGHT, PHOTO_FOLDER, WIDTH, Photo


class ResourceHandler(SignedHandler):
    """Needs a signature, or an access token, that a scope was allowed to (RFC 5849, RFC 6750)."""

    def demand(self, scope: str) -> Account | None:
        """Return whose photos the caller may touch; None after answering that it may not.

        Source: RFC 6750 section 3.1.
        """
        if self.request.headers.get("Authorization", "").lower().startswith("oauth "):
            return self._demand_signed(scope)
        good, request = self.site.server.verify_request(
            self._uri(), "GET", None, self._authorization()
        )
        if not good:
            self._refuse(http.HTTPStatus.UNAUTHORIZED, "invalid_token")
            return None
        if scope not in request.scopes:
            self._refuse(http.HTTPStatus.FORBIDDEN, "insufficient_scope", scope)
            return None
        return find_account(request.user)

    def _demand_signed(self, scope: str) -> Account | None:
        grant = self.caller()
        if grant is None:
            self.refuse()
            return None
        if scope not in grant.scopes:
            self.set_status(http.HTTPStatus.FORBIDDEN)
            self.write_json({"error": "insufficient_scope"})
            return None
        return find_account(grant.subject)

    def find(self, account: Account, photo_id: str) -> Photo | None:
        """Return the photo; None after answering that there is none."""
        photo = self.site.shelf.find(account.subject, photo_id)
        if photo is None:
            self.set_status(http.HTTPStatus.NOT_FOUND)
            self.write_json({"error": "not_found"})
        return photo

    def _refuse(self, status: http.HTTPStatus, error: str, scope: str = "") -> None:
        challenge = f'Bearer realm="photos", error="{error}"'
        self.set_header("WWW-Authenticate", challenge + (f', scope="{scope}"' if scope else ""))
        self.set_status(status)
        self.write_json({"error": error})


class PhotosHandler(ResourceHandler):
    """``GET /photos``: what there is."""

    def get(self) -> None:
        """List the account's photos."""
        if account := self.demand("photos.read"):
            photos = self.site.shelf.photos(account.subject)
            found = [self._describe(photo) for photo in photos]
            self.write_json({"owner": account.name, "photos": found, "total": len(found)})

    def _describe(self, photo: Photo) -> dict[str, Any]:
        return {
            "id": photo.id,
            "title": photo.title,
            "width": WIDTH,
            "height": HEIGHT,
            "url": f"{self.site.issuer}/photos/{photo.id}.jpg",
        }


class ArchiveHandler(ResourceHandler):
    """``GET /photos.zip``: all of them at once, for who can sign for one address only."""

    def get(self) -> None:
        """Answer an archive with ``album.json``, which names the others."""
        if account := self.demand("photos.read"):
            self.set_header("Content-Type", "application/zip")
            self.write(pack(account.name, self.site.shelf.photos(account.subject)))


class PhotoFileHandler(ResourceHandler):
    """``GET`` and ``DELETE /photos/{id}.jpg``."""

    def get(self, photo_id: str) -> None:
        """Answer the picture."""
        account = self.demand("photos.read")
        if account and (photo := self.find(account, photo_id)):
            self.set_header("Content-Type", "image/jpeg")
            self.write(photo.path.read_bytes())

    async def delete(self, photo_id: str) -> None:
        """Take the photo away; the album page can put it back."""
        account = self.demand("photos.delete")
        if account and (photo := self.find(account, photo_id)):
            await self.site.shelf.delete(photo)
            self.set_status(http.HTTPStatus.NO_CONTENT)


class PersonPictureHandler(PhotoHandler):
    """``GET /people/{username}.jpg``: what an account looks like; anybody may see it."""

    def get(self, username: str) -> None:
        """Answer the picture."""
        if username not in {account.username for account in ACCOUNTS}:
            self.send_error(http.HTTPStatus.NOT_FOUND)
            return
        self.set_header("Content-Type", "image/jpeg")
        self.write((PHOTO_FOLDER / "people" / f"{username}.jpg").read_bytes())
