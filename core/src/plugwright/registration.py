"""Registers plugins, and refuses what could never be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import getattr_static, isasyncgenfunction, iscoroutinefunction, unwrap
from types import FunctionType
from typing import cast

import pluggy

from plugwright.errors import BrokeContract
from plugwright.permissions import nearest


class Plugins(pluggy.PluginManager):
    """What is registered; `version` changes with every change."""

    def __init__(self, questions: type) -> None:
        super().__init__("plugwright")
        self.add_hookspecs(questions)
        self.version = 0
        self.want: Callable[[str], None] = _have_all
        """Told which hook is about to be asked; registers who waits to be imported."""
        self.lacking: Callable[[str], Mapping[str, str]] = _nobody_is
        """Says who would answer a hook but cannot be asked, and why: plugins that are
        broken, not those that a person keeps out."""

    def seconds(self, hook: str) -> float:
        """How long one plugin may take for its answer to a hook."""
        limit: float = getattr(self.hook, hook).spec.function.contract.seconds
        return limit

    def register(self, plugin: object, name: str | None = None) -> str | None:
        """Take in a plugin whole or not at all.

        Raises BrokeContract for what nobody would ever ask: an unknown hook or
        argument, a wrapper around the answers of others, an `async def` for a hook
        that is not.
        """
        called = name or self.get_canonical_name(plugin)
        for attribute in dir(plugin):
            options = self.parse_hookimpl_opts(plugin, attribute)
            if options is None:
                self._check_ignored(called, attribute, plugin)
            else:
                hook = options["specname"] or attribute
                if self._is_known(called, hook, options):
                    answer = getattr(plugin, attribute)
                    self._check(hook, pluggy.HookImpl(plugin, called, answer, options))
        registered = super().register(plugin, name)
        self.version += 1  # afterwards: who sees it has to find the plugin, too
        return registered

    def unregister(
        self, plugin: object | None = None, name: str | None = None
    ) -> object:
        """Let a plugin go."""
        gone = super().unregister(plugin, name)
        self.version += 1
        return gone

    def _check_ignored(self, called: str, attribute: str, plugin: object) -> None:
        """Refuse what is marked, but is not what pluggy takes for an answer."""
        found = getattr_static(plugin, attribute, None)
        marked = getattr_static(found, f"{self.project_name}_impl", None)
        if isinstance(marked, dict):
            raise BrokeContract(
                called,
                f"`{attribute}` is marked with `@hookimpl` but is no function: it is of"
                f" the type `{type(found).__name__}`",
                remedy="mark a plain `def` that calls it",
            )

    def _is_known(self, called: str, hook: str, options: pluggy.HookimplOpts) -> bool:
        """Whether a hook is ever asked; one that need not be known is left alone."""
        if options["wrapper"] or options["hookwrapper"]:
            raise BrokeContract(
                called,
                f"its answer to `{hook}` is a wrapper around the answers of others",
                remedy="answer with a plain function, for itself alone",
            )
        known = {name for name, caller in vars(self.hook).items() if caller.has_spec()}
        if hook not in known and not options["optionalhook"]:
            raise BrokeContract(
                called, f"there is no hook `{hook}`", remedy=nearest(hook, known)
            )
        return hook in known

    def _check(self, hook: str, found: pluggy.HookImpl) -> None:
        spec, called = getattr(self.hook, hook).spec, found.plugin_name
        given = {*spec.argnames, *spec.kwargnames}
        for name in found.argnames:
            if name not in given:
                raise BrokeContract(
                    called,
                    f"its answer to `{hook}` takes `{name}`, which is not given there",
                    remedy=nearest(name, given) if given else "it takes no arguments",
                )
        if name := _only_by_keyword(found):
            raise BrokeContract(
                called,
                f"its answer to `{hook}` takes `{name}` by keyword only",
                remedy="leave out the `*` before it",
            )
        if isasyncgenfunction(found.function):
            raise BrokeContract(
                called,
                f"its answer to `{hook}` is an `async def` that yields",
                remedy="give back a list instead",
            )
        if iscoroutinefunction(found.function) and not iscoroutinefunction(
            spec.function
        ):
            raise BrokeContract(
                called,
                f"its answer to `{hook}` is an `async def`, but nobody awaits it there",
                remedy="answer with a plain `def`",
            )


def _only_by_keyword(found: pluggy.HookImpl) -> str:
    # No `signature`: from Python 3.14 on, that would evaluate annotations.
    function = cast(FunctionType, unwrap(found.function))
    code = function.__code__
    first, last = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    names = {*code.co_varnames[first:last]} - {*(function.__kwdefaults__ or ())}
    return min(names, default="")


def _have_all(hook: str) -> None:
    """Nobody waits to be imported."""


def _nobody_is(hook: str) -> Mapping[str, str]:
    """Nobody is broken."""
    return {}
