"""The way to the host, or to a local double where there is no host."""

from __future__ import annotations

import sys
from typing import Any

from plugwright_sdk._double import local
from plugwright_sdk.errors import Denied, HostRefused


def call(service: str, arguments: dict[str, Any]) -> Any:
    """Ask the host for a service."""
    # Looked up at every call: this module may be older than the host, because the
    # guest is a snapshot that is taken before any host is there.
    host: Any = sys.modules.get("_plugwright_host")
    if host is None:
        return local.call(service, arguments)
    try:
        return host.call(service, arguments)
    except host.Denied as denied:
        raise Denied(str(denied.args[0])) from None
    except host.Refused as refused:
        raise HostRefused(str(refused)) from None
