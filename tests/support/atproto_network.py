"""A small AT Protocol: a directory, an account's own server, and who signs its people in.

Each on an origin of its own. It checks what the specification lets a server check: pushed
requests, PKCE, DPoP with nonces at every step, the localhost client ID, codes used once.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from desktop_app.providers.rules import AtprotoRules

DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
HANDLE = "maria.test"
_BINDING = ("client_id", "code_challenge", "redirect_uri", "scope")

Members = dict[str, Any]


class Refusal(Exception):  # noqa: N818 - an answer, no fault of the test
    """What a server answers instead."""

    def __init__(self, error: str, status: int = 400, **headers: str) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers


class AtprotoNetwork:
    """The world of one account.

    Attributes:
        names: Handle to DID, as the handles' own hosts say it.
        known_names: The same, as the resolver knows it.
        documents: DID to its document.
        metadata: What the place to sign in says besides.
        resource: What the account's server says besides.
        signs_in: Whom the person signs in as.
        asked: Every path that was asked for.
    """

    def __init__(self) -> None:
        self.names = {HANDLE: DID}
        self.known_names: dict[str, str] = {}
        self.documents: dict[str, Members] = {}
        self.metadata: Members = {}
        self.resource: Members = {}
        self.signs_in = DID
        self.token_answer: Members = {}
        self.asked: list[str] = []
        self.pushed: dict[str, Members] = {}
        self._codes: dict[str, Members] = {}
        self._refresh: dict[str, str] = {}
        self._nonce = secrets.token_urlsafe(8)
        self._jtis: set[str] = set()
        self._servers: list[HTTPServer] = []
        self.directory = self.server = self.issuer = ""

    @property
    def rules(self) -> AtprotoRules:
        """Where everything is, as a preset says it."""
        return AtprotoRules(
            handles=f"{self.directory}/handles/{{handle}}",
            resolver=self.directory,
            directory=f"{self.directory}/plc",
            web="http://{host}/.well-known/did.json",
            profiles=self.directory,
            entryway=self.issuer,
        )

    async def __aenter__(self) -> AtprotoNetwork:
        self.directory = self._start(_Directory)
        self.server = self._start(_AccountServer)
        self.issuer = self._start(_SignInServer)
        self.document(DID, HANDLE)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.stop()
            await server.close_all_connections()

    def _start(self, handler: type[RequestHandler]) -> str:
        server = HTTPServer(Application([(r"/.*", handler, {"network": self})]))
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        self._servers.append(server)
        return f"http://127.0.0.1:{sockets[0].getsockname()[1]}"

    def document(self, did: str, handle: str, **changes: Any) -> None:
        """Let the directory know *did*."""
        service = {
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": self.server,
        }
        document = {"id": did, "alsoKnownAs": [f"at://{handle}"], "service": [service]}
        self.documents[did] = {**document, **changes}

    def authorize(self, url: str) -> tuple[str, dict[str, str]]:
        """Say yes at the address *url*; return where the browser goes, and with what."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/authorize?")
        assert query.keys() == {"client_id", "request_uri"}
        asked = self.pushed.pop(query["request_uri"])
        assert asked["client_id"] == query["client_id"]
        code = secrets.token_urlsafe(8)
        self._codes[code] = asked
        return asked["redirect_uri"], {"code": code, "state": asked["state"], "iss": self.issuer}

    def push(self, form: Members, jkt: str) -> Members:
        _check_client(form)
        if form.get("code_challenge_method") != "S256" or "state" not in form:
            raise Refusal("invalid_request")
        if form.get("dpop_jkt", jkt) != jkt:
            raise Refusal("invalid_dpop_proof")
        uri = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(8)}"
        self.pushed[uri] = {**form, "jkt": jkt}
        return {"request_uri": uri, "expires_in": 300}

    def tokens(self, form: Members, jkt: str) -> Members:
        if form["grant_type"] == "refresh_token":
            if self._refresh.pop(form["refresh_token"], None) != jkt:
                raise Refusal("invalid_grant")
            return self._issued(jkt, "atproto")
        asked = self._codes.pop(form["code"], None)
        if asked is None or asked["jkt"] != jkt:
            raise Refusal("invalid_grant")
        if any(form[name] != asked[name] for name in ("client_id", "redirect_uri")):
            raise Refusal("invalid_grant")
        if _s256(form["code_verifier"]) != asked["code_challenge"]:
            raise Refusal("invalid_grant")
        return self._issued(jkt, asked["scope"])

    def _issued(self, jkt: str, scope: str) -> Members:
        refresh_token = secrets.token_urlsafe(8)
        self._refresh[refresh_token] = jkt
        return {
            "access_token": f"at-{secrets.token_urlsafe(8)}",
            "token_type": "DPoP",
            "expires_in": 300,
            "refresh_token": refresh_token,
            "scope": scope,
            "sub": self.signs_in,
            **self.token_answer,
        }

    def checked_proof(self, method: str, url: str, proof: str, token: str | None = None) -> str:
        """Return the thumbprint of the key that *proof* is signed with (RFC 9449 section 4.3)."""
        head = json.loads(_decoded(proof.split(".", maxsplit=1)[0]))
        key = ECKey.import_key(head["jwk"])
        claims = json.loads(jws.deserialize_compact(proof, key, algorithms=["ES256"]).payload)
        good = (head["typ"], claims["htm"], claims["htu"]) == ("dpop+jwt", method, url)
        if not good or "d" in head["jwk"] or claims["jti"] in self._jtis:
            raise Refusal("invalid_dpop_proof")
        if token is not None and claims.get("ath") != _s256(token):
            raise Refusal("invalid_token", 401)
        if claims.get("nonce") != self._nonce:
            raise Refusal("use_dpop_nonce", 400 if token is None else 401, nonce=self._nonce)
        self._jtis.add(claims["jti"])
        # Every answer brings the next one, as a server that is strict does.
        self._nonce = secrets.token_urlsafe(8)
        return key.thumbprint()

    @property
    def nonce(self) -> str:
        return self._nonce


def _check_client(form: Members) -> None:
    """The protocol's "Localhost Client Development"."""
    if form.get("login_hint", "x").startswith("@"):
        # As Bluesky's own server answers.
        raise Refusal("invalid_request")
    client = urlsplit(form["client_id"])
    if (client.scheme, client.netloc, client.path) != ("http", "localhost", ""):
        raise Refusal("invalid_client")
    told = parse_qs(client.query)
    back = urlsplit(form["redirect_uri"])
    plain = f"{back.scheme}://{back.hostname}{back.path}"
    if plain not in told.get("redirect_uri", ["http://127.0.0.1/", "http://[::1]/"]):
        raise Refusal("invalid_request")
    if not set(form["scope"].split()) <= set(told.get("scope", ["atproto"])[0].split()):
        raise Refusal("invalid_scope")
    if "atproto" not in form["scope"].split():
        raise Refusal("invalid_scope")


def _s256(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Handler(RequestHandler):
    def initialize(self, network: AtprotoNetwork) -> None:
        self.network = network
        network.asked.append(self.request.path)

    def check_xsrf_cookie(self) -> None:
        pass

    def answer(self, members: Members | None) -> None:
        if members is None:
            self.set_status(404)
        self.finish(members or {"error": "NotFound"})

    def refuse(self, refusal: Refusal) -> None:
        self.set_status(refusal.status)
        if "nonce" in refusal.headers:
            self.set_header("DPoP-Nonce", refusal.headers["nonce"])
        if refusal.status == 401:
            self.set_header("WWW-Authenticate", f'DPoP error="{refusal.error}"')
        self.finish({"error": refusal.error})

    def proven(self, token: str | None = None) -> str:
        url = f"http://{self.request.host}{self.request.path}"
        proof = self.request.headers.get("DPoP", "")
        found = self.network.checked_proof(self.request.method or "", url, proof, token)
        self.set_header("DPoP-Nonce", self.network.nonce)
        return found


class _Directory(_Handler):
    """Handles, the resolver, the directory and the public profiles."""

    def get(self) -> None:
        path, network = self.request.path, self.network
        if path.startswith("/handles/"):
            did = network.names.get(path.removeprefix("/handles/"))
            self.set_header("Content-Type", "text/plain")
            self.set_status(200 if did else 404)
            self.finish(f"{did}\n" if did else "")
        elif path.endswith("resolveHandle"):
            did = network.known_names.get(self.get_query_argument("handle"))
            self.answer({"did": did} if did else None)
        elif path.endswith("getProfile"):
            did = self.get_query_argument("actor")
            self.answer({"did": did, "handle": HANDLE, "displayName": "Maria Sample"})
        else:
            self.answer(network.documents.get(path.removeprefix("/plc/")))


class _AccountServer(_Handler):
    """The server that keeps the account's data (PDS)."""

    def get(self) -> None:
        network = self.network
        if self.request.path == "/.well-known/oauth-protected-resource":
            told = {"resource": network.server, "authorization_servers": [network.issuer]}
            self.answer({**told, **network.resource})
        elif self.request.path == "/.well-known/did.json":
            self.answer(network.documents.get(f"did:web:{self.request.host.replace(':', '%3A')}"))
        else:
            self._session()

    def _session(self) -> None:
        kind, _, token = self.request.headers.get("Authorization", "").partition(" ")
        try:
            self.proven(token)
        except Refusal as refusal:
            self.refuse(refusal)
            return
        assert kind == "DPoP"
        self.answer({"did": self.network.signs_in, "email": "maria@example.org"})


class _SignInServer(_Handler):
    """The authorization server, or entryway."""

    def get(self) -> None:
        place = self.network.issuer
        if self.request.path != "/.well-known/oauth-authorization-server":
            self.answer(None)
            return
        self.answer(
            {
                "issuer": place,
                "authorization_endpoint": f"{place}/authorize",
                "token_endpoint": f"{place}/token",
                "pushed_authorization_request_endpoint": f"{place}/par",
                "require_pushed_authorization_requests": True,
                "authorization_response_iss_parameter_supported": True,
                "client_id_metadata_document_supported": True,
                "code_challenge_methods_supported": ["S256"],
                "dpop_signing_alg_values_supported": ["ES256"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "response_types_supported": ["code"],
                "scopes_supported": ["atproto", "transition:generic", "transition:email"],
                "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
                **self.network.metadata,
            }
        )

    def post(self) -> None:
        form = {name: self.get_body_argument(name) for name in self.request.body_arguments}
        steps = {"/par": self.network.push, "/token": self.network.tokens}
        try:
            self.answer(steps[self.request.path](form, self.proven()))
        except Refusal as refusal:
            self.refuse(refusal)
