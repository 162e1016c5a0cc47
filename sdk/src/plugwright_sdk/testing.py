"""What acceptance tests may use beside the plugin, in the judge and under plain pytest.

In the judge, the host carries these calls to the plugin in its own sandbox; elsewhere
a local double answers them.
"""

from __future__ import annotations

import base64
import json as _json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plugwright_sdk._bridge import call
from plugwright_sdk._double import local
from plugwright_sdk.capabilities import check_key, plain

__all__ = [
    "answer",
    "emitted",
    "file",
    "findings",
    "forget",
    "fuel",
    "logged",
    "prompts",
    "put_file",
    "recall",
    "remember",
    "requests",
    "reset",
    "say",
    "send",
    "set_clock",
    "store",
    "stored",
]


def send(event: str, data: object = None) -> int:
    """Let an event happen, and count the handlers that heard it."""
    return int(call("plugin.send", {"name": event, "data": plain(data, "data")}))


def findings(kind: str, data: object, *, name: str = "it") -> list[dict[str, Any]]:
    """Show the plugin's validators a subject, and list what they say."""
    shown = {"kind": kind, "name": name, "data": plain(data, "data")}
    return list(call("plugin.validate", shown))


def remember(
    owner: str, text: str, *, about: str = "", expires: float | None = None
) -> str:
    """Let the plugin's memory keep a fact for an owner; gives its id."""
    given = {"text": text, "about": about, "expires": expires}
    return str(_memory(owner, "remember", given))


def recall(
    owner: str, query: str = "", *, about: str = "", limit: int = 10
) -> list[dict[str, Any]]:
    """List what the plugin's memory finds for an owner, the best match first."""
    return list(
        _memory(owner, "recall", {"query": query, "about": about, "limit": limit})
    )


def forget(owner: str, id: str) -> bool:
    """Let the plugin's memory drop a fact; tells whether it was there."""
    return bool(_memory(owner, "forget", {"id": id}))


def _memory(owner: str, method: str, arguments: dict[str, Any]) -> Any:
    asked = {"owner": owner, "method": method, "arguments": arguments}
    return call("plugin.memory", asked)


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


def fuel() -> int:
    """Say what the plugin used in this test so far; 0 where nothing measures it."""
    return int(call("plugin.fuel", {}))


def set_clock(moment: str | datetime) -> None:
    """Stop the plugin's clock at a moment; without an offset it is UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    call("plugin.set_clock", {"seconds": moment.timestamp()})


def answer(
    method: str,
    url: str,
    *,
    status: int = 200,
    text: str = "",
    json: object = None,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Say what a web address answers, query included; nobody really asks there."""
    if json is not None:
        text = _json.dumps(plain(json, "json"), allow_nan=False)
    call(
        "plugin.answer",
        {
            "method": method.upper(),
            "url": url,
            "status": status,
            "headers": {name.lower(): value for name, value in (headers or {}).items()},
            "body": base64.b64encode(text.encode()).decode(),
        },
    )


def requests() -> list[dict[str, Any]]:
    """List what the plugin asked the web: `method`, `url`, `headers` and `body`."""
    return list(call("plugin.requests", {}))


def put_file(name: str, text: str, *, folder: str = "") -> None:
    """Put a file where the plugin finds it by the same name and folder."""
    body = base64.b64encode(text.encode()).decode()
    call("plugin.put_file", {"name": name, "folder": folder, "body": body})


def file(name: str, *, folder: str = "") -> str | None:
    """Look into a file, by the name and folder that the plugin uses."""
    found = call("plugin.file", {"name": name, "folder": folder})
    return base64.b64decode(found["body"]).decode() if found["found"] else None


def say(role: str, text: str) -> None:
    """Say what a model in this role answers next; the last line is said for ever."""
    call("plugin.say", {"role": role, "text": text})


def prompts() -> list[dict[str, str]]:
    """List what the plugin asked models, each with `role` and `prompt`."""
    return list(call("plugin.prompts", {}))


def reset() -> None:
    """Empty the local double; in the judge every test has a fresh sandbox anyway."""
    local.reset()
