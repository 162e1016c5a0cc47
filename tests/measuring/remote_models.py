"""What a call of a provider costs over a bare HTTP round trip to the same server.

The server is a process of its own on loopback, and answers at once, so what is measured
is the client: writing the question, the keys, what is checked, reading the answer.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from measuring.figures import Figure, Timed, in_turn, seconds
from plugwright.providers import Message, Request, collected, streamed
from plugwright_openai.opening import open_openai
from plugwright_openai.settings import Settings

CALLS = 20
"""Between two looks at the clock."""
ROUNDS = 40
TOKENS = 1000
MILLI, MICRO = 1e-3, 1e-6
ASKED = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


def figures() -> Iterator[Figure]:
    """A call, a stream, and a token of it."""
    with served() as port:
        provider = open_openai(f"m@http://127.0.0.1:{port}/v1", Settings())
        with closing(HTTPConnection("127.0.0.1", port)) as bare, closing(provider):
            yield from _calls(
                bare=lambda: _exchange(bare),
                complete=lambda: provider.complete(_asking("hi")),
                stream=lambda: collected(streamed(provider, _asking("hi"))),
                many=lambda: collected(streamed(provider, _asking("many"))),
            )


@contextmanager
def served() -> Iterator[int]:
    """A server that answers at once; gives its port."""
    program = Path(__file__).with_name("answering_server.py")
    command = [sys.executable, str(program), str(TOKENS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _calls(**works: Callable[[], object]) -> Iterator[Figure]:
    def each(work: Callable[[], object], count: int) -> Timed:
        return lambda: seconds(lambda: [work() for _ in range(count)]) / count

    counts = {name: 1 if name == "many" else CALLS for name in works}
    times = in_turn({n: each(work, counts[n]) for n, work in works.items()}, ROUNDS)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    bare = middle["bare"]
    yield Figure(
        "a provider's call, over bare HTTP",
        (middle["complete"] - bare) / MILLI,
        "ms",
        promised=0.4,
        note=f"{middle['complete'] / MILLI:.3f} ms against {bare / MILLI:.3f} ms",
    )
    yield Figure(
        "a provider's stream of 3, over bare HTTP",
        (middle["stream"] - bare) / MILLI,
        "ms",
        promised=0.4,
        note=f"{middle['stream'] / MILLI:.3f} ms",
    )
    yield Figure(
        f"a token of a stream of {TOKENS:,}",
        (middle["many"] - middle["stream"]) / TOKENS / MICRO,
        "µs",
    )


def _exchange(bare: HTTPConnection) -> object:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer key"}
    bare.request("POST", "/v1/chat/completions", json.dumps(ASKED).encode(), headers)
    return json.loads(bare.getresponse().read())


def _asking(text: str) -> Request:
    return Request(role="r", template="t/1", messages=(Message("user", text),))
