"""Small real doubles: a sandbox without a wall, a judge with a script, a dist-info.

`OpenSandbox` runs guests in this process with the real guest API, each guest with a
copy of it of its own. It holds nothing back; what it promises is only to answer as the
real engine does. As a module of hooks this file is a host plugin, too.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from plugwright.bundles import MARKER, Bundle
from plugwright.errors import Denied, PlugwrightError
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.judging import Case, Report, TestResult, Verdict, Watcher
from plugwright.manifest import CommandSpec, Manifest
from plugwright.permissions import Permission
from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import (
    GENERATED,
    JSON,
    Failure,
    Guest,
    Kind,
    Outcome,
    Progress,
    SandboxOffer,
    Wall,
)

# The sandbox.


class Exhausted(BaseException):
    """A guest of the double raises this when it wants to be stopped."""


class GuestDenied(PermissionError):
    plugwright_kind = "denied"


class GuestRefused(RuntimeError):
    pass


class OpenSandbox:
    """Runs guests without a wall."""

    name = "wasm"
    runtime = "python"

    def __init__(self) -> None:
        self.sessions: list[OpenSession] = []
        self.closed = False

    def prepare(self, progress: Progress) -> None:
        progress("building the guest", 0.5)
        progress("building the guest", 1.0)

    def open(self, guest: Guest) -> OpenSession:
        self.sessions.append(OpenSession(guest))
        return self.sessions[-1]

    def walls(self) -> list[Wall]:
        return [Wall("a wall", False, "this double has none")]

    def close(self) -> None:
        self.closed = True


class OpenSession:
    """One guest, with modules of its own."""

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.closed = False
        self._denied: list[str] = []
        self._host_calls = 0
        self._sources = {
            file.removesuffix(".py"): text for file, text in guest.files.items()
        }
        bridge: Any = ModuleType("_plugwright_host")
        bridge.call, bridge.Exhausted = self._serve, Exhausted
        bridge.Denied, bridge.Refused = GuestDenied, GuestRefused
        self._modules: dict[str, ModuleType] = {"_plugwright_host": bridge}
        self._dispatch: Callable[[str, Any], Any] | None = None
        self.loaded = self._run(self._load, loading=True)

    def call(
        self, operation: str, arguments: JSON, *, quota: Quota | None = None
    ) -> Outcome:
        if self.loaded.failure is not None:
            return Outcome(failure=self.loaded.failure)
        assert self._dispatch is not None
        dispatch = self._dispatch
        return self._run(lambda: dispatch(operation, _copy(arguments)))

    @property
    def ready(self) -> bool:
        return not self.closed

    def stop(self) -> None:
        pass  # it has no process to end, so its call goes on

    def close(self) -> None:
        self.closed = True

    # What importlib asks of a finder and a loader.

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name in self._sources else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        exec(compile(self._sources[name], f"{name}.py", "exec"), module.__dict__)

    def _load(self) -> Any:
        module, _, function = self.guest.dispatcher.partition(":")
        self._dispatch = getattr(importlib.import_module(module), function)
        return self._dispatch("load", _copy(self.guest.arguments))

    def _run(self, ask: Callable[[], Any], *, loading: bool = False) -> Outcome:
        self._denied, self._host_calls = [], 0
        value, failure, output = None, None, io.StringIO()
        start = time.perf_counter()
        try:
            with self._inside(), redirect_stdout(output):
                value = _copy(ask())
        except Exhausted as error:
            failure = Failure(kind=Kind.STOPPED, type=str(error), message="used it up")
        except BaseException as error:
            failure = _failure(error, loading)
        return Outcome(
            value=value,
            failure=failure,
            usage=Usage(
                seconds=time.perf_counter() - start, host_calls=self._host_calls
            ),
            output=output.getvalue(),
            denied=tuple(self._denied),
        )

    @contextmanager
    def _inside(self) -> Iterator[None]:
        outside = self._taken_out()
        sys.modules.update(self._modules)
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        try:
            yield
        finally:
            sys.meta_path.remove(self)  # type: ignore[arg-type]
            self._modules = self._taken_out()
            sys.modules.update(outside)

    def _taken_out(self) -> dict[str, ModuleType]:
        own = {"plugwright_sdk", "_plugwright_host", *self._sources}
        names = [name for name in sys.modules if name.partition(".")[0] in own]
        return {name: sys.modules.pop(name) for name in names}

    def _serve(self, service: str, arguments: dict[str, Any]) -> Any:
        self._host_calls += 1
        if service not in self.guest.services:
            self._denied.append(service)
            raise GuestDenied(service)
        try:
            return _copy(self.guest.services[service](_copy(arguments)))
        except Denied as error:
            self._denied.append(error.permission)
            raise GuestDenied(error.permission) from None
        except PlugwrightError as error:
            raise GuestRefused(error.message) from None


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def _failure(error: BaseException, loading: bool) -> Failure:
    kind = getattr(type(error), "plugwright_kind", "load" if loading else "raised")
    named = str(error.args[0]) if kind == "denied" else type(error).__name__
    return Failure(kind=Kind(kind), type=named, message=str(error), where=_where(error))


def _where(error: BaseException) -> str:
    where, step = "", error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "plugin.py":
            where = f"plugin.py:{step.tb_lineno}"
        step = step.tb_next
    return where


# The judge.


@dataclass
class ScriptedJudge:
    """Finds what the tests say about themselves: `# WA: nine is not ten`.

    A test file without such a line is accepted.
    """

    name: str = "scripted"
    cases: list[Case] = field(default_factory=list)

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        self.cases.append(case)
        results = tuple(_verdict(*test) for test in case.tests.items())
        for result in results:
            if watch is not None:
                watch(result)
        return Report(results=results)


def _verdict(file: str, source: str) -> TestResult:
    for line in source.splitlines():
        word, _, message = line.removeprefix("# ").partition(":")
        if word in Verdict.__members__:
            # A file has no escape sequences; what a plugin raises may.
            said = message.strip().encode().decode("unicode_escape")
            return TestResult(test=file, verdict=Verdict(word), message=said)
    return TestResult(test=file, verdict=Verdict.AC)


# Both, as a host plugin.


@hookimpl
def sandboxes() -> list[SandboxOffer]:
    return [
        SandboxOffer(name=name, summary="no wall at all", open=OpenSandbox)
        for name in ("wasm", "restricted")
    ]


@hookimpl
def judges() -> list[ScriptedJudge]:
    return [ScriptedJudge()]


# Plugins to be installed, and hosts to be asked.

PLUGIN = """
from plugwright_sdk import command

@command
def double(number: int) -> int:
    return 2 * number
"""


def make_bundle(
    source: str = PLUGIN,
    *,
    name: str = "doubler",
    version: str = "1",
    commands: Mapping[str, tuple[str, ...]] | None = None,
    permissions: tuple[str, ...] = (),
    events: tuple[str, ...] = (),
    tests: str = "",
    **about: Any,
) -> Bundle:
    """Make a bundle; `commands` gives the parameters of each."""
    if commands is None:
        commands = {"double": ("number",)}
    asked = tuple(Permission.parse(text) for text in permissions)
    manifest = Manifest(
        name=name,
        version=version,
        api=">=0.1,<0.2",
        **{"summary": "Doubles numbers", **about},
        permissions=asked,
        reasons=dict.fromkeys(asked, "it needs it"),
        commands={
            command: CommandSpec(summary=f"It does {command}", parameters=parameters)
            for command, parameters in commands.items()
        },
        events=events,
    )
    return Bundle(
        {
            "plugin.toml": manifest.dumps().encode(),
            "plugin.py": source.encode(),
            "tests/test_it.py": tests.encode(),
        }
    )


def write_bundle(folder: Path, bundle: Bundle) -> Path:
    """Write it as its author would have it."""
    for path, content in bundle.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def activate(host: Host, bundle: Bundle) -> str:
    """Take a bundle all the way, as if a person had approved it."""
    is_usual = bundle.manifest.engine == GENERATED
    id = (host.lives.forged if is_usual else host.lives.unpacked)(bundle)
    accepted = TestResult(test="test_it", verdict=Verdict.AC)
    host.lives.judged(id, Report(results=(accepted,)))
    host.lives.propose(id)
    host.lives.approve(id, by="a test")
    host.lives.activate(id)
    return id


class Installed:
    """Distributions, installed by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(
        self, distribution: str, entries: Mapping[str, str], version: str = "1.0"
    ) -> Path:
        """Write the dist-info of a distribution with these entry points."""
        info = self.folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n"
        )
        lines = [f"{name} = {value}\n" for name, value in entries.items()]
        (info / "entry_points.txt").write_text("[plugwright]\n" + "".join(lines))
        importlib.invalidate_caches()
        return info

    def module(self, name: str, source: str) -> None:
        (self.folder / f"{name}.py").write_text(source)
        importlib.invalidate_caches()

    def plugin(self, name: str, source: str) -> None:
        """Install one host plugin, in a module and a distribution of its own."""
        self.module(f"{name}_plugin", source)
        self.add(f"{name}-distribution", {name: f"{name}_plugin"})

    def package(
        self,
        name: str,
        source: str = "",
        *,
        hooks: tuple[str, ...] = (),
        manifest: str | bytes | None = None,
        version: str = "1.0",
        **about: str,
    ) -> Path:
        """Install one host plugin that says of itself what it is; gives its folder."""
        folder = self.folder / f"{name}_plugin"
        folder.mkdir()
        (folder / "__init__.py").write_text(source)
        if manifest is None:
            says = {"name": name, "api": ">=0.1,<0.2", "summary": "It helps.", **about}
            lines = [f'{key} = "{value}"\n' for key, value in says.items()]
            manifest = '[plugin]\nkind = "host"\n' + "".join(lines)
            manifest += f"hooks = {[*hooks]}\n"
        text = manifest.encode() if isinstance(manifest, str) else manifest
        (folder / "plugin.toml").write_bytes(text)
        self.add(f"{name}-distribution", {name: f"{name}_plugin"}, version)
        return folder

    def bundle(self, bundle: Bundle) -> None:
        """Install a bundle under its own name, as pip would."""
        name = bundle.manifest.name
        info = self.add(name, {name: MARKER})
        write_bundle(info / "bundle", bundle)
        paths = [f"{info.name}/bundle/{path}" for path in bundle.files]
        (info / "RECORD").write_text("".join(f"{path},,\n" for path in paths))

    def instead_of_engines(self) -> None:
        """Put the doubles in the places of the real sandbox, judge and forge.

        The first distribution of a name on the path is the one that counts.
        """
        self.add("plugwright-sandbox", {"sandbox": "doubles"})
        for silent in ("qa", "forge"):
            self.module(f"silent_{silent}", "")
            self.add(f"plugwright-{silent}", {silent: f"silent_{silent}"})

    def environment(self) -> dict[str, str]:
        """What another process needs in order to find them."""
        path = [str(self.folder), str(Path(__file__).parent)]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(path)}


def start(
    installed: Installed, *arguments: str, **more: Any
) -> subprocess.Popen[bytes]:
    """Start `plugwright` in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "plugwright", *arguments],
        **{
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": installed.environment(),
            **more,
        },
    )
