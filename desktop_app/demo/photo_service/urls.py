"""Every address of the photo service."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from typing import Any

from tornado.routing import URLSpec
from tornado.web import Application, RequestHandler

from desktop_app.demo.photo_service.handlers.album import (
    AlbumHandler,
    AlbumPhotoHandler,
    PutBackHandler,
    SignOutHandler,
    TakeBackHandler,
)
from desktop_app.demo.photo_service.handlers.asking import SignInHandler
from desktop_app.demo.photo_service.handlers.authorize import AuthorizeHandler, ConsentHandler
from desktop_app.demo.photo_service.handlers.base import AssetHandler, NothingHandler
from desktop_app.demo.photo_service.handlers.photos import (
    ArchiveHandler,
    PersonPictureHandler,
    PhotoFileHandler,
    PhotosHandler,
)
from desktop_app.demo.photo_service.handlers.protocol import (
    DiscoveryHandler,
    IntrospectionHandler,
    KeysHandler,
    RevocationHandler,
    TokenHandler,
    UserinfoHandler,
)
from desktop_app.demo.photo_service.handlers.signed import (
    AccountHandler,
    InitiateHandler,
    SignedRevocationHandler,
    SignedTokenHandler,
)
from desktop_app.demo.photo_service.handlers.signed_pages import (
    OlderAuthorizeHandler,
    OlderConsentHandler,
    OlderSignInHandler,
)
from desktop_app.demo.photo_service.site import Site

_FOLDER = Path(__file__).parent.parent
_log = logging.getLogger(__name__)


def routes(site: Site) -> list[URLSpec]:
    """Return the whole table, named."""
    given = {"site": site}
    table: list[tuple[str, Any, str]] = [
        (r"/", AlbumHandler, "album"),
        (r"/album/([a-z-]+)\.jpg", AlbumPhotoHandler, "album_photo"),
        (r"/put-back", PutBackHandler, "put_back"),
        (r"/sign-out", SignOutHandler, "sign_out"),
        (r"/access/([A-Za-z0-9_-]+)/take-back", TakeBackHandler, "take_back"),
        (r"/authorize", AuthorizeHandler, "authorize"),
        (r"/sign-in", SignInHandler, "sign_in"),
        (r"/consent", ConsentHandler, "consent"),
        (r"/\.well-known/openid-configuration", DiscoveryHandler, "openid_configuration"),
        (r"/\.well-known/oauth-authorization-server", DiscoveryHandler, "server_metadata"),
        (r"/keys", KeysHandler, "keys"),
        (r"/token", TokenHandler, "token"),
        (r"/revoke", RevocationHandler, "revoke"),
        (r"/introspect", IntrospectionHandler, "introspect"),
        (r"/userinfo", UserinfoHandler, "userinfo"),
        (r"/oauth1/initiate", InitiateHandler, "initiate"),
        (r"/oauth1/authorize", OlderAuthorizeHandler, "older_authorize"),
        (r"/oauth1/sign-in", OlderSignInHandler, "older_sign_in"),
        (r"/oauth1/consent", OlderConsentHandler, "older_consent"),
        (r"/oauth1/token", SignedTokenHandler, "signed_token"),
        (r"/oauth1/account", AccountHandler, "account"),
        (r"/oauth1/revoke", SignedRevocationHandler, "signed_revoke"),
        (r"/photos", PhotosHandler, "photos"),
        (r"/photos\.zip", ArchiveHandler, "archive"),
        (r"/photos/([a-z-]+)\.jpg", PhotoFileHandler, "photo"),
        (r"/people/([a-z]+)\.jpg", PersonPictureHandler, "person_picture"),
    ]
    return [URLSpec(path, handler, given, name=name) for path, handler, name in table]


def make_application(site: Site, *, cookie_secret: bytes) -> Application:
    """Return the photo service's Tornado application.

    Cookies ignore ports, so both of its cookies carry the port in their name.
    """
    return Application(
        routes(site),
        default_handler_class=NothingHandler,
        default_handler_args={"site": site},
        template_path=str(_FOLDER / "templates"),
        static_path=str(_FOLDER / "static"),
        static_handler_class=AssetHandler,
        log_function=log_request,
        cookie_secret=base64.b64encode(cookie_secret).decode("ascii"),
        xsrf_cookies=True,
        xsrf_cookie_name=f"photos_xsrf_{site.port}",
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Lax"},
    )


def log_request(handler: RequestHandler) -> None:
    """Log a request without its query, which has the state of somebody's sign-in in it."""
    request = handler.request
    _log.info("photo service: %s %s %s", request.method, request.path, handler.get_status())
