"""Stands between the host's questions and its plugins' answers, for tests.

    recorder = Recorder(host)
    host.hooks.providers(host=host)
    assert recorder.asked == ["providers"]

    faults = Faults(host)
    faults.raises("tutor", "providers")

Both work on every plugin of a host, also on those that are registered later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from plugwright.host import Host

Around = Callable[[str, str, Callable[..., Any], Mapping[str, Any]], Any]
"""Takes plugin, hook, the answering function and its arguments; gives an answer."""


def stand_between(host: Host, around: Around) -> None:
    """Call `around` instead of every answering function of a host's plugins."""
    plugins = host.manager
    before = plugins.want
    met: dict[int, object] = {}  # kept, so that no other gets its number

    def want(hook: str) -> None:
        before(hook)
        for each in getattr(plugins.hook, hook).get_hookimpls():
            # Asked again at every change; what was met has its new function already.
            if id(each) not in met:
                met[id(each)] = each
                each.function = _between(
                    around, each.plugin_name, hook, each.function, each.argnames
                )

    plugins.want = want
    plugins.version += 1  # whoever answers is looked up anew


def _between(
    around: Around,
    plugin: str,
    hook: str,
    function: Callable[..., Any],
    names: tuple[str, ...],
) -> Callable[..., Any]:
    def answer(*values: Any) -> Any:
        return around(plugin, hook, function, dict(zip(names, values, strict=True)))

    return answer


@dataclass
class Asked:
    """One question to one plugin."""

    hook: str
    plugin: str
    arguments: Mapping[str, Any]
    """What the plugin takes of the question's arguments."""
    answer: Any = None
    error: BaseException | None = None
    """What it raised instead."""


class Recorder:
    """Notes which hooks were asked with what, and what was answered."""

    def __init__(self, host: Host) -> None:
        self.calls: list[Asked] = []
        stand_between(host, self._note)

    @property
    def asked(self) -> list[str]:
        """The hooks in the order in which they were asked."""
        return [each.hook for each in self.calls]

    def of(self, hook: str, plugin: str = "") -> list[Asked]:
        """Give the calls of one hook, of one plugin if it is named."""
        return [
            each
            for each in self.calls
            if each.hook == hook and plugin in ("", each.plugin)
        ]

    def _note(
        self,
        plugin: str,
        hook: str,
        function: Callable[..., Any],
        given: Mapping[str, Any],
    ) -> Any:
        call = Asked(hook, plugin, given)
        self.calls.append(call)
        try:
            answer = function(*given.values())
        except BaseException as error:
            call.error = error
            raise
        if isawaitable(answer):
            return _awaited(call, answer)
        call.answer = answer = _listed(answer)
        return answer


def _listed(answer: Any) -> Any:
    # An answer that can be read once only would be gone when it was recorded.
    return [*answer] if hasattr(answer, "__next__") else answer


async def _awaited(call: Asked, answer: Awaitable[Any]) -> Any:
    try:
        call.answer = _listed(await answer)
    except BaseException as error:
        call.error = error
        raise
    return call.answer


class Faults:
    """Makes plugins fail. The host has to be one that is not `strict`."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self._faults: dict[tuple[str, str], Callable[[], Any]] = {}
        stand_between(host, self._fail)

    def raises(
        self, plugin: str, hook: str, error: BaseException | None = None
    ) -> None:
        """Let a plugin raise instead of answering."""
        to_raise = error or RuntimeError("a fault that the test put in")

        def fault() -> Any:
            raise to_raise

        self._faults[plugin, hook] = fault

    def hangs(self, plugin: str, hook: str) -> None:
        """Let a plugin have no answer when its time is over. Nobody waits for it."""
        self.raises(plugin, hook, TimeoutError())

    def answers(self, plugin: str, hook: str, answer: object) -> None:
        """Let a plugin answer something else: nonsense, too much, nothing."""
        self._faults[plugin, hook] = lambda: answer

    def heal(self, plugin: str, hook: str) -> None:
        """Let a plugin answer for itself again."""
        self._faults.pop((plugin, hook), None)

    def _fail(
        self,
        plugin: str,
        hook: str,
        function: Callable[..., Any],
        given: Mapping[str, Any],
    ) -> Any:
        fault = self._faults.get((plugin, hook))
        return fault() if fault else function(*given.values())
