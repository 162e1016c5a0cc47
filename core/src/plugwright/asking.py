"""Asks plugins a question: guarded, timed, and each by itself.

pluggy gives up all answers when one plugin raises. Here every implementation stands
alone: what it raises, or that it never comes back, is told under its plugin's name, and
the others answer. Who fails `PATIENCE` times in a row is left out for `COOL_DOWN`
seconds, then gets one more try.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import Parameter, isawaitable, iscoroutine, signature
from operator import itemgetter
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeVar

import pluggy

from plugwright.contracts import TEXT, Contract
from plugwright.errors import BrokeContract, in_one_line
from plugwright.registration import Plugins
from plugwright.standings import Standing
from plugwright.watch import NEVER, WATCH, TimedOut, Watch

if TYPE_CHECKING:  # slow to import, and few questions need it
    from asyncio import Task

P = ParamSpec("P")
R = TypeVar("R")

_Implementation: TypeAlias = tuple[
    Callable[..., Any], str, Callable[[Mapping[str, Any]], Sequence[Any]], Standing
]
"""A function; the name of its only argument, if it wants but one, or else what picks
its arguments; and how it does. A plain tuple: it is taken apart with every answer."""


def _implementation(
    found: pluggy.HookImpl, known: Iterable[str], standing: Standing
) -> _Implementation:
    function, every = found.function, (*found.argnames, *found.kwargnames)
    # What it takes beyond the question's arguments has a default, or it were refused.
    names = tuple(name for name in every if name in known)
    if names != every[: len(names)]:
        function = _by_name(function, names)
    if len(names) == 1:
        return function, names[0], _nothing, standing
    return function, "", itemgetter(*names) if names else _nothing, standing


def _by_name(function: Callable[..., Any], names: Sequence[str]) -> Callable[..., Any]:
    return lambda *values: function(**dict(zip(names, values, strict=True)))


def _nothing(given: object) -> tuple[()]:
    return ()


Failed = Callable[[str, str, str], None]
"""Told which plugin failed, at which hook, and how."""


@dataclass(kw_only=True)
class Asking:
    """What all questions of one host have in common."""

    plugins: Plugins
    failed: Failed
    strict: bool = False
    """Raise what a plugin raises, for tests."""
    trace: Callable[[str], None] | None = None
    """Told every call, for `PLUGWRIGHT_TRACE`."""
    clock: Callable[[], float] = monotonic
    """Says when who is left out gets one more try."""
    watch: Watch = WATCH
    standings: dict[tuple[str, str], Standing] = field(default_factory=dict)
    """How every plugin that was ever asked does, by plugin and hook."""


class _Question(Generic[P, R]):
    """One hook, and who answers it."""

    def __init__(self, asking: Asking, question: Callable[P, Any]) -> None:
        self._asking = asking
        self._name = question.__name__
        self._contract: Contract = question.contract  # type: ignore[attr-defined]
        self._signature = signature(question)
        parameters = self._signature.parameters.values()
        self._usual = tuple(p.name for p in parameters if p.default is Parameter.empty)
        self._defaults = {
            p.name: p.default for p in parameters if p.default is not Parameter.empty
        }
        self._found: tuple[int, Sequence[_Implementation]] = (-1, ())
        """Who answers, and of which version of `Plugins` that is true."""

    def _implementations(self) -> Sequence[_Implementation]:
        """Who answers; the plugins that say they do are imported for it."""
        plugins = self._asking.plugins
        while self._found[0] != plugins.version:
            plugins.want(self._name)  # may register some, which changes the version
            version = plugins.version  # read first: what comes later is found later
            caller: pluggy.HookCaller = getattr(plugins.hook, self._name)
            self._found = (
                version,
                [
                    _implementation(
                        each,
                        self._signature.parameters,
                        self._standing(each.plugin_name),
                    )
                    for each in reversed(caller.get_hookimpls())
                ],
            )
        if self._contract.closed:
            for plugin, problem in plugins.lacking(self._name).items():
                raise self._closed(plugin, f"cannot be asked: {problem}")
        return self._found[1]

    def _standing(self, plugin: str) -> Standing:
        key = plugin, self._name
        return self._asking.standings.setdefault(key, Standing(*key))

    def _given(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        if args or tuple(kwargs) != self._usual:
            # Said as Python says it where something is missing or too much.
            kwargs = self._signature.bind(*args, **kwargs).arguments
        return {**self._defaults, **kwargs} if self._defaults else kwargs

    def _checked(self, found: Iterable[R]) -> list[R]:
        answers = found if type(found) is list else list(_answers_in(found))
        for attribute in self._contract.shape:
            is_text = attribute in TEXT
            for answer in answers:
                value = getattr(answer, attribute)
                if is_text and not isinstance(value, str):
                    kind = type(value).__name__
                    raise TypeError(
                        f"the answer's `{attribute}` is a `{kind}`, no text"
                    )
        return answers

    def _is_left_out(self, standing: Standing) -> bool:
        if self._asking.clock() >= standing.left_out_until:
            return False
        if self._contract.closed:
            raise self._closed(standing.plugin, f"failed: {standing.problem}")
        return True

    def _worked(self, standing: Standing, seconds: float) -> None:
        if standing.in_a_row:
            standing.in_a_row, standing.left_out_until = 0, 0.0
        self._trace(standing, f"answered in {seconds * 1000:.3g} ms")

    def _failed(self, standing: Standing, error: BaseException, seconds: float) -> None:
        if isinstance(error, TimedOut):
            late = TimeoutError(f"no answer within {self._contract.seconds:g} s")
            error = late.with_traceback(error.__traceback__)
        said = in_one_line(error)
        standing.calls += 1
        standing.seconds += seconds
        if standing.failed(self._asking.clock()):
            said += f"; left out for a while after {standing.in_a_row} in a row"
        standing.problem = said
        self._trace(standing, f"failed: {said}")
        self._asking.failed(standing.plugin, self._name, said)
        if self._asking.strict:
            raise error
        if self._contract.closed:
            raise self._closed(standing.plugin, f"failed: {said}") from error

    def _closed(self, plugin: str, problem: str) -> BrokeContract:
        return BrokeContract(
            plugin,
            f"its hook `{self._name}` {problem}",
            remedy="nothing goes on without its answer: mend it, or"
            f" `plugwright disable {plugin}`",
        )

    def _trace(self, standing: Standing, what: str) -> None:
        if self._asking.trace is not None:
            self._asking.trace(f"{self._name}: {standing.plugin} {what}")


class Ask(_Question[P, R]):
    """A question with answers: `host.hooks.providers(host=host)`."""

    def __init__(self, asking: Asking, question: Callable[P, Iterable[R]]) -> None:
        super().__init__(asking, question)
        self._plain: type | None = None if self._contract.shape else list
        """The type of an answer that need not be looked at."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask every plugin and give back all answers in one flat list."""
        return self._ask(self._given(args, kwargs), None)

    def by_plugin(self, *args: P.args, **kwargs: P.kwargs) -> Sequence[tuple[str, R]]:
        """Ask every plugin, and say with each answer whose it is."""
        whose: list[str] = []
        answers = self._ask(self._given(args, kwargs), whose)
        return [*zip(whose, answers, strict=True)]

    def _ask(self, given: Mapping[str, Any], whose: list[str] | None) -> list[R]:
        answers: list[R] = []
        implementations = self._implementations()
        if not implementations:
            return answers
        seconds, plain = self._contract.seconds, self._plain
        is_traced = self._asking.trace is not None
        # As `Watch.limited` and `Turn` say, but once for all of them: calling that for
        # each would cost half as much again.
        turn = self._asking.watch.turn()
        outer = turn.hold()
        began = now = monotonic()
        try:
            for function, name, wanted, standing in implementations:
                if standing.left_out_until and self._is_left_out(standing):
                    continue
                try:
                    try:
                        turn.deadline = now + seconds
                        if name:
                            found = function(given[name])
                        else:
                            found = function(*wanted(given))
                        if type(found) is not plain:
                            found = self._checked(found)
                    finally:
                        turn.deadline = NEVER
                        if turn.claim:
                            turn.settle()
                except BaseException as error:
                    # Broad on purpose: a stranger's code must not silence the others;
                    # `sys.exit` and panics of compiled code included.
                    if turn.claim:
                        turn.settle()
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    self._failed(standing, error, monotonic() - now)
                    now = monotonic()
                    continue
                before, now = now, monotonic()
                standing.calls += 1
                standing.seconds += now - before
                if is_traced or standing.in_a_row:
                    self._worked(standing, now - before)
                    now = monotonic()  # who listens may be slow
                answers += found
                if whose is not None:
                    whose += [standing.plugin] * len(found)
        finally:
            turn.deadline = outer + (monotonic() - began)
        return answers


class Tell(Ask[P, None]):
    """A question without answers: whoever wants to know is told."""

    def __init__(self, asking: Asking, question: Callable[P, None]) -> None:
        super().__init__(asking, question)  # type: ignore[arg-type]
        self._plain = None

    def _checked(self, found: object) -> list[None]:
        _not_awaited(found)
        return []


class AskAsync(_Question[P, R]):
    """A question whose answers may take their time: `await host.hooks.validate(...)`.

    Answers come from plain functions or from coroutines; all are awaited together, each
    with the time limit for itself.
    """

    def __init__(
        self,
        asking: Asking,
        question: Callable[P, Coroutine[Any, Any, Iterable[R]]],
    ) -> None:
        super().__init__(asking, question)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask every plugin and give back all answers in one flat list."""
        return [answer for _, answer in await self.by_plugin(*args, **kwargs)]

    async def by_plugin(
        self, *args: P.args, **kwargs: P.kwargs
    ) -> Sequence[tuple[str, R]]:
        """Ask every plugin, and say with each answer whose it is."""
        from asyncio import current_task, gather

        given, asker = self._given(args, kwargs), current_task()
        asked = [
            each
            for each in self._implementations()
            if not each[-1].left_out_until or not self._is_left_out(each[-1])
        ]
        # Nobody is left running, so the first problem is told when all have ended.
        found = await gather(
            *(self._one(*each, given, asker) for each in asked), return_exceptions=True
        )
        answers: list[tuple[str, R]] = []
        for (*_, standing), each in zip(asked, found, strict=True):
            if isinstance(each, BaseException):
                raise each
            answers += [(standing.plugin, answer) for answer in each]
        return answers

    def wait(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask from code that is not async; may be called wherever it can block."""
        return run(self(*args, **kwargs))

    async def _one(
        self,
        function: Callable[..., Any],
        name: str,
        wanted: Callable[[Mapping[str, Any]], Sequence[Any]],
        standing: Standing,
        given: Mapping[str, Any],
        asker: Task[Any] | None,
    ) -> list[R]:
        watch, seconds, began = self._asking.watch, self._contract.seconds, monotonic()
        arguments = (given[name],) if name else wanted(given)
        try:
            found = watch.limited(seconds, function, *arguments)
            if isawaitable(found):
                found = await watch.awaited(seconds, found)
            answers = watch.limited(seconds, self._checked, found)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # Broad on purpose: a stranger's code must not silence the others.
            if asker is not None and asker.cancelling():
                raise
            self._failed(standing, error, monotonic() - began)
            return []
        spent = monotonic() - began
        standing.calls += 1
        standing.seconds += spent
        self._worked(standing, spent)
        return answers


class TellAsync(AskAsync[P, None]):
    """Like `Tell`, for listeners that may take their time."""

    def __init__(
        self, asking: Asking, question: Callable[P, Coroutine[Any, Any, None]]
    ) -> None:
        super().__init__(asking, question)  # type: ignore[arg-type]

    def unheard(self, *args: P.args, **kwargs: P.kwargs) -> list[str]:
        """Tell everybody, from code that is not async; says how some did not hear."""
        standings = [each[-1] for each in self._implementations()]
        if not standings:
            return []  # nearly always, and a loop would cost a call's time
        before = [standing.failures for standing in standings]
        self.wait(*args, **kwargs)
        return [
            f"`{standing.plugin}`: {standing.problem}"
            for standing, failures in zip(standings, before, strict=True)
            if standing.failures > failures or standing.left_out_until
        ]

    def _checked(self, found: object) -> list[None]:
        return []


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine to its end, also where a loop of this thread runs already."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor
    from contextvars import copy_context

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(copy_context().run, asyncio.run, work).result()


def _not_awaited(found: R) -> R:
    if iscoroutine(found):
        found.close()
        raise TypeError("the answer is a coroutine, but nobody awaits it here")
    return found


def _answers_in(found: R) -> R:
    # An empty one of these would pass for no answers, and validate what nobody saw.
    if isinstance(found, str | bytes | bytearray | Mapping):
        raise TypeError(f"the answer is of the type `{type(found).__name__}`, no list")
    return _not_awaited(found)
