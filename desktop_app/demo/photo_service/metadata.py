"""What the photo service says about itself."""

from __future__ import annotations

from typing import Any

from desktop_app.demo.photo_service.permissions import SCOPES


def server_metadata(issuer: str) -> dict[str, Any]:
    """Return the discovery document.

    Source: OpenID Connect Discovery section 3, RFC 8414 section 2, RFC 9207 section 3.
    """
    return {
        "issuer": issuer,
        **server_endpoints(issuer),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash"),
            *("name", "given_name", "preferred_username", "picture", "email", "email_verified"),
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "ui_locales_supported": ["en", "ru"],
    }


def server_endpoints(issuer: str) -> dict[str, str]:
    """Return the endpoints under their RFC 8414 names."""
    return {
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "revocation_endpoint": f"{issuer}/revoke",
        "introspection_endpoint": f"{issuer}/introspect",
        "jwks_uri": f"{issuer}/keys",
    }


def signed_endpoints(issuer: str) -> dict[str, str]:
    """Return the endpoints of the older way, called as in RFC 5849 section 1.2."""
    return {
        "request_token_endpoint": f"{issuer}/oauth1/initiate",
        "authorization_endpoint": f"{issuer}/oauth1/authorize",
        "token_endpoint": f"{issuer}/oauth1/token",
        "userinfo_endpoint": f"{issuer}/oauth1/account",
        "revocation_endpoint": f"{issuer}/oauth1/revoke",
    }
