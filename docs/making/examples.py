"""Errors as they are really printed: each is provoked, and what is said is kept.

Nothing here is typed off. An error that is not raised any more fails the build.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr
from dataclasses import fields
from functools import partial
from pathlib import Path

from making import troubles
from plugwright.admission import Keeping
from plugwright.amounts import used_of
from plugwright.bundles import Bundle
from plugwright.cli.door import told
from plugwright.discovery import Entry
from plugwright.errors import PlugwrightError, Stopped
from plugwright.faults import raise_for
from plugwright.home import Home
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.lines import broken
from plugwright.quotas import Quota
from plugwright.sandboxes import Failure, Kind, Outcome
from plugwright.storage import Storage

HOME = "~/.local/share/plugwright"
"""What stands in the pages for the folder that the examples ran in."""
COLUMNS = 72
"""How wide the screen of the examples is."""
RUN = "19aa2c4e871-5d03f6"

MANIFEST = """\
[plugin]
name = "word-counter"
version = "0.1.0"
api = ">=0.1,<0.2"
summary = "Counts the words of a text."
"""


def printed(provoke: Callable[[Path], object]) -> str:
    """Show what somebody sees when this goes wrong, and the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir(mode=0o700)
        try:
            provoke(home)
        except PlugwrightError as error:
            said = io.StringIO()
            with redirect_stderr(said):
                code = told(error)
            text = _the_same(said.getvalue().replace(str(home), HOME))
            text = "\n".join(_as_on_a_screen(text.rstrip()))
            return f"```text\n{text}\n```\n\nThe exit code is {code}."
    raise AssertionError(f"{provoke} raised nothing")


def _the_same(text: str) -> str:
    """Put one example for what is another each time: runs, and ports."""
    text = re.sub(r"\b[0-9a-f]{11}-[0-9a-f]{6}\b", RUN, text)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", text)


def _as_on_a_screen(text: str) -> Iterator[str]:
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        yield from broken(line.lstrip(), COLUMNS, first=indent, rest=f"{indent}  ")


@contextmanager
def _host(home: Path) -> Iterator[Host]:
    with closing(Host(Home(home))) as host:
        yield host


# Ours.


def home_is_a_file(home: Path) -> None:
    """The folder for everything is a file."""
    home.rmdir()
    home.write_text("")
    with _host(home), Host(Home(home)):
        pass


def nobody_offers(home: Path) -> None:
    """No plugin brings what was asked for."""
    with _host(home) as host:
        host.judge()


# Theirs.


def unknown_hook(home: Path) -> None:
    """A plugin answers what nobody asks."""

    class Plugin:
        @hookimpl
        def comands(self) -> list[object]:
            return []

    with _host(home) as host:
        host.take_in(Plugin(), "greeter")


def async_for_sync(home: Path) -> None:
    """A plugin answers with a coroutine where nobody awaits it."""

    class Plugin:
        @hookimpl
        async def commands(self) -> list[object]:
            return []

    with _host(home) as host:
        host.take_in(Plugin(), "greeter")


def raised(home: Path) -> None:
    """A command of a sandboxed plugin raises."""
    failure = Failure(
        kind=Kind.RAISED, type="KeyError", message="'words'", where="plugin.py:12"
    )
    raise_for("word-counter", Outcome(failure=failure))


def not_compiled(home: Path) -> None:
    """The source of a sandboxed plugin cannot be loaded."""
    failure = Failure(
        kind=Kind.LOAD,
        type="SyntaxError",
        message="invalid syntax",
        where="plugin.py:3",
    )
    raise_for("word-counter", Outcome(failure=failure))


def tampered(home: Path) -> None:
    """Somebody changed the files of an approved bundle."""
    written = _bundle().write(home / "bundles")
    source = written / "plugin.py"
    source.chmod(0o600)
    source.write_text("print('something else')\n")
    Bundle.load(home / "bundles", written.name, "word-counter")


# Yours.


def unknown_plugin(home: Path) -> None:
    """A name that nobody has."""
    with _host(home) as host:
        host.lives.unpacked(_bundle(), "")
        host.run("word-counte", "count", {})


def not_approved(home: Path) -> None:
    """A plugin that nobody approved."""
    with _host(home) as host:
        host.lives.unpacked(_bundle(), "")
        host.run("word-counter", "count", {})


def wrong_input(home: Path) -> None:
    """Arguments that do not fit."""
    message = "`text` must be text, not a whole number"
    failure = Failure(kind=Kind.INPUT, type="InputError", message=message)
    raise_for("word-counter", Outcome(failure=failure))


def not_toml(home: Path) -> None:
    """A configuration that is none."""
    from plugwright.settings import plugin_settings

    (home / "config.toml").write_text("[plugins.tutor\n")
    plugin_settings(home / "config.toml")


def misspelt_key(home: Path) -> None:
    """A key that the manifest does not have."""
    _bundle(MANIFEST.replace("summary", "sumary"))


def hidden_characters(home: Path) -> None:
    """Source text that reads differently from what it does."""
    _bundle(source="level = 'user\N{RIGHT-TO-LEFT OVERRIDE}'\n")


# Nobody's.


def denied(home: Path) -> None:
    """A plugin reached for what was not granted."""
    failure = Failure(kind=Kind.DENIED, type="storage.set", message="")
    raise_for("word-counter", Outcome(failure=failure))


def refused(home: Path) -> None:
    """A plugin keeps more than its quota has room for."""
    with _host(home) as host:
        storage = Storage(host._database, "word-counter", 1 << 10, 10)
        storage.set("text", "word " * 1000)


def stopped(quota: str, home: Path) -> None:
    """A quota did its work."""
    allowed = getattr(Quota, quota)
    raise Stopped(quota, used_of(quota, allowed * 1.01, allowed), plugin="word-counter")


def _bundle(manifest: str = MANIFEST, source: str = "x = 1\n") -> Bundle:
    return Bundle({"plugin.toml": manifest.encode(), "plugin.py": source.encode()})


# Host plugins in their states.


@contextmanager
def _module(name: str, fill: Callable[[types.ModuleType], None]) -> Iterator[None]:
    module = types.ModuleType(name)
    fill(module)
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]


def _row(name: str, home: Path, *entries: Entry, **keeping: object) -> str:
    """Say what `plugwright plugins` has to say of one plugin: state, reason, remedy."""
    with _host(home) as host:
        host._crew.take(entries, Keeping(**keeping))  # type: ignore[arg-type]
        host._crew.load_all()
        row = host._crew.rows[name]
        reached = "" if row.reached == row.stage else f", after `{row.reached}`"
        said = f"`{row.stage}`{reached}"
        if row.problem:
            said += f": {row.problem} → {row.remedy}"
        return said


def _entry(**more: object) -> Entry:
    about = {
        "name": "tutor",
        "value": "plugwright_no_such_module",
        "distribution": "plugwright-tutor",
        "version": "1.4",
        **more,
    }
    return Entry(**about)  # type: ignore[arg-type]


def rows() -> str:
    """Put a host plugin into many a trouble, and say what is said of it."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        found.append(("its import fails", _row("tutor", home, _entry())))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text("[plugins.tutor]\nenabled = false\n")
        found.append(("the configuration disables it", _row("tutor", home, _entry())))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        said = _row("tutor", home, _entry(), safe_mode=True)
        found.append(("`--safe-mode`", said))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text("[plugins.tutor.settings]\nlevel = 'x'\n")
        schema = {"type": "object", "properties": {"level": {"type": "integer"}}}
        entry = _entry(
            manifest="plugin.toml", api=">=0.1", hooks=["commands"], settings=schema
        )
        found.append(("its settings do not fit", _row("tutor", home, entry)))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        entry = _entry(manifest="plugin.toml", api=">=0.1", hooks=["commands", "tools"])
        with _module(entry.value, _answering_commands):
            said = _row("tutor", home, entry)
        found.append(("its manifest promises more than its code has", said))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        other = _entry(distribution="tutor-too")
        said = _row("tutor (tutor-too)", home, _entry(), other)
        found.append(("two distributions bring one name", said))
    table = "\n".join(f"| {what} | {said} |" for what, said in found)
    return f"| what happened | what Plugwright says |\n| --- | --- |\n{table}"


def _answering_commands(module: types.ModuleType) -> None:
    @hookimpl
    def commands() -> list[object]:
        return []

    module.commands = commands  # type: ignore[attr-defined]


PROVOKED: Mapping[str, Callable[[Path], object]] = {
    "home is a file": home_is_a_file,
    "nobody offers": nobody_offers,
    "unknown hook": unknown_hook,
    "async for sync": async_for_sync,
    "raised": raised,
    "not compiled": not_compiled,
    "tampered": tampered,
    "unknown plugin": unknown_plugin,
    "not approved": not_approved,
    "wrong input": wrong_input,
    "not toml": not_toml,
    "misspelt key": misspelt_key,
    "hidden characters": hidden_characters,
    "denied": denied,
    "refused": refused,
    **troubles.PROVOKED,
}


def stops() -> str:
    """Write what is printed for every quota."""
    return "\n\n".join(
        f"### `{each.name}` {{ #{each.name} }}\n\n"
        + printed(partial(stopped, each.name))
        for each in fields(Quota)
    )


MADE: Mapping[str, Callable[[], str]] = {
    **{f"error: {name}": partial(printed, each) for name, each in PROVOKED.items()},
    "every stop": stops,
    "troubles of host plugins": rows,
}
