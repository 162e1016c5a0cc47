"""Messages between host and worker: four bytes of length, then JSON in ASCII.

Both sides treat what they read as foreign: the length is checked before anything is
read, and the shape by whoever asked. JSON is what the standard says it is: no NaN, no
infinity, and nothing nested so deeply that whoever reads it runs out of stack.
"""

from __future__ import annotations

import json
import math
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">I")
LIMIT = 64 << 20
"""Bytes of one frame; a guest's own messages are capped much lower by its quota."""

DEPTH = 100
"""How deeply a frame may be nested; a guest's data gets a few levels less."""


class BadFrame(Exception):
    """The other side does not keep to the protocol, or this is no message for it."""


def parse(text: str) -> Any:
    """Read strict JSON; raises ValueError for everything else."""
    try:
        value = _decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _refuse_deep(text, value)
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


_decode = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite).decode
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def _refuse_deep(text: str, value: Any) -> None:
    # Counting is quick and nearly always enough.
    if text.count("[") + text.count("{") <= DEPTH:
        return
    level = [value]
    for _ in range(DEPTH + 1):
        inner = [v.values() if type(v) is dict else v for v in level]
        level = [v for part in inner for v in part if type(v) in (dict, list)]
        if not level:
            return
    raise ValueError("nested too deeply")


def write(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Send one message, or raise BadFrame and send nothing."""
    try:
        text = _encode(message)
        _refuse_deep(text, message)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadFrame(str(error)) from error
    if len(text) > LIMIT:
        raise BadFrame(f"a frame of {len(text)} bytes")
    stream.write(_LENGTH.pack(len(text)) + text.encode("ascii"))
    stream.flush()


def read(stream: IO[bytes]) -> dict[str, Any] | None:
    """Wait for one message; None when the other side has closed."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > LIMIT:
        raise BadFrame(f"a frame of {length} bytes")
    body = stream.read(length)
    if len(body) < length:
        return None
    try:
        message = parse(body.decode("ascii"))
    except ValueError as error:
        raise BadFrame(f"not JSON: {error}") from error
    if not isinstance(message, dict):
        raise BadFrame("not an object")
    return message
