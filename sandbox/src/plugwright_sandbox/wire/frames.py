"""Messages between host and worker, read as if the other side were hostile.

On the wire: four bytes of length, then one JSON object in ASCII on one line (the head),
then, after a line feed, text that is passed on unread: the guest's own JSON, which only
the guest and the host look into.

The four heads that every call has (a call, its reply, a question, its answer) are
packed as numbers instead: after a switch from one process to the other nothing is in
the processor's caches, and reading heads as JSON takes a tenth of a warm call.

JSON is strict here, stricter than the standard: no NaN and no infinity, no key twice,
no integer beyond 2⁵³ (other readers would round it), no half characters, and nothing
nested so deeply that whoever reads it runs out of stack.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

_LENGTH = struct.Struct(">I")
LENGTH_SIZE = _LENGTH.size
LIMIT = 64 << 20
"""Bytes of one frame; a guest's own messages are capped much lower by its quota."""
LONGEST_HEAD = 1 << 16
"""Bytes of a head. Read as Python objects, JSON may take over forty times its size."""
LONGEST_TEXT = LIMIT - LONGEST_HEAD - 1
"""What fits into a frame behind any head."""

DEPTH = 100
"""How deeply JSON may be nested; a guest's data gets a few levels less."""

LARGEST = 1 << 53
"""The largest whole number that crosses the wall, in both directions from zero."""


class BadFrame(Exception):
    """The other side does not keep to the protocol, or this is no message for it."""


class Message(NamedTuple):
    """One message: what it is about, and text for somebody further on."""

    head: dict[str, Any]
    text: str = ""


def parse(text: str) -> Any:
    """Read strict JSON; raises ValueError for everything else."""
    text = text.strip(" \t\n\r")
    try:
        value, end = _scan(text, 0)
    except (RecursionError, StopIteration) as error:
        empty = isinstance(error, StopIteration)
        raise ValueError("no value" if empty else "nested too deeply") from None
    if end < len(text):
        raise ValueError("more than one value")
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


# Not `decode`, which looks for white space with a regular expression, twice.
_scan: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse,
    parse_float=_finite,
    parse_int=_whole,
).scan_once  # type: ignore[attr-defined]
_encode: Callable[[Any], str] = json.JSONEncoder(
    separators=(",", ":"), allow_nan=False, check_circular=False
).encode
if make := getattr(json.encoder, "c_make_encoder", None):
    # `JSONEncoder.encode` makes one of these at every call.
    _parts = make(
        *(None, json.JSONEncoder().default, json.encoder.encode_basestring_ascii),
        *(None, ":", ",", False, False, False),
    )

    def _encode(value: Any) -> str:
        return "".join(_parts(value, 0))


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


# Each packed head begins with a letter of its own, which no JSON object does.
_NUMBERS = struct.Struct(">cQQ")
_REPLY = struct.Struct(">cQQ5Q3d")
_STEPS = {"call": b"c", "answer": b"a"}
_OF_REPLY, _OF_QUESTION = b"rq"
_LETTERS = {
    **{letter[0]: step for step, letter in _STEPS.items()},
    **dict.fromkeys((_OF_REPLY, _OF_QUESTION), ""),
}
"""The `step` of each letter's head; empty where it has none."""


def _packed(head: dict[str, Any]) -> bytes | None:
    """Pack a head that is one of the four; None for every other."""
    try:
        session, call = head["session"], head["call"]
        if len(head) == 2:
            return _NUMBERS.pack(b"q", session, call)
        if len(head) == 3 and "usage" in head:
            return _REPLY.pack(b"r", session, call, *head["usage"])
        if len(head) == 3:
            return _NUMBERS.pack(_STEPS[head["step"]], session, call)
    except (struct.error, TypeError, KeyError):
        pass  # other members, or other numbers, than these four have
    return None


def _unpacked(body: bytes) -> Message | None:
    """Read one of the four; None where the head is JSON."""
    letter = body[0]
    if letter not in _LETTERS:
        return None
    layout = _REPLY if letter == _OF_REPLY else _NUMBERS
    _, session, call, *usage = layout.unpack_from(body)
    head: dict[str, Any] = {"session": session, "call": call}
    if letter == _OF_REPLY:
        head["usage"] = usage
    if step := _LETTERS[letter]:
        head = {"step": step, **head}
    return Message(head, str(body[layout.size :], "ascii"))


def encoded(head: dict[str, Any], text: str = "") -> bytes:
    """Give one message's bytes, or raise BadFrame. `text` has to be ASCII."""
    try:
        start = _packed(head)
        if start is None:
            start = dump(head).encode("ascii")
            if len(start) > LONGEST_HEAD:
                raise BadFrame(f"a head of {len(start)} bytes")
            start += b"\n" if text else b""
        data = start + text.encode("ascii")
    except ValueError as error:
        raise BadFrame(str(error)) from error
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
        if packed := _unpacked(body):
            return packed
        head, _, text = body.decode("ascii").partition("\n")
        if len(head) > LONGEST_HEAD:
            raise BadFrame(f"a head of {len(head)} bytes")
        value = parse(head)
    except (ValueError, struct.error, IndexError) as error:
        raise BadFrame(f"no message: {error}") from error
    if type(value) is not dict:
        raise BadFrame("not an object")
    return Message(value, text)
