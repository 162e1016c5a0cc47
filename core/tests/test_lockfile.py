"""Which plugins a person has can be written down, and read by whoever trusts nobody."""

from __future__ import annotations

import pytest

from plugwright.errors import UsageError
from plugwright.lockfile import Lock, LockedBundle, LockedHost
from plugwright.stages import HostPlugin
from plugwright.states import Life, State

ID = "3f" * 32
LOCK = Lock(
    (LockedHost("tutor", "tutor-plugin", "1.2"),),
    (LockedBundle("doubler", "1", ID),),
)


def life(state, version="1"):
    return Life(ID, "doubler", version, state, "", "", "", True, 0, 0)


def test_it_is_read_as_it_was_written():
    assert Lock.parse(LOCK.dumps(), "x") == LOCK
    assert Lock.parse(Lock((), ()).dumps(), "x") == Lock((), ())
    assert LOCK.dumps().startswith("# Written by `plugwright lock`.")


def test_it_has_what_is_installed_and_what_is_active_each_once_and_in_order():
    rows = [
        HostPlugin("zoo", "zoo-plugin", "2"),
        HostPlugin("tutor", "tutor-plugin", "1.2"),
        HostPlugin("tutor", "tutor-plugin", "1.2"),
        HostPlugin("[plugins.x]", ""),
    ]
    lives = [life(State.ACTIVE), life(State.REPLACED, "0")]
    assert Lock.of(rows, lives) == Lock(
        (*LOCK.host, LockedHost("zoo", "zoo-plugin", "2")), LOCK.sandboxed
    )


def test_what_comes_with_plugwright_is_not_in_it(installed):
    demands = {
        "ours": "plugwright_core==0.1.0",
        "theirs": "plugwright-core>=0.1",
        "odd": "!!!",
        "alone": "pluggy==1.7",
    }
    for name, demand in demands.items():
        info = installed.add(name, {})
        with open(info / "METADATA", "a") as file:
            file.write(f"Requires-Dist: {demand}\n")
    rows = [HostPlugin(name, name, "1") for name in (*demands, "nowhere")]
    assert [row.name for row in Lock.of(rows, []).host] == [
        "alone",
        "nowhere",
        "odd",
        "theirs",
    ]


HOST = 'version = 1\n[[host]]\nname = "x"\ndistribution = "{}"\nversion = "{}"\n'
SANDBOXED = 'version = 1\n[[sandboxed]]\nname = "x"\nversion = "1"\nbundle = "{}"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "version = 1\nhost = 5",
        "version = 1\nhost = [5]",
        "version = 1\n[[host]]\nname = 'x'",
        "version = 1\n[[host]]\nname = 1\ndistribution = 'x'\nversion = '1'",
        HOST.format("x", "1") + "more = ''",
        "version = 1\nhost = " + "[" * 5000,
        HOST.format("--index-url=http", "1"),
        HOST.format("-r", "1"),
        HOST.format("x @ file:///evil", "1"),
        HOST.format("../x", "1"),
        HOST.format("x", "1 --pre"),
        HOST.format("x", ""),
        SANDBOXED.format("../.."),
        SANDBOXED.format(ID + "00"),
    ],
)
def test_what_is_no_lock_is_told(text):
    with pytest.raises(UsageError, match=r"`my.lock` is no lock file: .") as told:
        Lock.parse(text, "my.lock")
    assert "delete it and write it anew: `plugwright lock`" in told.value.remedy
    assert len(told.value.message) < 300


def test_a_lock_of_a_newer_plugwright_is_told_so():
    with pytest.raises(
        UsageError, match="is of version 2, and this Plugwright knows 1"
    ):
        Lock.parse("version = 2", "my.lock")
