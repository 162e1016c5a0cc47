"""The questions that the host asks its plugins: the whole list, each with its contract.

A plugin answers with a function of the same name, marked `@hookimpl`. It may take fewer
arguments than the question has. Answers are small descriptions: nothing heavy is
imported until what they describe is really used.

A plugin that raises, or takes longer than the question allows, is named, and the
others answer; where a question says that it *fails closed*, it fails as a whole. After
three failures in a row a plugin is left out for a minute. Questions written `async def`
may be answered by a plain function or by an `async def`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

from plugwright.asking import Ask, AskAsync, Asking, Tell, TellAsync
from plugwright.contracts import question

if TYPE_CHECKING:
    import click

    from plugwright.agents.abilities import AbilityOffer
    from plugwright.commands import Command, Tool
    from plugwright.host import Host
    from plugwright.judging import Judge
    from plugwright.memory import MemoryOffer
    from plugwright.providers import ProviderOffer
    from plugwright.sandboxes import JSON, GuestPackage, SandboxOffer
    from plugwright.scheduling import SchedulerOffer
    from plugwright.validation import Finding, Subject

hookimpl = pluggy.HookimplMarker("plugwright")


class Questions:
    """The hook specifications, as pluggy reads them."""

    # The four families.

    @question(shape=("scheme", "open"))
    def providers(host: Host) -> Iterable[ProviderOffer]:
        """Offer kinds of providers, each under a scheme.

            @hookimpl
            def providers():
                return [ProviderOffer(scheme="echo", summary="says it back", open=Echo)]

        `plugwright forge --model echo:anything` then opens it. Two plugins that offer
        one scheme are an error that names both.
        """
        raise NotImplementedError

    @question(shape=("name", "open"))
    def memories(host: Host) -> Iterable[MemoryOffer]:
        """Offer kinds of memory, each under a name.

            @hookimpl
            def memories(host):
                return [MemoryOffer(name="sqlite", summary="one file", open=...)]

        `host.memory("sqlite", owner)` then opens it. Two plugins that offer one name
        are an error that names both.
        """
        raise NotImplementedError

    @question(seconds=60.0, closed=True, shape=("what", "severity"))
    async def validate(subject: Subject, host: Host | None = None) -> Iterable[Finding]:
        """Say what is wrong with something: a bundle, a text, a plugin in the making.

            @hookimpl
            async def validate(subject):
                if subject.kind != "text" or "secret" not in subject.data:
                    return []
                return [Finding(what="it tells a secret", severity=Severity.ERROR)]

        It fails closed: what could not be looked at by everybody does not go on. That
        holds for a plugin that cannot be loaded, too, if its `plugin.toml` names this
        hook, until a person disables it. A subject of a kind that a plugin does not
        know has no findings. Whoever answers for a `source` adds a stage of quality,
        called like the plugin, or as a `plugwright.quality.Remark` says.
        """
        raise NotImplementedError

    @question(shape=("name", "open"))
    def schedulers(host: Host) -> Iterable[SchedulerOffer]:
        """Offer schedulers, each under a name.

        @hookimpl
        def schedulers(host):
            return [SchedulerOffer(name="local", summary="this machine", open=...)]

        `host.scheduler("local")` then opens it. Two plugins that offer one name are an
        error that names both.
        """
        raise NotImplementedError

    # What may be called, by people and by models.

    @question(shape=("name", "spec", "call"))
    def commands(host: Host) -> Iterable[Command]:
        """Offer commands, which `plugwright run PLUGIN COMMAND` and all others call.

            @hookimpl
            def commands():
                spec = CommandSpec(summary="Say it back.", parameters=("text",))
                return [Command(name="echo", spec=spec, call=lambda it: it["text"])]

        A command belongs to its plugin, so two plugins may use one name; two commands
        of one plugin may not.
        """
        raise NotImplementedError

    @question(shape=("name", "spec", "call"))
    def tools(host: Host) -> Iterable[Tool]:
        """Offer tools, which models may call; a person is asked first.

            @hookimpl
            def tools():
                spec = CommandSpec(summary="Roll dice.", parameters=("sides",))
                return [Tool(name="roll", spec=spec, call=roll, needs_approval=False)]

        Models know it as `PLUGIN.NAME`.
        """
        raise NotImplementedError

    @question(shape=("name", "open"))
    def abilities(host: Host) -> Iterable[AbilityOffer]:
        """Offer abilities, which whoever builds an agent may opt into by name.

            @hookimpl
            def abilities():
                return [AbilityOffer(name="dates", summary="today", open=Dates)]

        `Agent.builder("tutor", host=host).use("dates")` then has it; what else `use`
        is given goes to `open`. Two plugins that offer one name are an error that
        names both.
        """
        raise NotImplementedError

    @question(shape=("name", "make_context"))
    def subcommands() -> Iterable[click.Command]:
        """Add commands to `plugwright`. A name that the core has is refused.

        @hookimpl
        def subcommands():
            return [forge]
        """
        raise NotImplementedError

    # What happens.

    @question(seconds=30.0)
    async def heard(name: str, data: JSON, host: Host | None = None) -> None:
        """Hear of an event: its name, JSON that came with it, and the host it is of.

        @hookimpl
        async def heard(name, data):
            if name == "lesson-due":
                await remind(data["child"])

        Every plugin hears every event. Whoever fails does so alone: the teller is told
        who did not hear, and nothing of the teller's work is undone.
        """
        raise NotImplementedError

    @question()
    def configured(settings: Any) -> None:
        """Take this plugin's own settings, before any other question.

            @dataclass
            class Settings:
                url: str
                key: Secret | None = None

            @hookimpl
            def configured(settings: Settings):
                global client
                client = Client(settings.url, settings.key)

        They stand under `[plugins.NAME.settings]` in `config.toml`. The annotation is
        the model: its JSON Schema is part of the manifest, settings that do not fit
        keep the plugin out with path and remedy, and here they come as that type.
        """
        raise NotImplementedError

    @question()
    def started(host: Host) -> None:
        """Begin: the host holds its home, and may be called.

        @hookimpl
        def started(host):
            watcher.start(host.home.folder)

        Only told to a host that holds the home, not to one that only lists things.
        """
        raise NotImplementedError

    @question()
    def stopping(host: Host) -> None:
        """End what was begun: the host closes when everybody was told.

        @hookimpl
        def stopping():
            watcher.stop()
        """
        raise NotImplementedError

    # Where plugins run, and who judges them.

    @question(shape=("name", "open"))
    def sandboxes(host: Host) -> Iterable[SandboxOffer]:
        """Offer sandbox engines, each under a name and made when it is first needed.

            @hookimpl
            def sandboxes(host):
                def wasm():
                    return WasmSandbox(host.cache, host.hooks.guest_packages())

                return [SandboxOffer(name="wasm", summary="WebAssembly", open=wasm)]

        Two plugins that offer one name are an error that names both.
        """
        raise NotImplementedError

    @question(shape=("name", "modules"))
    def guest_packages() -> Iterable[GuestPackage]:
        """Offer Python packages to be baked into the guest of every sandbox.

        They must be pure Python. What a guest may import of them is said per guest.

            @hookimpl
            def guest_packages():
                return [GuestPackage(name="units", paths=[...], modules=["units"])]
        """
        raise NotImplementedError

    @question(shape=("judge",))
    def judges(host: Host) -> Iterable[Judge]:
        """Offer a judge, which runs acceptance tests against a plugin.

        @hookimpl
        def judges(host):
            return [PytestJudge(host)]

        There may be one: two are an error that names both plugins.
        """
        raise NotImplementedError


class Hooks:
    """Every question, ready to be asked."""

    def __init__(self, asking: Asking) -> None:
        asked = Questions
        self.providers = Ask(asking, asked.providers)
        self.memories = Ask(asking, asked.memories)
        self.validate = AskAsync(asking, asked.validate)
        self.schedulers = Ask(asking, asked.schedulers)
        self.commands = Ask(asking, asked.commands)
        self.tools = Ask(asking, asked.tools)
        self.abilities = Ask(asking, asked.abilities)
        self.subcommands = Ask(asking, asked.subcommands)
        self.heard = TellAsync(asking, asked.heard)
        self.configured = Tell(asking, asked.configured)
        self.started = Tell(asking, asked.started)
        self.stopping = Tell(asking, asked.stopping)
        self.sandboxes = Ask(asking, asked.sandboxes)
        self.guest_packages = Ask(asking, asked.guest_packages)
        self.judges = Ask(asking, asked.judges)
