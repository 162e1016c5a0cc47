"""Calls a tool, so that whatever it does, the run goes on.

On the main thread a tool runs there, and is ended by `plugwright.watch` when its time
is over: loops of Python and waiting in the system are. On any other thread nothing ends
a wait, so the tool gets a thread of its own there, which is left behind if need be:
when its time is over, or when somebody wishes the run to end.
What nobody can end is compiled code on the main thread that never comes back to Python.
"""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from plugwright.agents.tools import Tool, Unfit
from plugwright.errors import Denied, PlugwrightError, in_one_line
from plugwright.providers import Cancel

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from plugwright.sandboxes import JSON


class Outcome(StrEnum):
    """What became of a call."""

    DONE = "done"
    CUT = "cut"
    FAILED = "failed"
    UNFIT = "unfit"
    """The model gave arguments that do not fit."""
    LATE = "late"
    DENIED = "denied"


class Late(Exception):
    """A tool took too long."""


class Interrupted(Exception):
    """A tool was left behind, because somebody does not want to wait any more."""


def called(
    tool: Tool,
    arguments: Mapping[str, JSON],
    *,
    seconds: float | None = None,
    loop: AbstractEventLoop | None = None,
    cancel: Cancel | None = None,
) -> tuple[str, Outcome]:
    """Call a tool and give what the model is told, and what became of it.

    `seconds` are those that the run has left. What is `async def` runs on `loop` if
    there is one. Raises `Interrupted` where a wish to cancel left the call under way.
    """
    limits = [each for each in (tool.seconds, seconds) if each is not None]
    limit = min(limits) if limits else None
    try:
        value = _value(tool, arguments, limit, loop, cancel or Cancel())
    except (KeyboardInterrupt, Interrupted):
        raise
    except Late:
        return f"error: it did not end within {limit:g} seconds", Outcome.LATE
    except Unfit as error:
        return f"error: the arguments do not fit: {error}", Outcome.UNFIT
    except Denied as error:
        return f"error: {in_one_line(error)}", Outcome.DENIED
    except PlugwrightError as error:
        return f"error: {in_one_line(error)}", Outcome.FAILED
    except BaseException as error:
        # Broad on purpose: a tool is anybody's code; `sys.exit` included.
        return f"error: {in_one_line(error)}", Outcome.FAILED
    try:
        text = in_text(value)
    except Exception as error:
        # Broad on purpose: what a value says of itself is its author's code, too.
        return f"error: its answer is no text: {in_one_line(error)}", Outcome.FAILED
    if len(text) <= tool.most:
        return text, Outcome.DONE
    said = f"\n[cut: these are the first {tool.most:,} of {len(text):,} characters]"
    return text[: tool.most] + said, Outcome.CUT


def in_text(value: object) -> str:
    """Write what a tool gave as a model reads it."""
    if isinstance(value, str):
        return value
    return _ENCODER.encode(value)


def _plainer(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return value.value if isinstance(value, Enum) else str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=_plainer)


def _value(
    tool: Tool,
    arguments: Mapping[str, JSON],
    limit: float | None,
    loop: AbstractEventLoop | None,
    cancel: Cancel,
) -> object:
    value: object
    if limit is None:
        value = tool.call(arguments)
    elif threading.current_thread() is threading.main_thread():
        from plugwright.watch import WATCH, TimedOut

        try:
            value = WATCH.limited(limit, tool.call, arguments)
        except TimedOut:
            raise Late from None
    else:
        value = _aside(lambda: tool.call(arguments), limit, cancel)
    if not hasattr(value, "__await__"):
        return value
    return _awaited(value, limit, loop, cancel)


def _awaited(
    work: Any, limit: float | None, loop: AbstractEventLoop | None, cancel: Cancel
) -> object:
    import asyncio

    from plugwright.agents.threads import tell_loop
    from plugwright.watch import WATCH, TimedOut

    async def wait() -> object:
        task, here = asyncio.current_task(), asyncio.get_running_loop()
        assert task is not None
        cancel.then(lambda: tell_loop(here, task.cancel))
        try:
            return await (work if limit is None else WATCH.awaited(limit, work))
        except TimedOut:
            raise Late from None
        except asyncio.CancelledError:
            if cancel.is_wished:
                raise Interrupted from None
            raise

    if loop is not None:
        return asyncio.run_coroutine_threadsafe(wait(), loop).result()
    from plugwright.asking import run

    return run(wait())


def _aside(work: Callable[[], object], limit: float, cancel: Cancel) -> object:
    """Do something on a thread that can be left behind."""
    import contextvars

    found: list[object] = []
    raised: list[BaseException] = []
    is_over = threading.Event()

    def do() -> None:
        try:
            found.append(work())
        except BaseException as error:  # passed on below
            raised.append(error)
        is_over.set()

    cancel.then(is_over.set)
    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(do,), name="plugwright-tool", daemon=True
    )
    thread.start()
    is_over.wait(limit)
    if raised:
        raise raised[0]
    if found:
        return found[0]
    raise Interrupted if cancel.is_wished else Late
