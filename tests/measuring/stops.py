"""How long after a limit is hit the host has a typed error in hand."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import partial

from measuring.figures import Figure, quantile, seconds, spread
from plugwright.errors import PlugwrightError
from plugwright.host import Host
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Outcome, Sandbox, Session

STOPS = 120
MILLI = 1e-3
WALL = 0.03
CPU = 0.03
FUEL = 30_000_000
DOOR = """
def dispatch(operation, arguments):
    if operation == "loop":
        n = arguments
        while n:
            n = n - 1
"""


def figures(host: Host) -> Iterator[Figure]:
    """The `wasm` engine, and the `restricted` one where it runs."""
    wasm = host.sandbox()
    late = [_late(wasm, Quota(seconds=WALL), "seconds", WALL) for _ in range(STOPS)]
    yield _figure("wasm: wall limit to typed error, p99", late, 60)
    over = list(fuel_overruns(wasm))
    yield _figure("wasm: over the fuel limit, p99", over, 5)
    try:
        restricted = host.sandbox("restricted")
    except PlugwrightError as error:
        print(f"not measured: {error}", flush=True)
        return
    for name, quota, limit in (
        ("seconds", Quota(seconds=WALL), WALL),
        ("cpu_seconds", Quota(cpu_seconds=CPU), CPU),
    ):
        late = [_late(restricted, quota, name, limit) for _ in range(STOPS)]
        what = {"seconds": "wall", "cpu_seconds": "processor"}[name]
        yield _figure(f"restricted: {what} limit to typed error, p99", late, 60)


def _figure(what: str, times: list[float], promised: float) -> Figure:
    worst = quantile(times, 0.99)
    note = f"{spread(times, MILLI, 'ms')}, max {max(times) / MILLI:.3g}"
    return Figure(what, worst / MILLI, "ms", promised=promised, note=note)


def opened(sandbox: Sandbox) -> Session:
    """A guest that can loop."""
    session = sandbox.open(
        Guest(name="bench", files={"plugin.py": DOOR}, dispatcher="plugin:dispatch")
    )
    assert session.loaded.failure is None, session.loaded.failure
    return session


def timed(call: Callable[[], Outcome]) -> tuple[float, Outcome]:
    """How long a call takes, and what comes of it."""
    found: list[Outcome] = []
    taken = seconds(lambda: found.append(call()))
    return taken, found[0]


def _late(sandbox: Sandbox, quota: Quota, name: str, limit: float) -> float:
    """Seconds between the limit and the typed error, for a loop without end."""
    session = opened(sandbox)
    taken, outcome = timed(lambda: session.call("loop", -1, quota=quota))
    session.close()
    assert outcome.failure is not None
    assert outcome.failure.type == name, outcome.failure
    if name == "cpu_seconds":  # the wall clock also counts when others had the core
        return outcome.usage.cpu_seconds - limit
    return taken - limit


def fuel_overruns(sandbox: Sandbox) -> Iterator[float]:
    """Seconds that a stop takes longer than as much fuel without a stop."""
    session = opened(sandbox)
    # A turn's fuel differs a little with the number's size, so ask near the end.
    usual = session.call("loop", 100_000).usage.fuel / 100_000
    turns = int(0.995 * FUEL / usual)
    quota = Quota(fuel=FUEL)
    whole = []
    stopped = []
    for _ in range(STOPS):
        taken, outcome = timed(lambda: session.call("loop", turns, quota=quota))
        assert outcome.failure is None, outcome.failure
        assert outcome.usage.fuel > 0.98 * FUEL
        whole.append(taken)
        other = opened(sandbox)
        taken, outcome = timed(partial(other.call, "loop", -1, quota=quota))
        assert outcome.failure is not None
        assert outcome.failure.type == "fuel", outcome.failure
        stopped.append(taken)
        other.close()
    session.close()
    for taken in stopped:
        yield taken - statistics.median(whole)
