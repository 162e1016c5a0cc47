"""What a guest may learn of the world: the time, chance, and what the host answers."""

from __future__ import annotations

import contextlib

import pytest

from plugwright.sandboxes import Guest, Kind
from plugwright_sandbox.restricted.engine import RestrictedSandbox


def test_the_time_needs_a_grant(opened):
    source = """
        import datetime, time
        def main(way):
            try:
                return [
                    lambda: str(datetime.datetime.now()),
                    lambda: str(datetime.date.today()),
                    lambda: str(datetime.datetime.utcnow()),
                    lambda: getattr(datetime.datetime, "now")().year,
                    lambda: type(datetime.datetime(1, 1, 1)).now().year,
                    lambda: time.time(),
                    lambda: time.strftime("%Y"),
                    lambda: time.monotonic(),
                ][way]()
            except BaseException:
                return "caught"
    """
    granted, denied = opened(source, clock=86400.0), opened(source)
    expected = [
        *("1970-01-02 00:00:00", "1970-01-02", "1970-01-02 00:00:00"),
        *(1970, 1970, 86400, "1970", 86400),
    ]

    for way, value in enumerate(expected):
        outcome = granted.call("main", way)
        assert (outcome.value, outcome.read_clock) == (value, True)
        outcome = denied.call("main", way)
        assert outcome.failure.kind is Kind.DENIED
        assert outcome.denied == ("clock",)


def test_the_host_s_clock_is_coarse(call):
    import time

    outcome = call("import time\ndef main(a): return time.time()", clock="host")

    assert outcome.value == int(outcome.value)
    assert abs(outcome.value - time.time()) < 60


CHANCE = {
    "the module": "random.random()",
    "a choice": "random.choice(range(1 << 50))",
    "a generator without a seed": "random.Random().random()",
    "a generator whose seed is nothing": "random.Random(None).getrandbits(50)",
    "a generator that is seeded again": "again(random.Random(1))",
    "the module, seeded again": "again(random)",
    "a generator of the plugin's own": "Dice().random()",
    "a copy": "copy.copy(random.Random()).random()",
    "a method of the class": "by_class(random.Random(1))",
    "an identifier": "str(uuid.uuid4())",
    "samples": "statistics.NormalDist().samples(2)",
}
THROWN = """
import copy, random, statistics, uuid
class Dice(random.Random):
    def seed(self, *given):
        super().seed()
def again(chance):
    chance.seed()
    return chance.random()
def by_class(chance):
    random.Random.seed(chance, None)
    return chance.random()
def main(a):
    return {}
"""


@pytest.mark.parametrize("drawn", CHANCE.values(), ids=CHANCE)
def test_all_chance_begins_at_the_seed(opened, drawn):
    source = THROWN.format(drawn)
    first = opened(source, seed=7).call("main", None).value

    assert opened(source, seed=7).call("main", None).value == first
    assert opened(source, seed=8).call("main", None).value != first
    free = opened(source, seed=None)
    assert free.call("main", None).value != free.call("main", None).value


def test_one_draw_after_the_other_is_another(call):
    two = "[random.Random().random(), again(random), again(random)]"
    outcome = call(THROWN.format(two))

    assert len(set(outcome.value)) == 3


def test_a_generator_of_a_known_seed_gives_what_it_always_gave(call):
    import random

    outcome = call(
        THROWN.format("[random.Random(5).random(), random.Random('x').random()]")
    )

    assert outcome.value == [random.Random(5).random(), random.Random("x").random()]


def test_texts_are_in_the_same_order_in_a_set_whichever_host_it_is():
    source = 'def main(): return [*{f"text {n}" for n in range(50)}, hash("text")]'
    found = []
    for _ in range(2):
        with contextlib.closing(RestrictedSandbox([])) as sandbox:
            guest = Guest(
                name="guest",
                files={"plugin.py": source},
                dispatcher="plain_door:dispatch",
            )
            found.append(sandbox.open(guest).call("main", []).value)

    assert found[0] == found[1]


def test_services_are_asked_denied_and_refused(opened):
    from plugwright.errors import Denied
    from plugwright.storage import Refused

    def answer(arguments):
        if arguments["key"] == "denied":
            raise Denied("storage")
        if arguments["key"] == "refused":
            raise Refused("full")
        return {"found": True, "value": arguments["key"]}

    session = opened(
        """
        from plugwright_sdk import Denied, HostRefused, emit, storage
        def main(key):
            try:
                return storage.get(key) if key else emit("x")
            except HostRefused as error:
                return f"refused: {error}"
            except Denied as error:
                return f"denied: {error.permission}"
        """,
        packages=("plugwright_sdk",),
        services={"storage.get": answer},
    )

    assert session.call("main", "a").value == "a"
    assert session.call("main", "refused").value.startswith("refused: ")
    for key, permission in (("denied", "storage"), ("", "events.emit")):
        outcome = session.call("main", key)
        assert outcome.value == f"denied: {permission}"
        assert outcome.denied == (permission,)
