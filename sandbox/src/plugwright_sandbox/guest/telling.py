"""What a guest tells of itself: its output, and what went wrong, as plain data.

Both engines' shims use it. It runs beside the guest's own code, so nothing here is a
wall; it makes honest plugins comfortable.
"""

import io
from collections.abc import Callable, Collection, Mapping
from typing import Any

MESSAGE_LIMIT = 4096
"""Characters of an exception's text; the rest says nothing new."""
LONGEST_CHAIN = 1000
"""Steps of a traceback that are looked at for the last line of the guest's own."""


def whole(text: str) -> str:
    """Replace half characters, which no JSON may carry."""
    return text.encode("utf-8", "replace").decode()


class CappedOutput(io.TextIOBase):
    """What the guest prints, kept up to the quota; `stop` ends the guest."""

    limits: Mapping[str, int]

    def __init__(self, stop: Callable[..., object]) -> None:
        self.stop = stop
        self.size = 0
        self.writes = 0
        self.parts: list[str] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if type(text) is not str:
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        self.size += len(text)
        self.writes += 1
        most = self.limits["output"]
        if self.size > most:
            kept = ("".join(self.parts) + text[:most])[:most]
            self.stop("output", used=self.size, output=whole(kept), writes=self.writes)
        if self.writes > self.limits["writes"]:
            self.stop("writes", used=self.writes, output=self.text())
        self.parts.append(text)
        if len(self.parts) > 1024:  # a million tiny prints are not a million objects
            self.parts = ["".join(self.parts)]
        return len(text)

    def text(self) -> str:
        return whole("".join(self.parts))


def describe(
    error: BaseException, files: Collection[str], *, loading: bool = False
) -> dict[str, str]:
    """Say what went wrong in plain data; `files` are the guest's own modules."""
    kind = getattr(type(error), "plugwright_kind", "raised")
    if kind == "raised" and loading:
        kind = "load"
    permission = error.args[0] if kind == "denied" and error.args else None
    return {
        "kind": kind,
        "type": whole(str(permission or type(error).__name__)),
        "message": whole(_message(error)),
        "where": whole(_where(error, files)),
    }


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{error.msg}, in `{(error.text or '').strip()}`"[:MESSAGE_LIMIT]
    # A KeyError shows its key quoted; who raises it again should not quote it twice.
    told: Any = error
    if type(error) is KeyError and len(error.args) == 1:
        told = error.args[0]
    try:
        text = str(told)
    except BaseException:
        # Broad on purpose: this is guest code, and only its text was wanted.
        return "(its text cannot be shown)"
    return text[:MESSAGE_LIMIT]


def _where(error: BaseException, files: Collection[str]) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    where, step = "", error.__traceback__
    for _ in range(LONGEST_CHAIN):
        if step is None:
            break
        module = step.tb_frame.f_code.co_filename.removesuffix(".py")
        if module in files:
            where = f"{module}.py:{step.tb_lineno}"
        step = step.tb_next
    return where
