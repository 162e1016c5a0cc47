"""The questions that the host asks its plugins: the whole list, each with its contract.

A plugin answers with a function of the same name, marked `@hookimpl`. It may take fewer
arguments than the question has. Answers are small descriptions: nothing heavy is
imported until what they describe is really used. A plugin that raises instead is named,
and the others answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import signature
from itertools import product
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

import pluggy

if TYPE_CHECKING:
    import click

    from plugwright.host import Host
    from plugwright.judging import Judge
    from plugwright.providers import ProviderOffer
    from plugwright.sandboxes import GuestPackage, SandboxOffer

P = ParamSpec("P")
R = TypeVar("R")

hookspec = pluggy.HookspecMarker("plugwright")
hookimpl = pluggy.HookimplMarker("plugwright")


class Questions:
    """The hook specifications, as pluggy reads them."""

    @staticmethod
    @hookspec
    def providers(host: Host) -> Iterable[ProviderOffer]:
        """Offer kinds of providers, each under a scheme.

            @hookimpl
            def providers():
                return [ProviderOffer(scheme="echo", summary="says it back", open=Echo)]

        `plugwright forge --model echo:anything` then opens it. Two plugins that offer
        one scheme are an error that names both.
        """
        raise NotImplementedError

    @staticmethod
    @hookspec
    def sandboxes(host: Host) -> Iterable[SandboxOffer]:
        """Offer sandbox engines, each under a name and made when it is first needed.

            @hookimpl
            def sandboxes(host):
                def wasm():
                    return WasmSandbox(host.cache, host.hooks.guest_packages())

                return [SandboxOffer(name="wasm", summary="WebAssembly", open=wasm)]

        Of two plugins that offer one name, the first is asked.
        """
        raise NotImplementedError

    @staticmethod
    @hookspec
    def guest_packages() -> Iterable[GuestPackage]:
        """Offer Python packages to be baked into the guest of every sandbox.

        They must be pure Python. What a guest may import of them is said per guest.

            @hookimpl
            def guest_packages():
                return [GuestPackage(name="units", paths=[...], modules=["units"])]
        """
        raise NotImplementedError

    @staticmethod
    @hookspec
    def judges(host: Host) -> Iterable[Judge]:
        """Offer judges, which run acceptance tests against a plugin.

        @hookimpl
        def judges(host):
            return [PytestJudge(host)]
        """
        raise NotImplementedError

    @staticmethod
    @hookspec
    def subcommands() -> Iterable[click.Command]:
        """Add commands to `plugwright`. A name that the core has is refused.

        @hookimpl
        def subcommands():
            return [forge]
        """
        raise NotImplementedError


Failed = Callable[[str, str, Exception], None]
"""Told which plugin failed, at which hook, and how."""


class Ask(Generic[P, R]):
    """One hook, called with types: `host.hooks.providers(host=host)`."""

    def __init__(
        self,
        manager: pluggy.PluginManager,
        question: Callable[P, Iterable[R]],
        failed: Failed,
        *shape: str,
    ) -> None:
        self._caller: pluggy.HookCaller = getattr(manager.hook, question.__name__)
        self._signature = signature(question)
        self._failed = failed
        self._shape = shape
        """What every answer has to have."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Sequence[R]:
        """Ask every plugin and give back all answers in one flat list."""
        return [answer for _, answer in self.by_plugin(*args, **kwargs)]

    def by_plugin(self, *args: P.args, **kwargs: P.kwargs) -> Sequence[tuple[str, R]]:
        """Ask every plugin, and say with each answer whose it is."""
        given = self._signature.bind(*args, **kwargs).arguments
        return [
            (answering.plugin_name, answer)
            for answering in reversed(self._caller.get_hookimpls())
            for answer in self._answers(answering, given)
        ]

    def _answers(
        self, answering: pluggy.HookImpl, given: Mapping[str, Any]
    ) -> Sequence[R]:
        # Not through pluggy, which gives up all answers when one plugin raises.
        try:
            wanted = (given[name] for name in answering.argnames)
            answers: Iterable[R] = answering.function(*wanted)  # type: ignore[assignment]
            found = list(answers)
            for answer, attribute in product(found, self._shape):
                getattr(answer, attribute)
            return found
        except Exception as error:
            # Broad on purpose: a stranger's code must not silence the others.
            self._failed(answering.plugin_name, self._caller.name, error)
            return []


class Hooks:
    """Every question, ready to be asked."""

    def __init__(self, manager: pluggy.PluginManager, failed: Failed) -> None:
        asked = Questions
        self.providers = Ask(manager, asked.providers, failed, "scheme", "open")
        self.sandboxes = Ask(manager, asked.sandboxes, failed, "name", "open")
        self.guest_packages = Ask(manager, asked.guest_packages, failed, "modules")
        self.judges = Ask(manager, asked.judges, failed, "judge")
        self.subcommands = Ask(manager, asked.subcommands, failed, "name", "main")
