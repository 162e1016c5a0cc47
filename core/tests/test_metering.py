"""An hour has a budget, which calls and loads share, and which nothing gets around."""

from __future__ import annotations

import pytest
from doubles import activate, make_bundle

from plugwright.database import Database
from plugwright.errors import BrokeContract, HostError, Stopped
from plugwright.ledger import Kind as Entry
from plugwright.ledger import Ledger
from plugwright.lives import Lives, State
from plugwright.quotas import Quota, Usage
from plugwright.running import Runner
from plugwright.sandboxes import Failure, Kind, Outcome
from plugwright.usage import HOUR

QUOTA = Quota(
    **dict.fromkeys(("fuel", "load_fuel"), 400),
    **dict.fromkeys(("seconds", "load_seconds"), 40.0),
    hourly_fuel=1000,
    hourly_seconds=100.0,
)


class Spending:
    """A sandbox whose guests spend what they are asked to, if their quota lets them."""

    name = "wasm"

    def __init__(self):
        self.load = {"fuel": 0, "seconds": 0.0}
        self.failing = None
        self.asked = 0

    def open(self, guest):
        if self.failing:
            raise self.failing
        return Spender(self, guest)


class Spender:
    ready = True

    def __init__(self, sandbox, guest):
        self.sandbox, self.guest = sandbox, guest
        fuel, seconds = guest.quota.load_fuel, guest.quota.load_seconds
        self.loaded = spend("load_", fuel, seconds, **sandbox.load)

    def call(self, operation, request, *, quota=None):
        self.sandbox.asked += 1
        quota = quota or self.guest.quota
        if self.sandbox.failing:
            raise self.sandbox.failing
        asked = {**request.get("arguments", {})}
        if tells := asked.pop("tells", None):
            self.guest.services["events.emit"]({"name": tells})
        if "dies" in asked:
            why = Failure(kind=Kind.BROKEN, type="worker", message="it died")
            return Outcome(failure=why)
        return spend("", quota.fuel, quota.seconds, **asked)

    def close(self):
        pass


def spend(prefix, most_fuel, most_seconds, fuel=0, seconds=0.0):
    usage = Usage(fuel=min(fuel, most_fuel), seconds=min(seconds, most_seconds))
    failure = None
    for name, wanted, most in (
        ("fuel", fuel, most_fuel),
        ("seconds", seconds, most_seconds),
    ):
        if wanted > most:
            said = f"used {most} of {most}"
            failure = Failure(kind=Kind.STOPPED, type=prefix + name, message=said)
    return Outcome(value=1, usage=usage, failure=failure)


class Clock:
    """A clock that stands still until it is moved; it begins with an hour."""

    def __init__(self):
        self.at = 480_000.0 * HOUR

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox():
    return Spending()


@pytest.fixture
def lives(host):
    return host.lives


@pytest.fixture
def start(home, sandbox, clock):
    """Start runners one after the other, as processes would."""
    database = Database(home.database)

    def start():
        lives, ledger = Lives(database, home.bundles), Ledger(database)
        return Runner(database, ledger, lives, lambda name: sandbox, now=clock)

    yield start
    database.close()


@pytest.fixture
def runner(host, start):
    activate(host, spender())
    return start()


def spender(quota=QUOTA, **about):
    commands = {"spend": ("fuel", "seconds", "dies")}
    return make_bundle(name="spender", quota=quota, commands=commands, **about)


def call(runner, **arguments):
    return runner.call("spender", "spend", arguments).value


def stopped(runner, **arguments):
    with pytest.raises(Stopped) as told:
        call(runner, **arguments)
    return told.value


def used(runner, clock):
    return runner.meter.book.used("spender", int(clock() // HOUR))


def stops(host):
    rows = host.ledger.rows(plugin="spender")
    return [row.facts()["quota"] for row in rows if row.kind == Entry.STOPPED]


def test_many_small_calls_are_ended_by_the_hour(host, runner, sandbox, clock):
    for _ in range(10):
        assert call(runner, fuel=100) == 1
    error = stopped(runner, fuel=1)

    assert error.quota == "hourly_fuel"
    assert error.message.startswith(
        "`spender` was stopped by its quota `hourly_fuel`: used 1,000 of 1,000 fuel in "
        "this hour, which ends at "
    )
    assert error.remedy == (
        "wait until then, or raise `hourly_fuel` under [plugin.quota] in its "
        "plugin.toml and approve it again"
    )
    assert sandbox.asked == 10
    clock.at += HOUR
    assert call(runner, fuel=100) == 1


def test_a_call_gets_no_more_than_its_hour_has_left(host, runner, clock):
    call(runner, fuel=400)
    call(runner, fuel=300)
    error = stopped(runner, fuel=350)
    assert error.quota == "hourly_fuel"
    assert "used 1,000 of 1,000 fuel in this hour" in error.message
    assert used(runner, clock).fuel == 1000


def test_a_call_that_breaks_its_own_quota_is_told_so(host, runner):
    assert stopped(runner, fuel=500).quota == "fuel"
    assert stopped(runner, fuel=500).quota == "fuel"
    assert stopped(runner, fuel=500).quota == "hourly_fuel"
    assert stops(host) == ["hourly_fuel", "fuel", "fuel"]


def test_time_has_its_budget_too(host, runner):
    call(runner, seconds=40.0)
    call(runner, seconds=40.0)
    error = stopped(runner, seconds=30.0)
    assert error.quota == "hourly_seconds"
    assert "100 s of 100 s in this hour" in error.message
    assert stopped(runner, fuel=1).quota == "hourly_seconds"


def test_loading_counts_too_and_is_ended_by_the_hour(host, start, sandbox, clock):
    activate(host, spender())
    sandbox.load = {"fuel": 300}
    for _ in range(3):
        assert call(start(), fuel=1) == 1
    error = stopped(start(), fuel=1)
    assert error.quota == "hourly_fuel"
    assert sandbox.asked == 3
    assert stopped(start(), fuel=1).quota == "hourly_fuel"


def test_loading_that_breaks_its_own_quota_is_told_so(host, runner, sandbox):
    sandbox.load = {"fuel": 401}
    assert stopped(runner).quota == "load_fuel"


def test_another_version_has_the_same_hour(host, runner, start, clock):
    for _ in range(2):
        call(runner, fuel=400)
    activate(host, spender(version="2"))
    assert stopped(start(), fuel=201).quota == "hourly_fuel"


def test_another_process_has_the_same_hour(host, runner, start):
    for _ in range(2):
        call(runner, fuel=400)
    assert stopped(start(), fuel=201).quota == "hourly_fuel"


def test_an_hour_that_is_used_up_goes_on_record_once(host, runner, clock):
    for _ in range(2):
        call(runner, fuel=400)
    for _ in range(5):
        assert stopped(runner, fuel=400).quota == "hourly_fuel"
    assert stops(host) == ["hourly_fuel"]
    assert host.lives.current("spender").stops == 1
    assert runner.meter.book.over_time("spender", clock()).hour.stops == 5
    clock.at += HOUR
    call(runner, fuel=1)
    assert host.lives.current("spender").stops == 0


def test_hours_that_are_used_up_without_any_success_are_a_reason_for_quarantine(
    host, start, sandbox, clock
):
    activate(host, spender(Quota(load_fuel=2000, fuel=10, hourly_fuel=1000)))
    sandbox.load = {"fuel": 1500}
    for _ in range(2):
        for _ in range(2):
            assert stopped(start()).quota == "hourly_fuel"
        clock.at += HOUR
    assert stopped(start()).quota == "hourly_fuel"
    assert host.lives.current("spender").state is State.QUARANTINED
    assert stops(host) == ["hourly_fuel"] * 3


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_a_call_that_is_cut_off_costs_all_that_it_was_given(
    host, runner, start, sandbox, clock, interrupt
):
    call(runner, fuel=1)
    sandbox.failing = interrupt()
    with pytest.raises(interrupt):
        call(runner, fuel=1)
    sandbox.failing = None
    assert used(runner, clock).fuel == 401
    call(runner, fuel=1)
    assert used(start(), clock).fuel == 402


def test_what_the_machine_refuses_costs_the_plugin_nothing(
    host, runner, sandbox, clock
):
    sandbox.failing = HostError("the worker did not start")
    with pytest.raises(HostError):
        call(runner, fuel=1)
    assert used(runner, clock) == (0, 0)


def test_a_worker_that_dies_before_it_counts_costs_all_that_the_call_was_given(
    host, runner, clock
):
    for left in (400, 800, 1000):
        with pytest.raises(BrokeContract, match="it died"):
            call(runner, dies=1)
        assert used(runner, clock).fuel == left
    assert stopped(runner, dies=1).quota == "hourly_fuel"


def test_a_call_that_the_clock_stopped_costs_all_the_fuel_that_it_was_given(
    runner, clock
):
    assert stopped(runner, seconds=1e9).quota == "seconds"
    assert used(runner, clock).fuel == 400


def test_an_engine_that_counts_no_fuel_is_charged_none(host, start, clock):
    activate(host, spender(engine="restricted"))
    runner = start()
    with pytest.raises(BrokeContract, match="it died"):
        call(runner, dies=1)
    assert used(runner, clock).fuel == 0
    assert used(runner, clock).seconds > 0


def test_the_time_is_what_the_host_measured_if_that_is_more(host, runner, clock):
    call(runner, fuel=1)
    assert used(runner, clock).seconds > 0


def test_events_are_delivered_on_the_listeners_own_hour(host, runner, sandbox, clock):
    activate(host, make_bundle(name="listener", events=("due",), quota=QUOTA))
    activate(host, spender(version="2", permissions=("events.emit:due",)))
    assert runner.call("spender", "spend", {"tells": "due"}).unheard == ()
    assert runner.meter.book.over_time("listener", clock()).hour.calls == 1
