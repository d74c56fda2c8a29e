"""Every call of the API, described; a test holds this table and the routes together."""

from __future__ import annotations

from desktop_app.providers.draft_document import DraftDocument
from desktop_app.services.settings import Settings
from desktop_app.v1_0.operation import NOTHING, PNG, Operation
from desktop_app.v1_0.schemas import profiles as p
from desktop_app.v1_0.schemas import program, sign_ins
from desktop_app.v1_0.schemas import providers as pr

_ONE_PROFILE = (404, 409)
_ASKS_PROVIDER = (404, 409, 502)

_PROGRAM = (
    Operation(
        "health", "get", "/health", "That the program is there", program.HealthBody, public=True
    ),
    Operation("openapi", "get", "/openapi.json", "This document", dict),
    Operation("settings", "get", "/settings", "The settings", Settings),
    Operation(
        "settings",
        "patch",
        "/settings",
        "Change some settings",
        Settings,
        takes=program.SettingsChange,
        errors=(507,),
        person=True,
    ),
    Operation(
        "tickets",
        "post",
        "/tickets",
        "An address that signs one browser in, once",
        program.TicketBody,
        status=201,
        takes=program.NoFields,
        person=True,
    ),
    Operation(
        "window",
        "post",
        "/window",
        "Raise the window",
        NOTHING,
        status=204,
        takes=program.NoFields,
        errors=(409,),
    ),
)

_KEYS = (
    Operation("session", "get", "/session", "Locked or not", program.SessionBody),
    Operation(
        "session",
        "post",
        "/session",
        "Unlock; the first passphrase is the one that is set",
        program.SessionBody,
        takes=program.Unlocking,
        errors=(409, 429, 507),
    ),
    Operation("session", "delete", "/session", "Lock", NOTHING, status=204),
    Operation(
        "keys",
        "get",
        "/keys",
        "How the data key is kept",
        program.KeysBody,
        query=program.KeysQuery,
        person=True,
    ),
    Operation(
        "keys",
        "patch",
        "/keys",
        "Keep it in the keyring, by a passphrase, or both",
        program.KeysBody,
        takes=program.KeysChange,
        errors=(409, 429, 507),
        person=True,
    ),
    Operation(
        "start-over",
        "post",
        "/keys/start-over",
        "Begin anew after a forgotten passphrase; the old files are kept aside",
        program.SessionBody,
        takes=program.StartOver,
        errors=(409, 507),
        person=True,
    ),
)

_PROVIDERS = (
    Operation("providers", "get", "/providers", "All providers", pr.ProviderList),
    Operation(
        "providers",
        "post",
        "/providers",
        "Add one by its issuer or its endpoints",
        pr.ProviderBody,
        status=201,
        takes=DraftDocument,
        errors=(404, 409, 502, 507),
    ),
    Operation("provider", "get", "/providers/{id}", "One provider", pr.ProviderBody, errors=(404,)),
    Operation(
        "provider",
        "put",
        "/providers/{id}",
        "Change a provider",
        pr.ProviderBody,
        takes=DraftDocument,
        errors=(404, 409, 502, 507),
        person=True,
    ),
    Operation(
        "provider",
        "delete",
        "/providers/{id}",
        "Delete a provider",
        NOTHING,
        status=204,
        errors=(404, 409, 507),
        person=True,
    ),
)

_SIGN_INS = (
    Operation("sign-ins", "get", "/oauth/sign-ins", "All sign-ins", sign_ins.SignInList),
    Operation(
        "sign-ins",
        "post",
        "/oauth/sign-ins",
        "Start a sign-in",
        sign_ins.SignInBody,
        status=201,
        takes=sign_ins.SignInStart,
        errors=(404, 409, 502),
    ),
    Operation(
        "sign-in",
        "get",
        "/oauth/sign-ins/{id}",
        "How far a sign-in is",
        sign_ins.SignInBody,
        errors=(404,),
    ),
    Operation(
        "sign-in",
        "delete",
        "/oauth/sign-ins/{id}",
        "Give a sign-in up",
        NOTHING,
        status=204,
        errors=(404, 409),
    ),
    Operation(
        "sign-in-redirect",
        "post",
        "/oauth/sign-ins/{id}/redirect",
        "Paste the final address",
        sign_ins.SignInBody,
        takes=sign_ins.SignInAnswer,
        errors=(404, 409, 502),
    ),
    Operation(
        "sign-in-open",
        "post",
        "/oauth/sign-ins/{id}/open",
        "Open the browser again",
        sign_ins.SignInBody,
        takes=program.NoFields,
        errors=(404, 409),
    ),
)

_PROFILES = (
    Operation("profiles", "get", "/profiles", "The accounts", p.ProfileList, query=p.ProfilesQuery),
    Operation(
        "profile", "get", "/profiles/{id}", "One account", p.ProfileBody, errors=_ONE_PROFILE
    ),
    Operation(
        "profile",
        "patch",
        "/profiles/{id}",
        "Name an account",
        p.ProfileBody,
        takes=p.ProfileChange,
        errors=(*_ONE_PROFILE, 507),
    ),
    Operation(
        "profile",
        "delete",
        "/profiles/{id}",
        "Forget an account here",
        NOTHING,
        status=204,
        query=p.ForgetQuery,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-picture",
        "get",
        "/profiles/{id}/picture",
        "The account's picture",
        PNG,
        errors=_ONE_PROFILE,
    ),
    Operation(
        "profile-refresh",
        "post",
        "/profiles/{id}/refresh",
        "Renew the grant and the account's details",
        p.ProfileBody,
        takes=program.NoFields,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-revoke",
        "post",
        "/profiles/{id}/revoke",
        "Revoke at the provider",
        p.RevocationBody,
        takes=program.NoFields,
        errors=(*_ASKS_PROVIDER, 507),
    ),
    Operation(
        "profile-introspect",
        "post",
        "/profiles/{id}/introspect",
        "Ask the provider about the token",
        p.IntrospectionBody,
        takes=program.NoFields,
        errors=_ASKS_PROVIDER,
    ),
    Operation(
        "profile-token",
        "post",
        "/profiles/{id}/token",
        "An access token",
        p.TokenBody,
        takes=p.TokenWish,
        errors=(*_ASKS_PROVIDER, 408, 507),
    ),
    Operation(
        "profile-oauth1",
        "post",
        "/profiles/{id}/oauth1-signature",
        "Sign a request with OAuth 1.0a",
        p.SignatureBody,
        takes=p.SignatureWish,
        errors=(*_ASKS_PROVIDER, 507),
    ),
)

_DEMO = (
    Operation(
        "demo-print",
        "post",
        "/demo/print",
        "Have the photos printed",
        program.SheetBody,
        status=201,
        takes=program.PrintWish,
        errors=_ASKS_PROVIDER,
        person=True,
    ),
    Operation(
        "demo-sheet",
        "get",
        "/demo/sheet/{id}",
        "A contact sheet",
        PNG,
        errors=(404,),
        person=True,
    ),
)

OPERATIONS = (*_PROGRAM, *_KEYS, *_PROVIDERS, *_SIGN_INS, *_PROFILES, *_DEMO)
