"""What code beside the plugin draws, in the process where the kernel is not asked."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from plugwright_sandbox.streams import Stream

DRAWS = {
    "bytes": "os.urandom(300).hex()",
    "bytes by the system call": "os.getrandom(16).hex()",
    "the system's generator": "random.SystemRandom().random()",
    "a secret": "secrets.token_hex(20)",
    "a secret number": "secrets.randbelow(1 << 50)",
    "a generator without a seed": "random.Random().random()",
    "an identifier": "str(uuid.uuid4())",
    "a name for a file": "next(tempfile._RandomNameSequence())",
}
DRAWING = """
import json, os, random, secrets, sys, tempfile, uuid
from plugwright_sandbox.restricted import chance
chance.replace()
draw = compile(sys.argv[1], "draw", "eval")
found = []
for seed in 7, 7, 8:
    chance.begin(seed)
    found.append([eval(draw), eval(draw)])
print(json.dumps(found))
"""
"""In a process of its own, which is never given the kernel's randomness back."""


def drawn(draw: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", DRAWING, draw],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_whatever_is_drawn_is_of_the_seed(draw):
    first, again, other = drawn(draw)

    assert first == again
    assert first != other
    assert first[0] != first[1]


def test_bytes_are_those_of_the_stream_in_the_portions_of_the_other_engine():
    stream = Stream(7)
    for _ in range(10):  # what `random` begins with
        stream.take(256)

    assert drawn("os.urandom(300).hex()")[0][0] == (
        (stream.take(256) + stream.take(44)).hex()
    )


def test_a_number_of_bytes_below_zero_is_refused_as_ever():
    with pytest.raises(subprocess.CalledProcessError) as told:
        drawn("os.urandom(-1)")

    assert "ValueError: negative argument not allowed" in told.value.stderr
