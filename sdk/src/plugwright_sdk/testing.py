"""What acceptance tests may use beside the plugin, in the judge and under plain pytest.

In the judge, the host carries these calls to the plugin in its own sandbox; elsewhere
a local double answers them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from plugwright_sdk._bridge import call
from plugwright_sdk._double import local
from plugwright_sdk.capabilities import check_key, plain

__all__ = [
    "emitted",
    "logged",
    "reset",
    "send",
    "set_clock",
    "store",
    "stored",
]


def send(event: str, data: object = None) -> int:
    """Let an event happen, and count the handlers that heard it."""
    return int(call("plugin.send", {"name": event, "data": plain(data, "data")}))


def emitted() -> list[dict[str, Any]]:
    """List the events that the plugin emitted, each with `name` and `data`."""
    return list(call("plugin.emitted", {}))


def stored(key: str, default: Any = None) -> Any:
    """Look into the plugin's storage."""
    answer = call("plugin.stored", {"key": check_key(key)})
    return answer["value"] if answer["found"] else default


def store(key: str, value: object) -> None:
    """Put something into the plugin's storage."""
    call("plugin.store", {"key": check_key(key), "value": plain(value, "value")})


def logged() -> list[dict[str, Any]]:
    """List what the plugin logged, each with `level`, `message` and `fields`."""
    return list(call("plugin.logged", {}))


def set_clock(moment: str | datetime) -> None:
    """Stop the plugin's clock at a moment; without an offset it is UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    call("plugin.set_clock", {"seconds": moment.timestamp()})


def reset() -> None:
    """Empty the local double; in the judge every test has a fresh sandbox anyway."""
    local.reset()
