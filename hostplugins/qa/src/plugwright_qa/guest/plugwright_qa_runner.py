"""Runs pytest on tests held in memory, inside the tests' own sandbox.

The plugin under test is not here. `plugin` is a proxy whose functions ask the host,
which asks the plugin's own sandbox; only JSON comes back, so nothing that the plugin
returns can be anything but plain data, and nothing that it does can reach this
interpreter.

There are no files: test modules are compiled from text, with pytest's own assertion
rewriting, and reports go to the host one by one, as each test ends.

Half of what a short run of pytest costs is getting ready. That does not depend on the
tests, so it is done while the image is built, and every guest starts behind it.
"""

import ast
import builtins
import linecache
import pdb
import sys
import types
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest
from _pytest.assertion import rewrite
from _pytest.config import _prepareconfig
from _pytest.reports import TestReport

from plugwright_sdk import Denied, InputError
from plugwright_sdk.commands import name_arguments
from plugwright_sdk.conversion import encode

Ask: TypeAlias = Callable[[str, dict[str, Any]], Any]

OPTIONS = [
    "-p no:cacheprovider",
    "-p no:doctest",
    "-p no:faulthandler",
    "-p no:junitxml",
    "-p no:logging",
    "-p no:pastebin",
    "-p no:stepwise",
    "-p no:terminal",
    "--capture=no",
    "--strict-markers",
    "-Wdefault",
]
MESSAGE_LIMIT = 2000
"""Characters of a failure's text; it goes into reports and repair prompts."""


def dispatch(operation: str, arguments: Any) -> int | None:
    """Answer the judge: `load`, then `run` once."""
    if operation == "run":
        host: Any = sys.modules["_plugwright_host"]
        ask, host.call = host.call, carrying(host.call)
        plugin = plugin_proxy(arguments["commands"], arguments["tools"], ask)
        return run(arguments["tests"], plugin, ask, arguments["done"])
    return None


def run(
    tests: Mapping[str, str],
    plugin: types.ModuleType,
    ask: Ask,
    done: Collection[str] = (),
) -> int:
    """Run test files, telling the host about each test; gives pytest's exit code."""
    sys.modules["plugin"] = plugin
    session = ready.pop() if ready else prepared()
    session.config.pluginmanager.register(InMemory(tests, ask, done), "in memory")
    # What nobody can catch belongs to no test; pytest would gather it and say it last.
    sys.unraisablehook = lambda unraisable: None
    status = finished(session)
    session.config.hook.pytest_sessionfinish(session=session, exitstatus=status)
    return status


def finished(session: pytest.Session) -> int:
    """Collect and run, as `pytest.main` does behind its preparations."""
    config = session.config
    try:
        config.hook.pytest_collection(session=session)
        config.hook.pytest_runtestloop(session=session)
    except (KeyboardInterrupt, pytest.exit.Exception, session.Failed):
        return pytest.ExitCode.INTERRUPTED
    except BaseException as error:
        # Broad on purpose: the tests' code may raise anything, and the host is told.
        config.notify_exception(pytest.ExceptionInfo.from_exception(error))
        return pytest.ExitCode.INTERNAL_ERROR
    return pytest.ExitCode.OK


ready: list[pytest.Session] = []
"""A session of pytest that has everything but tests; made while the image is built."""


def prepared() -> pytest.Session:
    """A session of pytest before its first test, and the interpreter as it was.

    Plugins are in the same image, so nothing that pytest sets for all may stay.
    """
    options = [word for option in OPTIONS for word in option.split()]
    with unchanged():
        config = _prepareconfig(options)
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
    return session


@contextmanager
def unchanged() -> Iterator[None]:
    """Put back what pytest changes for the whole interpreter."""
    path, hook, trace = sys.meta_path[:], sys.unraisablehook, pdb.set_trace
    with warnings.catch_warnings():
        yield
    sys.meta_path[:], sys.unraisablehook = path, hook
    pdb.set_trace = trace


class PluginError(Exception):
    """The plugin raised an exception of a type of its own."""


def plugin_proxy(
    commands: Mapping[str, Any], tools: Mapping[str, Any], ask: Ask
) -> types.ModuleType:
    """A module that looks like the plugin: one function per command and per tool."""
    proxy = types.ModuleType("plugin", "The plugin under test, behind the wall.")
    for service, offered in (("plugin.tool", tools), ("plugin.command", commands)):
        for name, each in offered.items():
            setattr(proxy, each["function"], remote(service, name, each, ask))
    return proxy


def remote(
    service: str, name: str, command: Mapping[str, Any], ask: Ask
) -> Callable[..., Any]:
    """A function that calls a command of the plugin and gives back plain data."""
    parameters = command["parameters"]

    def call(*values: object, **named: object) -> Any:
        given = name_arguments(name, parameters, values, named)
        arguments = {key: encode(value) for key, value in given.items()}
        return opened(ask(service, {"name": name, "arguments": arguments}))

    call.__name__ = call.__qualname__ = command["function"]
    call.__doc__ = command["summary"]
    return call


def opened(answer: Mapping[str, Any]) -> Any:
    """Give back what the plugin gave, or raise what it raised."""
    if "value" in answer:
        return answer["value"]
    raise exception(answer["failure"])


_OF_THE_PLUGIN = ("plugin.memory", "plugin.send", "plugin.validate")
"""Services whose answer is the plugin's own, and may be a failure."""


def carrying(ask: Ask) -> Ask:
    """What `plugwright_sdk.testing` calls the host with: an event can fail, too."""

    def call(service: str, arguments: dict[str, Any]) -> Any:
        answer = ask(service, arguments)
        return opened(answer) if service in _OF_THE_PLUGIN else answer

    return call


def exception(failure: Mapping[str, str]) -> Exception:
    """The exception that a plugin's failure is for a test; the same, if built in."""
    if failure["kind"] == "denied":
        return Denied(failure["type"])
    types = {"InputError": InputError, **vars(builtins)}
    known = types.get(failure["type"])
    if isinstance(known, type) and issubclass(known, Exception):
        try:
            return known(failure["message"])
        except TypeError:  # UnicodeDecodeError and the like want more than a text
            pass
    return PluginError(f"{failure['type']}: {failure['message']}")


class SourceModule(pytest.Module):
    """A test module made of text."""

    source = ""

    def _getobj(self) -> types.ModuleType:
        module = types.ModuleType(self.path.stem)
        module.__file__ = self.path.name
        try:
            exec(compiled(self.source, self.path.name, self.config), module.__dict__)
        except (
            Exception,
            SystemExit,
            pytest.skip.Exception,
            pytest.fail.Exception,
        ) as error:
            # Broad on purpose: whatever a test file does, it is one clear report.
            raise self.CollectError(f"{type(error).__name__}: {error}") from error
        return module


def compiled(source: str, filename: str, config: pytest.Config) -> types.CodeType:
    """Compile a test file with pytest's rewriting of assertions."""
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    tree = ast.parse(source, filename)
    rewrite.rewrite_asserts(tree, source.encode(), filename, config)
    return compile(tree, filename, "exec", dont_inherit=True)


class InMemory:
    """A pytest plugin that collects from text and reports to the host."""

    def __init__(
        self, tests: Mapping[str, str], ask: Ask, done: Collection[str]
    ) -> None:
        self.tests = tests
        self.ask = ask
        self.done = done
        self.outcome, self.message, self.raised = "passed", "", ""
        self.exceptions: dict[str, str] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Collect the given files instead of looking for files."""
        session.items = []
        for name, source in sorted(self.tests.items()):
            module = SourceModule.from_parent(session, path=Path(name), nodeid=name)
            module.source = source
            if name not in self.done:
                self.collect(session, module)
        self.report("collected", tests=[item.nodeid for item in session.items])
        session.items = [i for i in session.items if i.nodeid not in self.done]
        session.testscollected = len(session.items)
        session.config.hook.pytest_collection_modifyitems(
            session=session, config=session.config, items=session.items
        )
        return True

    def collect(self, session: pytest.Session, module: SourceModule) -> None:
        """Collect one file; a file that cannot be imported is one report."""
        try:
            items = list(self.items(module))
        except Exception as error:
            # Broad on purpose: collecting runs the test file's code.
            self.report(
                "result", test=module.name, outcome="collect", message=str(error)
            )
        else:
            if not items:
                message = "there is no test in this file"
                self.report(
                    "result", test=module.name, outcome="collect", message=message
                )
            session.items.extend(items)

    def items(self, collector: pytest.Collector) -> Iterator[pytest.Item]:
        """All tests below a collector, in the order of the file."""
        for node in collector.collect():
            if isinstance(node, pytest.Item):
                yield node
            elif isinstance(node, pytest.Collector):
                yield from self.items(node)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.outcome, self.message, self.raised = "passed", "", ""
        self.report("start", test=nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> TestReport:
        """Report without pytest's formatting, which costs more than the tests."""
        error = call.excinfo
        outcome: Literal["passed", "failed", "skipped"] = "passed"
        text = None
        if error is not None:
            skipped = isinstance(error.value, pytest.skip.Exception)
            outcome, text = "skipped" if skipped else "failed", failure_text(error)
        self.exceptions[call.when] = "" if error is None else error.typename
        # No line and no keywords: both cost, and nobody asks for them.
        return TestReport(
            item.nodeid,
            ("", None, ""),
            {},
            outcome,
            text,
            call.when,  # type: ignore[arg-type]
            start=call.start,
            stop=call.stop,
        )

    def pytest_runtest_logreport(self, report: TestReport) -> None:
        expected = hasattr(report, "wasxfail")
        if self.outcome == "passed" and report.outcome != "passed":
            self.outcome = "skipped" if expected else report.outcome
            self.message = str(report.longrepr or "")
            self.raised = self.exceptions.get(report.when or "", "")

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.report(
            "result",
            test=nodeid,
            outcome=self.outcome,
            message=self.message,
            raised=self.raised,
        )

    def report(self, what: str, **details: Any) -> None:
        """Tell the host."""
        self.ask(f"judge.{what}", details)


def failure_text(error: pytest.ExceptionInfo[BaseException]) -> str:
    """What failed and where in the test file, in a few lines."""
    try:
        text = str(error.value)
    except Exception:
        # Broad on purpose: this runs the test's own code, and only wants its text.
        text = "(its text cannot be shown)"
    name = error.typename
    text = text if name == "AssertionError" and text else f"{name}: {text}"
    line = last_line(error.tb)
    # What hypothesis found: the smallest input that breaks a property.
    notes = "".join(f"\n{note}" for note in getattr(error.value, "__notes__", ()))
    return ((f"line {line}: {text}" if line else text) + notes)[:MESSAGE_LIMIT]


def last_line(step: types.TracebackType | None) -> int:
    """Where in the test file it happened."""
    line = 0
    while step is not None:
        if step.tb_frame.f_code.co_filename.startswith("test_"):
            line = step.tb_lineno
        step = step.tb_next
    return line
