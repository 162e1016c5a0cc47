"""Usage is counted outside the guest, is exact where it can be, and is always told."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import Any

from plugwright.quotas import Quota, Usage
from plugwright.sandboxes import Guest
from plugwright_sandbox.wasm.engine import WasmSandbox

WORK = """
def main(n):
    found = {}
    for i in range(n):
        found[str(i)] = [i, i / 3, hash(str(i)) % 7]
    return sorted(found)[-1]
"""


def test_fuel_is_the_same_in_every_fresh_guest(opened: Any) -> None:
    used = {opened(WORK).call("main", 2000).usage.fuel for _ in range(5)}

    assert len(used) == 1


def test_fuel_is_the_same_in_another_worker(sandbox: WasmSandbox, opened: Any) -> None:
    inside: list[int] = []

    def elsewhere(_: Any) -> None:
        # Its own worker is waiting for this answer, so the guest opens in another.
        inside.append(opened(WORK).call("main", 2000).usage.fuel)

    asker = "from host import call\ndef main(_): call('elsewhere', {})"
    session = opened(asker, services={"elsewhere": elsewhere})
    session.call("main", None)

    assert len(sandbox._workers) > 1
    assert inside == [opened(WORK).call("main", 2000).usage.fuel]


def test_memory_that_is_taken_is_reported(opened: Any) -> None:
    session = opened("kept = []\ndef main(n): kept.append(bytearray(n))")
    before = session.call("main", 0).usage.memory

    after = session.call("main", 50 << 20).usage.memory

    assert 50 << 20 <= after - before <= 60 << 20
    assert session.call("main", 0).usage.memory == after


def test_output_and_host_calls_are_counted_exactly(opened: Any) -> None:
    session = opened(
        """
        from host import call

        def main(n):
            for i in range(n):
                print(i)
                call("one", {})
        """,
        services={"one": lambda _: 1},
    )

    usage = session.call("main", 7).usage

    assert (usage.output, usage.host_calls) == (len("0\n") * 7, 7)
    assert usage.writes == 14  # `print` writes the end of a line by itself
    none = session.call("main", 0).usage
    assert (none.output, none.writes, none.host_calls) == (0, 0, 0)


def test_every_byte_that_crosses_is_counted_in_its_direction(opened: Any) -> None:
    """A thousand more, both ways and once more each way in a host call."""
    session = opened(
        """
        from host import call

        def main(text):
            return call("echo", {"text": text})
        """,
        services={"echo": lambda a: a["text"]},
    )
    session.call("main", "")  # the first call tells the guest its limits
    few = session.call("main", "x" * 1000).usage

    many = session.call("main", "x" * 2000).usage

    assert many.sent - few.sent == 2 * 1000
    assert many.received - few.received == 2 * 1000


def test_text_that_is_not_ascii_is_counted_as_it_is_sent(opened: Any) -> None:
    session = opened("def main(text): return None")
    session.call("main", "")
    few = session.call("main", "").usage.received

    assert session.call("main", "é" * 10).usage.received - few == 10 * len("\\u00e9")


def test_the_time_that_a_guest_waits_for_the_host_is_told_apart(opened: Any) -> None:
    session = opened(
        "from host import call\ndef main(_): return call('slow', {})",
        services={"slow": lambda _: threading.Event().wait(0.2)},
    )

    usage = session.call("main", None).usage

    assert usage.seconds >= usage.host_seconds >= 0.2
    assert usage.cpu_seconds > 0
    again = session.call("load", None).usage
    assert again.host_seconds == 0


def test_nothing_is_used_by_a_guest_that_was_not_run(opened: Any) -> None:
    session = opened("def main(_): return 1", quota=Quota(payload=10))

    assert session.loaded.usage == Usage()
    assert session.loaded.failure.type == "payload"


def test_what_is_counted_and_what_is_allowed_have_the_same_names() -> None:
    """The rest is counted elsewhere, or is about one message, or several calls."""
    others = {"payload", "storage", "keys"}
    others |= {
        f"{when}_{what}" for when in ("load", "hourly") for what in ("fuel", "seconds")
    }

    assert asdict(Usage()).keys() - {"host_seconds"} == asdict(Quota()).keys() - others
    assert Guest(name="", files={}, dispatcher="").quota == Quota()
