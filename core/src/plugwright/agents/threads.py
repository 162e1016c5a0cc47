"""Runs that go on beside whoever waits for them: for `async`, and for streams.

The threads are daemons, and whoever does not want to wait any more wishes the run to
end and leaves: a provider that cannot be cancelled must not hold up Ctrl-C.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from plugwright.agents.results import AgentEvent, Listen, Result
from plugwright.providers import Cancel

R = TypeVar("R")

GRACE = 2.0
"""Seconds for which whoever leaves waits, so that the record says how it ended."""


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _started(work: Callable[[], None]) -> threading.Thread:
    context = contextvars.copy_context()
    thread = threading.Thread(
        target=context.run, args=(work,), name="plugwright-agent", daemon=True
    )
    thread.start()
    return thread


async def awaited(work: Callable[[], R], cancel: Cancel) -> R:
    """Wait for work that blocks; being cancelled cancels the run."""
    import asyncio

    loop = asyncio.get_running_loop()
    done: asyncio.Future[R] = loop.create_future()

    def do() -> None:
        try:
            tell_loop(loop, partial(done.set_result, work()))
        except BaseException as error:  # passed on to whoever waits
            tell_loop(loop, partial(done.set_exception, error))

    _started(do)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        # Seen, so that nobody is told of it, also where it comes too late.
        done.add_done_callback(asyncio.Future.exception)
        cancel.wish()
        await asyncio.wait([done], timeout=GRACE)
        raise


def streamed(
    work: Callable[[Listen], Result[Any]], cancel: Cancel
) -> Iterator[AgentEvent]:
    """Give events as they come."""
    events: SimpleQueue[AgentEvent | _Raised] = SimpleQueue()

    def do() -> None:
        try:
            work(events.put)
        except BaseException as error:  # passed on to whoever waits
            events.put(_Raised(error))

    thread = _started(do)
    try:
        while True:
            event = events.get()
            if isinstance(event, _Raised):
                raise event.error
            yield event
            if isinstance(event, Result):
                return
    finally:
        cancel.wish()
        thread.join(GRACE)


async def astreamed(
    work: Callable[[Listen], Result[Any]], cancel: Cancel
) -> AsyncIterator[AgentEvent]:
    """Give events as they come, to `async for`."""
    import asyncio

    loop = asyncio.get_running_loop()
    events: asyncio.Queue[AgentEvent | _Raised] = asyncio.Queue()
    over = loop.create_future()

    def put(event: AgentEvent | _Raised) -> None:
        tell_loop(loop, partial(events.put_nowait, event))

    def do() -> None:
        try:
            work(put)
        except BaseException as error:  # passed on to whoever waits
            put(_Raised(error))
        tell_loop(loop, partial(over.set_result, None))

    _started(do)
    try:
        while True:
            event = await events.get()
            if isinstance(event, _Raised):
                raise event.error
            yield event
            if isinstance(event, Result):
                return
    finally:
        cancel.wish()
        await asyncio.wait([over], timeout=GRACE)


def tell_loop(loop: Any, what: Callable[[], object]) -> None:
    """Have a loop do something soon; a closed one does nothing any more."""
    with suppress(RuntimeError):  # nobody waits any more
        loop.call_soon_threadsafe(what)
