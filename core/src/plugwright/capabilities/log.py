"""Messages for whoever looks after the plugin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeAlias

from pydantic import Field, JsonValue

from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.errors import Refused
from plugwright.ledger import canonical
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Service

OnLog: TypeAlias = Callable[[str, str, str, dict[str, JSON]], None]
"""Told the plugin, the level, the message and its fields."""

LONGEST_MESSAGE = 4096
"""Bytes of a log message, and of its fields; the rest of a message is cut off."""

# Escape sequences would let a message paint over the screen of whoever reads the log.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class _Message(Arguments):
    level: Literal["debug", "info", "warning", "error"]
    message: str
    fields: dict[str, JsonValue] = Field(default_factory=dict)


def services(plugin: str, grants: Grants, on_log: OnLog) -> dict[str, Service]:
    """Take messages under the plugin's own name."""

    def log(arguments: dict[str, JSON]) -> JSON:
        entry = read(_Message, arguments)
        grants.check(Permission("log"))
        if len(canonical(entry.fields)) > LONGEST_MESSAGE:
            raise Refused(
                f"the fields of a log message have at most {LONGEST_MESSAGE} bytes",
                remedy="log less",
            )
        plain = _CONTROL.sub(" ", entry.message)
        message = plain.encode()[:LONGEST_MESSAGE].decode(errors="ignore")
        on_log(plugin, entry.level, message, entry.fields)
        return None

    return {"log": log}
