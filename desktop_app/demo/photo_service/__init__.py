"""A photo sharing service on the loopback interface that speaks OAuth 2.0 and OpenID Connect."""

from __future__ import annotations

from desktop_app.demo.photo_service.service import PhotoService

__all__ = ["PhotoService"]
