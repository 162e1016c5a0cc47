"""Gives every test a fresh start outside the sandbox, as the judge does inside.

Everything else is a fixture that costs nothing where no test asks for it:

- `plugwright_host`: an empty host that raises what a plugin raises
- `plugwright_tmp_plugin`: writes plugins from source text, and lets them in
- `plugwright_recorder`: which hooks were asked with what, and what was answered
- `plugwright_faults`: makes plugins raise, hang and answer nonsense
- `plugwright_exhausted`: says which quota of sandboxed plugins is used up
- `plugwright_clock`: a clock that stands still
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plugwright_sdk import registry, testing

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright_sdk.kit.between import Faults, Recorder
    from plugwright_sdk.kit.doubles import FrozenClock
    from plugwright_sdk.kit.fixtures import TmpPlugin

pytest.register_assert_rewrite("plugwright_sdk.kit.contracts")


@pytest.fixture(autouse=True)
def plugwright_fresh_start() -> None:
    """Empty the local double and start the plugin anew."""
    testing.reset()
    registry.default.initialise()


@pytest.fixture
def plugwright_host(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Host]:
    """Give an empty host: only what a test registers answers.

    It raises what a plugin raises, except where the test uses `plugwright_faults`.
    """
    from plugwright.home import Home
    from plugwright.host import Host

    home = tmp_path / "plugwright-home"
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    has_faults = "plugwright_faults" in request.fixturenames
    host = Host(Home(home), cache=tmp_path / "plugwright-cache", strict=not has_faults)
    yield host
    host.close()


@pytest.fixture
def plugwright_tmp_plugin(plugwright_host: Host, tmp_path: Path) -> Iterator[TmpPlugin]:
    """Write plugins, of either kind, and let them into `plugwright_host`."""
    from plugwright_sdk.kit.fixtures import TmpPlugin

    writer = TmpPlugin(plugwright_host, tmp_path / "plugwright-plugins")
    yield writer
    writer.forget()


@pytest.fixture
def plugwright_recorder(plugwright_host: Host) -> Recorder:
    """Note every question to the plugins of `plugwright_host`."""
    from plugwright_sdk.kit.between import Recorder

    return Recorder(plugwright_host)


@pytest.fixture
def plugwright_faults(plugwright_host: Host) -> Faults:
    """Make plugins of `plugwright_host` fail; it bears that, instead of raising."""
    from plugwright_sdk.kit.between import Faults

    return Faults(plugwright_host)


@pytest.fixture
def plugwright_exhausted(
    plugwright_tmp_plugin: TmpPlugin,
) -> Callable[[str], None]:
    """Say which quota is used up, such as `fuel`; all bundles are stopped by it."""

    def exhausted(quota: str) -> None:
        plugwright_tmp_plugin.engine.sandbox.exhausted = quota

    return exhausted


@pytest.fixture
def plugwright_clock(monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    """Stop `time.time()`; what has its own reference to it, or `datetime`, goes on."""
    from plugwright_sdk.kit.doubles import FrozenClock

    clock = FrozenClock()
    monkeypatch.setattr("time.time", clock)
    return clock
