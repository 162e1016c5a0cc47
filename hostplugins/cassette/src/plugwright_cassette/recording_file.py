"""The file that a recording is kept in, and how it is read with suspicion.

It is indented JSON, and a text of several lines is a list of its lines, so that two
recordings can be compared line by line.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from plugwright.errors import HostError, UsageError
from plugwright.providers import Completion, Message, Request, Sampling
from plugwright_cassette.files import write_whole
from plugwright_cassette.key import Call, key
from plugwright_cassette.recording import Entry, Recording


def _joined(value: object) -> object:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return value


def _split(text: str) -> str | list[str]:
    return text.split("\n") if "\n" in text else text


Text = Annotated[str, BeforeValidator(_joined), PlainSerializer(_split)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Message(_Row):
    role: Literal["system", "user", "assistant"]
    content: Text


class _Completion(_Row):
    text: Text
    tokens_in: int = 0
    tokens_out: int = 0


class _Entry(_Row):
    role: str
    template: str
    messages: list[_Message]
    sampling: Sampling
    n: Annotated[int, Field(ge=1)]
    completion: _Completion

    def request(self) -> Request:
        return Request(
            role=self.role,
            template=self.template,
            messages=tuple(Message(row.role, row.content) for row in self.messages),
            sampling=self.sampling,
        )


class _File(_Row):
    format: Literal["plugwright-cassette/1"]
    origin: str
    note: Text = ""
    entries: list[_Entry]


def read_recording(path: Path) -> Recording:
    """Read a recording; whatever is wrong with it is one `UsageError`."""
    try:
        file = _File.model_validate_json(
            path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        )
    except FileNotFoundError as error:
        raise UsageError(
            f"there is no recording `{path}`",
            remedy=f"make one with `--record {path}`",
        ) from error
    except OSError as error:
        raise UsageError(
            f"the recording `{path}` cannot be read: {error.strerror}",
            remedy="name a file that you may read",
        ) from error
    except ValidationError as error:
        raise _malformed(path, _first_fault(error)) from error
    recording = Recording(origin=file.origin, note=file.note)
    for number, row in enumerate(file.entries, start=1):
        call = Call(key(row.request()), row.n)
        if call in recording.entries:
            raise _malformed(path, f"entry {number}: repeats an earlier entry")
        recording.entries[call] = Entry(
            row.request(), Completion(**dict(row.completion))
        )
    return recording


def write_recording(path: Path, recording: Recording) -> None:
    """Write a recording whole, or leave the file as it was."""
    try:
        file = _File(
            format="plugwright-cassette/1",
            origin=recording.origin,
            note=recording.note,
            entries=[_row(call, entry) for call, entry in recording.entries.items()],
        )
    except ValidationError as error:
        # Written, it could not be read again, and every other answer with it.
        raise HostError(
            f"an answer cannot be kept in `{path}`: {_first_fault(error)}",
            remedy="look at what the provider answers; the file is as it was",
        ) from error
    content = json.dumps(file.model_dump(mode="json"), indent=2, ensure_ascii=False)
    write_whole(path, content + "\n")


def _row(call: Call, entry: Entry) -> _Entry:
    request, completion = entry.request, entry.completion
    return _Entry(
        role=request.role,
        template=request.template,
        messages=[_Message(**vars(message)) for message in request.messages],
        sampling=request.sampling,
        n=call.n,
        completion=_Completion(**vars(completion)),
    )


def _first_fault(error: ValidationError) -> str:
    """Say where the first fault is, in words: `entry 3, completion.text: …`."""
    fault = error.errors(include_url=False)[0]
    where = [str(step) for step in fault["loc"]]
    if where[:1] == ["entries"] and len(where) > 1:
        where[:2] = [f"entry {int(where[1]) + 1}"]
    place = ", ".join([*where[:1], ".".join(where[1:])]).removesuffix(", ")
    return f"{place}: {fault['msg']}".removeprefix(": ")


def _malformed(path: Path, fault: str) -> UsageError:
    return UsageError(
        f"`{path}` is not a recording that can be played: {fault}",
        remedy=f"mend that place, or delete the file and `--record {path}` again",
    )
