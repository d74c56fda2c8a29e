"""What a bridge knows of its session with a server, and the headers that follow from it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BOTH = "application/json, text/event-stream"
_VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
_NAMED_BY = {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}
_VISIBLE = re.compile(r"[\x21-\x7e]{1,1024}")
_PLAIN = re.compile(r"[\x20-\x7e]*")
_ENCODED = re.compile(r"=\?base64\?.*\?=")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_DEEPEST = 16

Message = dict[str, Any]


class Session:
    """The assistant's session: begun with ``initialize``, or, in newer versions, none at all.

    Attributes:
        id: What the server calls it; "" for none.
        opening: The assistant's ``initialize``, to begin anew with.
        number: Which session it is, counted from its beginnings.
    """

    def __init__(self) -> None:
        self.id = ""
        self.number = 0
        self.opening: Message | None = None
        self._version = ""
        self._parameters: dict[str, dict[tuple[str, ...], str]] = {}

    def open(self, message: Message) -> None:
        """Forget what was: the assistant begins a session with *message*."""
        self.id, self._version, self.opening = "", "", message

    def opened(self, session_id: str | None, version: object) -> None:
        """Take what the server answered to that: its name for the session, and the version.

        Until then an earlier session stays: the server, asked with it, says again that it is gone.
        """
        self.number += 1
        self.id = session_id if session_id and _VISIBLE.fullmatch(session_id) else ""
        self._version = version if isinstance(version, str) and _TOKEN.fullmatch(version) else ""

    def learn(self, tools: object) -> None:
        """Take the server's list of tools: some want arguments repeated in headers."""
        for tool in tools if isinstance(tools, list) else ():
            if isinstance(tool, dict) and isinstance(tool.get("name"), str):
                self._parameters[tool["name"]] = dict(_marked(tool.get("inputSchema"), ()))

    def headers(self, message: object = None) -> dict[str, str]:
        """Return the headers of a request with *message*, or with none.

        Source: MCP 2025-11-25, "Session Management" and "Protocol Version Header";
        2026-07-28, "Standard Request Headers".
        """
        headers = {"Accept": _BOTH}
        if message is not None:
            headers["Content-Type"] = "application/json"
        version = own_version(message)
        if version:
            return headers | {"MCP-Protocol-Version": version} | self._routing(message)
        if message is not None and message is self.opening:
            return headers
        if self.id:
            headers["Mcp-Session-Id"] = self.id
        if self._version:
            headers["MCP-Protocol-Version"] = self._version
        return headers

    def _routing(self, message: Any) -> dict[str, str]:
        """Repeat what servers without sessions read before they read the body."""
        method, parameters = str(message.get("method", "")), message["params"]
        headers = {"Mcp-Method": _safe(method)}
        name = parameters.get(_NAMED_BY.get(method, ""))
        if isinstance(name, str):
            headers["Mcp-Name"] = _safe(name)
        if method == "tools/call" and isinstance(name, str):
            arguments = parameters.get("arguments") or {}
            for path, header in self._parameters.get(name, {}).items():
                value = _text(_at(arguments, path))
                if value is not None:
                    headers[f"Mcp-Param-{header}"] = _safe(value)
        return headers


def own_version(message: object) -> str:
    """Return the version that *message* itself is in, as in MCP 2026-07-28 and later, else ""."""
    parameters = message.get("params") if isinstance(message, dict) else None
    meta = parameters.get("_meta") if isinstance(parameters, dict) else None
    version = meta.get(_VERSION_KEY) if isinstance(meta, dict) else None
    return version if isinstance(version, str) and _TOKEN.fullmatch(version) else ""


def _marked(schema: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield where *schema* marks a property for a header, and the header's name."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or len(path) > _DEEPEST:
        return
    for name, inner in properties.items():
        header = inner.get("x-mcp-header") if isinstance(inner, dict) else None
        if isinstance(header, str) and _TOKEN.fullmatch(header):
            yield (*path, name), header
        yield from _marked(inner, (*path, name))


def _at(arguments: object, path: tuple[str, ...]) -> object:
    for name in path:
        arguments = arguments.get(name) if isinstance(arguments, Mapping) else None
    return arguments


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int)) else None


def _safe(value: str) -> str:
    """Source: MCP 2026-07-28, "Value Encoding"."""
    if _PLAIN.fullmatch(value) and value == value.strip() and not _ENCODED.fullmatch(value):
        return value
    return f"=?base64?{base64.b64encode(value.encode()).decode('ascii')}?="
