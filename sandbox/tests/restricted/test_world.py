"""What a guest may learn of the world: the time, chance, and what the host answers."""

from __future__ import annotations

from plugwright.sandboxes import Kind


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


def test_chance_begins_at_the_seed(opened):
    source = """
        import random, uuid
        def main(a):
            return [random.random(), random.randint(0, 9), str(uuid.uuid4())]
    """
    first = opened(source, seed=7).call("main", None).value

    assert opened(source, seed=7).call("main", None).value == first
    assert opened(source, seed=8).call("main", None).value != first
    free = opened(source, seed=None)
    assert free.call("main", None).value != free.call("main", None).value


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
