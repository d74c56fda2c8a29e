"""Signing out at the provider, begun here: the browser is sent there and comes back."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.oauth.endpoints import check_browser_url, check_endpoint
from desktop_app.oauth.form import add_query
from desktop_app.oauth.pkce import RandomBytes, random_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingLogout:
    """One sign-out that waits for the browser to come back.

    Attributes:
        url: For the browser; it holds the ID token, so it is neither logged nor kept.
        state: None where nothing comes back.
    """

    url: str = field(repr=False)
    state: str | None = field(default=None, repr=False)


def begin_logout(
    endpoint: str,
    *,
    client_id: str,
    random: RandomBytes,
    id_token: str | None = None,
    redirect_uri: str | None = None,
    languages: str | None = None,
) -> PendingLogout:
    """Return the sign-out at *endpoint*, the provider's ``end_session_endpoint``.

    Args:
        endpoint: Where the browser goes; its own query stays.
        client_id: Who asks.
        random: For the state.
        id_token: Whom it is about; also an expired one. Without it the provider asks the person.
        redirect_uri: Where to come back to; it must be registered there.
        languages: The person's, as ``ui_locales`` writes them.

    Raises:
        EndpointError: If *endpoint* is none for a browser.

    Source: OpenID Connect RP-Initiated Logout section 2.
    """
    check_endpoint(endpoint, name="end_session_endpoint")
    state = random_text(random) if redirect_uri else None
    fields = {
        "id_token_hint": id_token,
        "client_id": client_id,
        "post_logout_redirect_uri": redirect_uri,
        "state": state,
        "ui_locales": languages,
    }
    present = {name: value for name, value in fields.items() if value}
    return PendingLogout(url=check_browser_url(add_query(endpoint, present)), state=state)


def is_logout_answer(pending: PendingLogout, parameters: Mapping[str, str]) -> bool:
    """Tell whether *parameters*, which came in, are the way back from *pending*.

    Source: OpenID Connect RP-Initiated Logout section 3.
    """
    given = parameters.get("state", "").encode("utf-8", "surrogatepass")
    return pending.state is not None and hmac.compare_digest(given, pending.state.encode())
