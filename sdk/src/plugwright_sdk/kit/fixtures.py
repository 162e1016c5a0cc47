"""What stands behind the fixtures of the pytest plugin."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

from plugwright.bundles import Bundle
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.judging import Report, TestResult, Verdict
from plugwright.modelling import modelled
from plugwright.sandboxes import GENERATED, SandboxOffer
from plugwright_sdk.kit.bundled import described_bundle
from plugwright_sdk.kit.opensandbox import OpenSandbox


def register(
    host: Host,
    plugin: object,
    name: str = "",
    settings: Mapping[str, Any] | None = None,
) -> str:
    """Let a host plugin in, as the loader does: registered, then configured.

    Gives the name it has from now on.
    """
    name = name or _name_of(plugin)
    host.take_in(plugin, name)
    for each in host.manager.hook.configured.get_hookimpls():
        if each.plugin is plugin:
            each.function(**modelled(name, each.function, settings or {}))
    return name


def _name_of(plugin: object) -> str:
    named = getattr(plugin, "__name__", type(plugin).__name__)
    return re.sub(r"[^a-z0-9]+", "-", str(named).lower()).strip("-")


class Engine:
    """A host plugin that offers one `OpenSandbox` in the place of every engine."""

    def __init__(self) -> None:
        self.sandbox = OpenSandbox()

    @hookimpl
    def sandboxes(self) -> list[SandboxOffer]:
        """Offer it under the names of the real ones."""
        return [
            SandboxOffer(name=name, summary="no wall at all", open=lambda: self.sandbox)
            for name in ("wasm", "restricted")
        ]


class TmpPlugin:
    """Writes plugins from source text, and lets them into a host."""

    def __init__(self, host: Host, folder: Path) -> None:
        self.host_of_test = host
        self.engine = Engine()
        self._folder = folder
        self._modules: list[str] = []

    def host(
        self,
        source: str,
        name: str = "tmp",
        settings: Mapping[str, Any] | None = None,
    ) -> ModuleType:
        """Write a host plugin, import it and register it; gives its module."""
        module = f"plugwright_tmp_{name.replace('-', '_')}_{len(self._modules)}"
        self._folder.mkdir(exist_ok=True)
        (self._folder / f"{module}.py").write_text(dedent(source), "utf-8")
        self._modules.append(module)
        importlib.invalidate_caches()
        sys.path.insert(0, str(self._folder))
        try:
            found = importlib.import_module(module)
        finally:
            sys.path.remove(str(self._folder))
        register(self.host_of_test, found, name, settings)
        return found

    def bundle(
        self,
        source: str,
        name: str = "tmp-bundle",
        permissions: tuple[str, ...] = (),
        **files: str,
    ) -> str:
        """Write a sandboxed plugin and activate it, as if a person had approved it.

        Its manifest is written from the code. It runs without a wall: see
        `OpenSandbox`. Gives its name, for `host.run(name, command, arguments)`.
        """
        if not self.host_of_test.manager.is_registered(self.engine):
            self.host_of_test.manager.register(self.engine, "engine-without-a-wall")
        bundle = described_bundle(
            self.host_of_test, name, dedent(source), permissions, files
        )
        activate(self.host_of_test, bundle)
        return name

    def forget(self) -> None:
        """Drop what was imported."""
        for module in self._modules:
            sys.modules.pop(module, None)


def activate(host: Host, bundle: Bundle) -> str:
    """Take a bundle all the way, as if a person had approved it; gives its id."""
    is_usual = bundle.manifest.engine == GENERATED
    id = (host.lives.forged if is_usual else host.lives.unpacked)(bundle)
    accepted = TestResult(test="not judged", verdict=Verdict.AC)
    host.lives.judged(id, Report(results=(accepted,)))
    host.lives.propose(id)
    host.lives.approve(id, by="a test")
    host.lives.activate(id)
    return id
