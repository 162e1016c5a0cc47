"""Messages between host and worker, read as if the other side were hostile.

On the wire: four bytes of length, then one JSON object in ASCII on one line (the head),
then, after a line feed, text that is passed on unread: the guest's own JSON, which only
the guest and the host look into.

JSON is strict here, stricter than the standard: no NaN and no infinity, no key twice,
no integer beyond 2⁵³ (other readers would round it), no half characters, and nothing
nested so deeply that whoever reads it runs out of stack.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

_LENGTH = struct.Struct(">I")
LENGTH_SIZE = _LENGTH.size
LIMIT = 64 << 20
"""Bytes of one frame; a guest's own messages are capped much lower by its quota."""
HEAD = 64 << 10
"""Bytes of a head. Read as Python objects, JSON may take over forty times its size."""
LONGEST_HEAD = 1 << 16
"""Heads are short, and read before anything is known of who sent them."""
LONGEST_TEXT = LIMIT - LONGEST_HEAD - 1
"""What fits into a frame behind any head."""

DEPTH = 100
"""How deeply JSON may be nested; a guest's data gets a few levels less."""

LARGEST = 1 << 53
"""The largest whole number that crosses the wall, in both directions from zero."""


class BadFrame(Exception):
    """The other side does not keep to the protocol, or this is no message for it."""


@dataclass(frozen=True)
class Message:
    """One message: what it is about, and text for somebody further on."""

    head: dict[str, Any]
    text: str = ""


def parse(text: str) -> Any:
    """Read strict JSON; raises ValueError for everything else."""
    try:
        value = _decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _refuse_deep(text, value)
    # Perhaps one half of a character, written out or as it is.
    if "\\ud" in text or "\\uD" in text or not text.isascii():
        _refuse_halves(value)
    return value


def dump(value: Any) -> str:
    """Write JSON in ASCII. Raises ValueError for values that JSON does not have, and
    for numbers, text and depth that `parse` would refuse."""
    try:
        text = _encode(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except TypeError as error:
        raise ValueError(str(error)) from error
    # What Python writes can be wrong in few ways, so it is read again only if suspect.
    if "\\ud" in text or _has_long_number(text):
        parse(text)
    else:
        _refuse_deep(text, value)
    return text


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _whole(text: str) -> int:
    # The length first: Python itself needs long for a number of many digits.
    if len(text) > 17 or abs(number := int(text)) > LARGEST:
        raise ValueError("a whole number beyond 2**53; write it as text")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is there twice")
    return made


_decode = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse,
    parse_float=_finite,
    parse_int=_whole,
).decode
_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_DIGITS_TO_STARS = str.maketrans("123456789", "000000000")


def _has_long_number(text: str) -> bool:
    return "0" * 16 in text.translate(_DIGITS_TO_STARS)


def _refuse_halves(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("text with half a character (a lone surrogate)") from None


def _refuse_deep(text: str, value: Any) -> None:
    # Counting is quick and nearly always enough.
    if text.count("[") + text.count("{") <= DEPTH:
        return
    level = [value]
    for _ in range(DEPTH):
        inner = [v.values() if type(v) is dict else v for v in level]
        level = [v for part in inner for v in part if type(v) in (dict, list, tuple)]
        if not level:
            return
    raise ValueError("nested too deeply")


def encoded(head: dict[str, Any], text: str = "") -> bytes:
    """Give one message's bytes, or raise BadFrame. `text` has to be ASCII."""
    try:
        start = dump(head)
        data = (f"{start}\n{text}" if text else start).encode("ascii")
    except ValueError as error:
        raise BadFrame(str(error)) from error
    if len(start) > LONGEST_HEAD:
        raise BadFrame(f"a head of {len(start)} bytes")
    if len(data) > LIMIT:
        raise BadFrame(f"a frame of {len(data)} bytes")
    return _LENGTH.pack(len(data)) + data


def length(start: bytes) -> int:
    """Read how many bytes follow the first four."""
    (size,) = _LENGTH.unpack(start)
    if size > LIMIT:
        raise BadFrame(f"a frame of {size} bytes")
    return int(size)


def decoded(body: bytes) -> Message:
    """Read what follows the length. Raises BadFrame for what is no message."""
    try:
        head, _, text = body.decode("ascii").partition("\n")
        if len(head) > LONGEST_HEAD:
            raise BadFrame(f"a head of {len(head)} bytes")
        value = parse(head)
    except ValueError as error:
        raise BadFrame(f"not JSON: {error}") from error
    if type(value) is not dict:
        raise BadFrame("not an object")
    return Message(value, text)
