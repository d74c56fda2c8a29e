"""``/v1.0/activity``: who took what, when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.errors import NotFoundError
from desktop_app.services.lending.activity import ActivityFilter
from desktop_app.services.profiles.profiles import ProfileService
from desktop_app.v1_0.schemas.activity import (
    ActivityQuery,
    activity_list,
    verification_body,
)
from desktop_app.web.base import ApiHandler
from desktop_app.web.json_body import parse_query

if TYPE_CHECKING:
    from desktop_app.services.lending.activity import ActivityService


class ActivityHandler(ApiHandler):
    """``GET``: one page of the log, newest first."""

    def initialize(self, activity: ActivityService, profiles: ProfileService) -> None:
        """Take the log, and the profiles to find one by its name."""
        self._activity = activity
        self._profiles = profiles

    async def get(self) -> None:
        """Answer the entries that the query fits."""
        wish = parse_query(self.request.query_arguments, ActivityQuery)
        wanted = ActivityFilter(
            profile=self._profile_id(wish.profile), program=wish.program, outcome=wish.outcome
        )
        found = await self._activity.list(wanted, offset=wish.offset, limit=wish.limit)
        self.write_json(activity_list(*found))

    def _profile_id(self, name: str) -> str:
        """Return the id that *name* means; of a forgotten account only the id is left."""
        try:
            return self._profiles.resolve(name).id if name else ""
        except NotFoundError:
            return name


class ActivityVerifyHandler(ApiHandler):
    """``GET``: whether the log is as it was written."""

    def initialize(self, activity: ActivityService) -> None:
        """Take the log."""
        self._activity = activity

    async def get(self) -> None:
        """Answer how many entries are good, and the first problem if there is one."""
        report = await self._activity.verify()
        self.write_json(verification_body(report, self.locale.translate))
