"""The way to the host, or to a local double where there is no host."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from plugwright_sdk._double import local
from plugwright_sdk.errors import Denied, HostRefused

serving: ContextVar[Callable[[str, dict[str, Any]], Any] | None] = ContextVar(
    "serving", default=None
)
"""Who answers while a plugin runs in the host's own process."""


def call(service: str, arguments: dict[str, Any]) -> Any:
    """Ask the host for a service."""
    # Looked up at every call: this module may be older than the host, because the
    # guest is a snapshot that is taken before any host is there.
    host: Any = sys.modules.get("_plugwright_host")
    if host is None:
        serve = serving.get()
        return (serve or local.call)(service, arguments)
    try:
        return host.call(service, arguments)
    except host.Denied as denied:
        raise Denied(str(denied.args[0])) from None
    except host.Refused as refused:
        raise HostRefused(str(refused)) from None
