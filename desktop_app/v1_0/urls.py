"""The whole table of the API's addresses, named, with what each handler gets."""

from __future__ import annotations

from typing import Any

from tornado.routing import URLSpec

from desktop_app.v1_0.handlers import (
    access,
    account_choices,
    activity,
    backups,
    borrowing,
    demo,
    description,
    expirations,
    grants,
    health,
    lending,
    oauth,
    profiles,
    protected_resources,
    providers,
    recipes,
    revocations,
    session,
    settings,
    ways,
)
from desktop_app.web.events import EventsHandler
from desktop_app.web.services import Services

_ONE = "([^/]+)"


def api_routes(services: Services) -> list[URLSpec]:
    """Return every route of the API with the services that its handler gets."""
    return [
        *_program_routes(services),
        *_key_routes(services),
        *_provider_routes(services),
        *_sign_in_routes(services),
        *_profile_routes(services),
        *_lending_routes(services),
        *_ending_routes(services),
        *_demo_routes(services),
        *_backup_routes(services),
    ]


def _program_routes(services: Services) -> list[URLSpec]:
    return [
        _url("/health", health.HealthHandler, "health", _pick(services, "lock", "profiles")),
        _url(r"/openapi\.json", description.OpenApiHandler, "openapi", {}),
        _url("/events", EventsHandler, "events", _pick(services, "events")),
        _url("/settings", settings.SettingsHandler, "settings", _pick(services, "settings")),
        _url("/tickets", access.TicketsHandler, "tickets", {}),
        _url(f"/recipes/{_ONE}", recipes.RecipeHandler, "recipe", _pick(services, "recipes")),
        _url("/window", access.WindowHandler, "window", _pick(services, "raise_window")),
    ]


def _key_routes(services: Services) -> list[URLSpec]:
    mine = _pick(services, "lock")
    return [
        _url("/session", session.SessionHandler, "session", mine),
        _url("/keys", session.KeysHandler, "keys", mine),
        _url("/keys/start-over", session.StartOverHandler, "start-over", mine),
    ]


def _provider_routes(services: Services) -> list[URLSpec]:
    mine = _pick(services, "providers")
    one = f"/providers/{_ONE}"
    return [
        _url("/providers", providers.ProvidersHandler, "providers", mine),
        _url(
            "/protected-resources",
            protected_resources.ProtectedResourcesHandler,
            "protected-resources",
            _pick(services, "protected_resources"),
        ),
        _url("/ways", ways.WaysHandler, "ways", _pick(services, "ways")),
        _url(one, providers.ProviderHandler, "provider", mine),
        _url(f"{one}/registration", providers.RegistrationHandler, "registration", mine),
    ]


def _sign_in_routes(services: Services) -> list[URLSpec]:
    mine = _pick(services, "sign_ins")
    one = f"/oauth/sign-ins/{_ONE}"
    return [
        _url("/oauth/sign-ins", oauth.SignInsHandler, "sign-ins", mine),
        _url(one, oauth.SignInHandler, "sign-in", mine),
        _url(f"{one}/redirect", oauth.SignInRedirectHandler, "sign-in-redirect", mine),
        _url(f"{one}/open", oauth.SignInOpenHandler, "sign-in-open", mine),
    ]


def _profile_routes(services: Services) -> list[URLSpec]:
    mine = _pick(services, "profiles")
    both = _pick(services, "profiles", "tokens")
    leaving = both | _pick(services, "sign_outs")
    lent = _pick(services, "profiles", "tokens", "lending")
    places = _pick(services, "profiles", "providers")
    one = f"/profiles/{_ONE}"
    return [
        _url("/profiles", profiles.ProfilesHandler, "profiles", places),
        _url(one, profiles.ProfileHandler, "profile", leaving),
        _url(f"{one}/picture", profiles.PictureHandler, "profile-picture", mine),
        _url(f"{one}/refresh", grants.RefreshHandler, "profile-refresh", both),
        _url(f"{one}/revoke", grants.RevokeHandler, "profile-revoke", leaving),
        _url(f"{one}/introspect", grants.IntrospectHandler, "profile-introspect", both),
        _url(f"{one}/token", borrowing.TokenHandler, "profile-token", lent),
        _url(f"{one}/rejected-token", grants.RejectedTokenHandler, "profile-rejected-token", both),
        _url(f"{one}/oauth1-signature", borrowing.Oauth1SignatureHandler, "profile-oauth1", lent),
        _url(f"{one}/dpop-proof", borrowing.DpopProofHandler, "profile-dpop", lent),
    ]


def _lending_routes(services: Services) -> list[URLSpec]:
    mine = _pick(services, "programs")
    named = _pick(services, "programs", "profiles")
    log, picked = _pick(services, "activity"), _pick(services, "account_choices")
    return [
        _url("/approvals", lending.ApprovalsHandler, "approvals", mine),
        _url(f"/approvals/{_ONE}", lending.ApprovalHandler, "approval", mine),
        _url("/account-choices", account_choices.AccountChoicesHandler, "account-choices", picked),
        _url(
            f"/account-choices/{_ONE}",
            account_choices.AccountChoiceHandler,
            "account-choice",
            picked,
        ),
        _url("/programs", lending.ProgramsHandler, "programs", named),
        _url(f"/programs/{_ONE}", lending.ProgramHandler, "program", mine),
        _url(f"/programs/{_ONE}/restore", lending.RestoredProgramHandler, "program-restore", mine),
        _url("/activity", activity.ActivityHandler, "activity", log | _pick(services, "profiles")),
        _url("/activity/verify", activity.ActivityVerifyHandler, "activity-verify", log),
    ]


def _ending_routes(services: Services) -> list[URLSpec]:
    calendar, rounds = _pick(services, "expirations"), _pick(services, "rounds")
    return [
        _url("/expirations", expirations.ExpirationsHandler, "expirations", calendar),
        _url("/revocations", revocations.RevocationsHandler, "revocations", rounds),
    ]


def _demo_routes(services: Services) -> list[URLSpec]:
    mine = _pick(services, "demo", "profiles")
    return [
        _url("/demo/print", demo.PrintHandler, "demo-print", mine),
        _url(f"/demo/sheet/{_ONE}", demo.SheetHandler, "demo-sheet", mine),
    ]


def _backup_routes(services: Services) -> list[URLSpec]:
    mine, theirs = _pick(services, "backups"), _pick(services, "restores")
    return [
        _url("/backup", backups.BackupHandler, "backup", mine),
        _url("/backup/files", backups.PreparedBackupHandler, "prepared-backup", mine),
        _url("/restore", backups.RestoreHandler, "restore", theirs),
    ]


def _pick(services: Services, *names: str) -> dict[str, Any]:
    return {name: getattr(services, name) for name in names}


def _url(path: str, handler: type, name: str, given: dict[str, Any]) -> URLSpec:
    return URLSpec(rf"/v1\.0{path}", handler, given, name=f"api-{name}")
