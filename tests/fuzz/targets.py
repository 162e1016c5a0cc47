"""What must be true of every input, whoever made it: a person, hypothesis or atheris.

Each target takes bytes and gives back whether they were accepted. A reader that raises
what is not its own error, or whose answer does not hold, ends in that error or in an
AssertionError, which is a finding.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from fuzz import strict_json

from plugwright.bundles import Bundle, content_id
from plugwright.errors import UsageError
from plugwright.manifest import MISLEADING, Manifest
from plugwright_sandbox.wire import frames

CORPUS = Path(__file__).parent / "corpus"
LARGEST_INPUT = 4096


def corpus(name: str) -> list[Path]:
    """The inputs of one target that are kept."""
    return sorted((CORPUS / name).iterdir())


def same(one: Any, other: Any) -> bool:
    """Compare as JSON does: `1`, `1.0` and `true` are three things."""
    return repr(one) == repr(other)


def frame(body: bytes) -> bool:
    """What follows a frame's length is a message, or a BadFrame, and nothing else."""
    try:
        expected = _read_slowly(body)
    except ValueError:
        expected = None
    try:
        message = frames.decoded(body)
    except frames.BadFrame:
        assert expected is None, expected
        return False
    assert expected is not None, message
    assert same(message.head, expected[0])
    assert message.text == expected[1], "it is passed on unread"
    _goes_round(message)
    return True


PACKED = {b"c": "call", b"a": "answer", b"q": "", b"r": ""}
"""The letters that numbers follow instead of JSON, and the step that each means."""


def _read_slowly(body: bytes) -> tuple[dict[str, Any], str]:
    """Read a frame a second way; ValueError for what is no message."""
    letter = body[:1]
    if letter not in PACKED:
        head, _, text = body.decode("ascii").partition("\n")
        read = strict_json.read(head)
        if type(read) is not dict:
            raise ValueError("no object")
        return read, text
    whole, real = (7, 3) if letter == b"r" else (2, 0)
    middle, end = 1 + 8 * whole, 1 + 8 * (whole + real)
    if len(body) < end:
        raise ValueError("cut")
    session, call, *counts = [
        int.from_bytes(body[at : at + 8], "big") for at in range(1, middle, 8)
    ]
    head: dict[str, Any] = {"step": PACKED[letter]} if PACKED[letter] else {}
    head |= {"session": session, "call": call}
    if letter == b"r":
        head["usage"] = [*counts, *struct.unpack(">3d", body[middle:end])]
    return head, body[end:].decode("ascii")


def _goes_round(message: frames.Message) -> None:
    sent = frames.encoded(message.head, message.text)
    start, body = sent[: frames.LENGTH_SIZE], sent[frames.LENGTH_SIZE :]
    assert frames.length(start) == len(body)
    again = frames.decoded(body)
    assert same(again.head, message.head)
    assert again.text == message.text
    assert frames.encoded(again.head, again.text) == sent


def json_text(raw: bytes) -> bool:
    """Text is strict JSON for `parse` exactly where it is for the second reader."""
    text = (
        raw.decode("utf-8", "surrogatepass") if _is_text(raw) else raw.decode("latin1")
    )
    try:
        expected: Any = strict_json.read(text)
    except ValueError:
        expected = ValueError
    try:
        found = frames.parse(text)
    except ValueError:
        found = ValueError
    assert same(found, expected), (found, expected)
    if found is ValueError:
        return False
    written = frames.dump(found)
    assert written.isascii()
    assert "\n" not in written
    assert same(frames.parse(written), found)
    return True


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def manifest(raw: bytes) -> bool:
    """Text is a manifest that can be written and read again, or a UsageError."""
    text = raw.decode("utf-8", "replace")
    try:
        read = Manifest.parse(text)
    except UsageError as error:
        _can_be_shown(error)
        return False
    assert Manifest.parse(read.dumps()) == read
    assert not MISLEADING.search(read.summary)
    assert all(map(_is_sane, _numbers(read)))
    return True


def _numbers(read: Manifest) -> Iterator[Any]:
    yield from vars(read.quota).values()
    todo = [v for spec in read.commands.values() for v in (spec.input, spec.output)]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
        elif type(value) in (int, float):
            yield value


def _is_sane(number: float) -> bool:
    return math.isfinite(number) and (
        type(number) is float or abs(number) <= strict_json.LARGEST
    )


def _can_be_shown(error: UsageError) -> None:
    said = str(error)
    assert error.remedy
    assert not MISLEADING.search(said), ascii(said)
    assert len(said) < 4000


def bundle(raw: bytes) -> bool:
    """Names and contents are a bundle, named by what is in it, or a UsageError."""
    files = unpacked(raw)
    try:
        made = Bundle(files)
    except UsageError as error:
        _can_be_shown(error)
        return False
    assert made.id == content_id(files)
    for name in files:
        assert name.isascii()
        assert not {"", ".", ".."} & set(name.split("/"))
    assert {**made.sources, **made.tests}.keys() >= {"plugin.py"}
    assert isinstance(made.readme, str)
    assert made.manifest == Manifest.parse(files["plugin.toml"].decode())
    return True


def unpacked(raw: bytes) -> dict[str, bytes]:
    """Read names and contents: lines that begin with `=== ` name a file."""
    files: dict[str, bytes] = {}
    for part in (b"\n" + raw).split(b"\n=== ")[1:]:
        name, _, content = part.partition(b"\n")
        files[name.decode("utf-8", "surrogateescape")] = content
    return files


TARGETS: dict[str, Callable[[bytes], bool]] = {
    "frames": frame,
    "json": json_text,
    "manifest": manifest,
    "bundles": bundle,
}
