"""The addresses of the pages, named, each with what its handler needs."""

from __future__ import annotations

import time
from datetime import tzinfo

from tornado.routing import URLSpec

from desktop_app.services.ports import Clock
from desktop_app.web.pages import (
    accounts,
    activity,
    backups,
    connect,
    endings,
    lending,
    recipes,
    settings,
)
from desktop_app.web.pages.activity_file import ActivityBody, ActivityExportHandler
from desktop_app.web.pages.stage import Stage
from desktop_app.web.services import Services

_ID = r"([\w.~-]+)"


def page_routes(
    services: Services,
    *,
    activity_body: ActivityBody,
    clock: Clock = time.time,
    zone: tzinfo | None = None,
) -> list[URLSpec]:
    """Return the routes of every page.

    Args:
        services: What the pages show.
        activity_body: How the API shows an entry of the log; the exported file has the same.
        clock: What "today" is counted from.
        zone: The time zone of the times shown; None is the computer's own.
    """
    stage = Stage(
        clock=clock,
        zone=zone,
        demo=services.demo is not None,
        heard=lambda: services.events.count,
        damage=lambda: services.lock.damage,
        questions=services.programs.questions,
    )
    return [
        *_account_pages(services, stage),
        *_ending_pages(services, stage),
        *_connect_pages(services, stage),
        *_lending_pages(services, stage),
        *_activity_pages(services, stage, activity_body),
        *_backup_pages(services, stage),
        *_others(services, stage),
    ]


def _account_pages(services: Services, stage: Stage) -> list[URLSpec]:
    both = {"stage": stage, "profiles": services.profiles, "providers": services.providers}
    lent = {**both, "programs": services.programs, "activity": services.activity}
    only = {"profiles": services.profiles}
    return [
        URLSpec(r"/", accounts.AccountsHandler, both, name="accounts"),
        URLSpec(rf"/user/{_ID}", accounts.ProfileHandler, lent, name="profile"),
        URLSpec(rf"/user/{_ID}/permissions", accounts.PermissionsHandler, both, name="permissions"),
        URLSpec(rf"/user/{_ID}/picture", accounts.PictureHandler, only, name="picture"),
    ]


def _ending_pages(services: Services, stage: Stage) -> list[URLSpec]:
    both = {"stage": stage, "profiles": services.profiles, "providers": services.providers}
    dated, round_ = both | {"expirations": services.expirations}, both | {"rounds": services.rounds}
    return [
        URLSpec(r"/calendar", endings.CalendarHandler, dated, name="calendar"),
        URLSpec(r"/take-back", endings.RevokingHandler, round_, name="take-back"),
    ]


def _connect_pages(services: Services, stage: Stage) -> list[URLSpec]:
    shown = {"stage": stage, "providers": services.providers}
    waited = {"stage": stage, "sign_ins": services.sign_ins}
    return [
        URLSpec(r"/connect", connect.ConnectHandler, shown, name="connect"),
        URLSpec(r"/connect/openid", connect.OpenIdHandler, shown, name="openid"),
        URLSpec(rf"/connect/{_ID}", connect.SetupHandler, shown, name="setup"),
        URLSpec(rf"/sign-ins/{_ID}", connect.WaitingHandler, waited, name="waiting"),
    ]


def _lending_pages(services: Services, stage: Stage) -> list[URLSpec]:
    both = {"stage": stage, "profiles": services.profiles, "providers": services.providers}
    lent = {**both, "activity": services.activity, "programs": services.programs}
    return [
        URLSpec(rf"/approvals/{_ID}", lending.QuestionHandler, lent, name="question"),
        URLSpec(r"/approvals", lending.QuestionsHandler, lent, name="questions"),
        URLSpec(
            r"/programs",
            lending.ProgramsPageHandler,
            {**lent, "account_choices": services.account_choices},
            name="programs",
        ),
        URLSpec(
            r"/recipes",
            recipes.RecipesPageHandler,
            {"stage": stage, "recipes": services.recipes},
            name="recipes",
        ),
    ]


def _activity_pages(services: Services, stage: Stage, activity_body: ActivityBody) -> list[URLSpec]:
    both = {"stage": stage, "profiles": services.profiles, "providers": services.providers}
    log = {**both, "activity": services.activity}
    file = {**log, "activity_body": activity_body}
    return [
        URLSpec(r"/activity", activity.ActivityPageHandler, log, name="activity"),
        URLSpec(r"/activity\.(csv|json)", ActivityExportHandler, file, name="activity-file"),
    ]


def _backup_pages(services: Services, stage: Stage) -> list[URLSpec]:
    shown = {"stage": stage, "restores": services.restores, "providers": services.providers}
    made = {"backups": services.backups}
    return [
        URLSpec(rf"/backups/{_ID}", backups.BackupFileHandler, made, name="backup-file"),
        URLSpec(r"/restore", backups.RestorePageHandler, {"stage": stage}, name="restore"),
        URLSpec(rf"/restore/{_ID}", backups.RestorationPageHandler, shown, name="restoration"),
    ]


def _others(services: Services, stage: Stage) -> list[URLSpec]:
    keys = {"stage": stage, "keys": services.keys}
    chosen = {**keys, "settings": services.settings, "backups": services.backups}
    return [
        URLSpec(r"/settings", settings.SettingsPageHandler, chosen, name="settings"),
        URLSpec(r"/unlock", settings.UnlockHandler, {**keys, "lock": services.lock}, name="unlock"),
        URLSpec(r"/signed-out", settings.SignedOutHandler, name="signed-out"),
    ]
