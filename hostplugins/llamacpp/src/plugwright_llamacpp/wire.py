"""What crosses between this process and one that runs a model: lines of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from plugwright import errors
from plugwright.errors import HostError, Malformed, PlugwrightError
from plugwright.providers import (
    Completion,
    Finish,
    Message,
    Request,
    Sampling,
    ToolCall,
    ToolSpec,
)

_ERRORS: dict[str, type[PlugwrightError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, PlugwrightError)
}


def request_out(request: Request) -> dict[str, Any]:
    """Make a request plain."""
    return asdict(request)


def request_in(said: Mapping[str, Any]) -> Request:
    """Make a request again."""
    return Request(
        role=said["role"],
        template=said["template"],
        messages=tuple(
            Message(
                each["role"], each["content"], _calls(each["calls"]), each["answers"]
            )
            for each in said["messages"]
        ),
        sampling=Sampling(
            **{**said["sampling"], "stop": tuple(said["sampling"]["stop"])}
        ),
        tools=tuple(ToolSpec(**each) for each in said["tools"]),
        schema=said["schema"],
        grammar=said["grammar"],
    )


def completion_in(said: Mapping[str, Any]) -> Completion:
    """Make an answer again."""
    plain = {**said, "calls": _calls(said["calls"]), "finish": Finish(said["finish"])}
    return Completion(**plain)


def error_out(error: BaseException) -> dict[str, Any]:
    """Make an error plain; one that nobody meant becomes a `HostError`."""
    if not isinstance(error, PlugwrightError):
        error = HostError(f"the model's process: {errors.in_one_line(error)}")
    kind = next(each.__name__ for each in type(error).__mro__ if each in _KINDS)
    fields = {**vars(error)}
    if isinstance(error, Malformed) and error.completion is not None:
        fields["completion"] = asdict(error.completion)
    return {"kind": kind, "fields": fields}


def error_in(said: Mapping[str, Any]) -> PlugwrightError:
    """Make an error again, with all that it knows."""
    kind = _ERRORS[said["kind"]]
    error = kind.__new__(kind)
    fields = {**said["fields"]}
    if fields.get("completion") is not None:
        fields["completion"] = completion_in(fields["completion"])
    PlugwrightError.__init__(error, fields["message"], remedy=fields["remedy"])
    vars(error).update(fields)
    return error


def _calls(said: Any) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(**each) for each in said)


_KINDS = {*_ERRORS.values()}
