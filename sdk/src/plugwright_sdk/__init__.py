"""What sandboxed plugins are written with: commands, events and what a host grants.

Standard library only, for the same source runs inside the sandbox and under plain
pytest.
"""

from plugwright_sdk.capabilities import clock, emit, log, storage
from plugwright_sdk.errors import Denied, HostRefused, InputError, OutputError
from plugwright_sdk.folders import files
from plugwright_sdk.memories import Fact
from plugwright_sdk.registry import default as _default
from plugwright_sdk.roles import models
from plugwright_sdk.validation import Finding, Subject
from plugwright_sdk.web import http

command = _default.command
on = _default.on
initialiser = _default.initialiser
memory = _default.memory
tool = _default.tool
validator = _default.validator

__all__ = [
    "Denied",
    "Fact",
    "Finding",
    "HostRefused",
    "InputError",
    "OutputError",
    "Subject",
    "clock",
    "command",
    "emit",
    "files",
    "http",
    "initialiser",
    "log",
    "memory",
    "models",
    "on",
    "storage",
    "tool",
    "validator",
]
