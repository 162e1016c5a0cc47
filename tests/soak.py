"""Calls many plugins for a long time, some of them hostile, and checks every answer.

    python tests/soak.py --calls 100000 --plugins 200 --hostile 0.05 --workers 2

One driving thread per worker, and every plugin belongs to one of them. Most calls go to
plugins that keep a state of their own, so an answer that is lost, doubled or somebody
else's is seen at once. A hostile plugin is opened again whenever it was ended. Ends
with status 1 on a lost or wrong answer, a host that grows, or descriptors that stay.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plugwright.home import Home
from plugwright.host import Host
from plugwright.quotas import Quota
from plugwright.sandboxes import Guest, Kind, Outcome, Sandbox, Session

QUOTA = Quota(
    fuel=200_000_000, seconds=5.0, memory=64 << 20, host_calls=50, payload=1 << 16
)
SLOPE = 2.0
"""KB per 1000 calls by which the host may grow; 200 KB in 100,000 calls."""
WARM = 0.1
"""The part of all calls after which the host has what it needs."""
SAMPLES = 200

HONEST = """
import sys

host = sys.modules["_plugwright_host"]

me, count, total = None, 0, 0

def dispatch(operation, arguments):
    global me, count, total
    if operation == "load":
        me = arguments
        return None
    count += 1
    total += arguments["n"]
    told = host.call("echo", {"n": arguments["n"]}) if arguments["ask"] else None
    return {"me": me, "count": count, "total": total, "told": told,
            "text": arguments["text"][::-1]}
"""

_SHIM = "import sys; shim = sys.modules['plugwright_guest']"
HOSTILE = {
    "endless loop": ("while True: pass", {"fuel"}),
    "memory bomb": ("x = [bytearray(1 << 20) for _ in range(1000)]", {"memory"}),
    "output flood": ("print('x' * 1_000_000)", {"output"}),
    "host-call flood": (
        "import sys\nhost = sys.modules['_plugwright_host']\n"
        "for _ in range(1000): host.call('echo', {'n': 1})",
        {"host_calls"},
    ),
    "payload bomb": ("return 'x' * 200_000", {"payload"}),
    "a trap": (
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "def f(_): return max([0], key=f)\nf(0)",
        {"trap", "RecursionError", "fuel", "memory"},
    ),
    "no answer": (
        f"{_SHIM}; shim._dumps = lambda value: '[1'; raise OSError",
        {"answer"},
    ),
    "a forged stop": (
        f"{_SHIM}; shim._dumps = lambda value: "
        '\'{"failure":{"kind":"stopped","type":"fuel",'
        '"message":"","where":""}}\'; raise OSError',
        {"answer"},
    ),
    "an exception": ("raise KeyError('mine')", {"KeyError"}),
    "exit": ("raise SystemExit(3)", {"SystemExit"}),
    "hard exit": ("import os\nos._exit(1)", {"trap", "AttributeError", "import:os"}),
}
"""What it runs, and by which names its end may go."""
KINDS = list(HOSTILE)


@dataclass
class Seen:
    """What one thread has counted."""

    calls: int = 0
    hostile: int = 0
    stops: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    reopened: int = 0


class Plugin:
    """One plugin and what it must answer."""

    def __init__(self, sandbox: Sandbox, name: str, *, hostile: str = "") -> None:
        self.name = name
        self.hostile = hostile
        """What it tries; next time it is opened, it tries the next."""
        self._sandbox = sandbox
        self._session: Session | None = None
        self.opened = 0

    def _open(self, seen: Seen) -> Session:
        if self._session is None:
            source = HONEST
            if self.hostile:
                self.hostile = KINDS[(KINDS.index(self.hostile) + 1) % len(KINDS)]
                body = HOSTILE[self.hostile][0]
                lines = "\n".join("    " + line for line in body.split("\n"))
                source = (
                    "def dispatch(operation, arguments):\n"
                    f"    if operation == 'load': return None\n{lines}\n"
                )
            guest = Guest(
                name=self.name,
                files={"plugin.py": source},
                dispatcher="plugin:dispatch",
                services={"echo": lambda arguments: arguments["n"]},
                quota=QUOTA,
                arguments=self.name,
            )
            self._session = self._sandbox.open(guest)
            if self._session.loaded.failure is not None:
                seen.wrong.append(f"{self.name}: load: {self._session.loaded.failure}")
            self.opened += 1
            self.count = self.total = 0
        return self._session

    def call(self, chance: random.Random, seen: Seen) -> None:
        """Call it once, and see that it gave what it must."""
        session = self._open(seen)
        seen.calls += 1
        if self.hostile:
            seen.hostile += 1
            self._see_end(session.call("go", None), chance, seen)
        else:
            self._see_answer(session, chance, seen)

    def _see_answer(self, session: Session, chance: random.Random, seen: Seen) -> None:
        n, ask = chance.randrange(1 << 30), chance.random() < 0.1
        text = "é€" * chance.randrange(20) + str(n)
        outcome = session.call("x", {"n": n, "ask": ask, "text": text})
        self.count += 1
        self.total += n
        expected = {
            "me": self.name,
            "count": self.count,
            "total": self.total,
            "told": n if ask else None,
            "text": text[::-1],
        }
        if outcome.failure is not None or outcome.value != expected:
            seen.wrong.append(f"{self.name}: {outcome} instead of {expected}")
            self._drop(seen)

    def _see_end(self, outcome: Outcome, chance: random.Random, seen: Seen) -> None:
        if outcome.failure is None:
            seen.wrong.append(f"{self.name} ({self.hostile}): {outcome}")
            return
        seen.stops[f"{self.hostile}: {outcome.failure.type}"] += 1
        if outcome.failure.type not in HOSTILE[self.hostile][1]:
            seen.wrong.append(f"{self.name} ({self.hostile}): {outcome.failure}")
        # Who only raised goes on for a while.
        if outcome.failure.kind is not Kind.RAISED or chance.random() < 0.2:
            self._drop(seen)

    def _drop(self, seen: Seen) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
            seen.reopened += 1

    def close(self) -> None:
        """Drop it for good."""
        if self._session is not None:
            self._session.close()


class Watch:
    """What the processes hold, sampled while they work."""

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self.samples: list[tuple[int, int]] = []
        self.workers: set[int] = set()
        self.worker_samples: list[tuple[int, int]] = []

    def look(self, calls: int) -> None:
        """Take one sample."""
        self.samples.append((calls, resident(os.getpid())))
        pids = [getattr(w.process, "pid", 0) for w in list(self._sandbox._workers)]
        self.workers.update(pids)
        self.worker_samples.append((calls, sum(private(pid) for pid in pids)))


def slope(samples: list[tuple[int, int]], after: int) -> float:
    """KB by which it grows in 1000 calls, by least squares."""
    kept = [(calls, size) for calls, size in samples if calls >= after]
    if len(kept) < 3:
        return 0.0
    calls, sizes = zip(*kept, strict=True)
    return statistics.linear_regression(calls, sizes).slope * 1000 / 1024


def resident(pid: int) -> int:
    """Bytes of a process in memory; 0 if it has ended."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


def private(pid: int) -> int:
    """Bytes of a process's own pages; the image's are there once for all workers."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def descriptors() -> int:
    """How many this process has open."""
    return len(os.listdir("/proc/self/fd"))


def children() -> int:
    """How many processes this one has."""
    return sum(
        len(path.read_text().split())
        for path in Path("/proc/self/task").glob("*/children")
    )


def drive(plugins: list[Plugin], calls: int, seed: int, seen: Seen) -> None:
    """Call these, in an order that chance gives."""
    chance = random.Random(seed)
    try:
        for _ in range(calls):
            chance.choice(plugins).call(chance, seen)
    except BaseException as error:
        seen.wrong.append(f"a driving thread ended: {error!r}")
        raise


def soak(chosen: argparse.Namespace) -> dict[str, Any]:
    """Do it all, and give the report."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Host.discover(Home(Path(folder))) as host,
    ):
        sandbox = host.sandbox()
        sandbox.walls()
        before = descriptors()
        bad = round(chosen.plugins * chosen.hostile)
        plugins = [
            Plugin(sandbox, f"p{n}", hostile=KINDS[n % len(KINDS)] if n < bad else "")
            for n in range(chosen.plugins)
        ]
        seen = [Seen() for _ in range(chosen.workers)]
        each = [chosen.calls // chosen.workers] * chosen.workers
        each[0] += chosen.calls - sum(each)
        threads = [
            threading.Thread(
                target=drive, args=(plugins[n :: chosen.workers], each[n], n, seen[n])
            )
            for n in range(chosen.workers)
        ]
        watch = Watch(sandbox)
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        follow(threads, seen, chosen.calls, watch, started)
        seconds = time.perf_counter() - started
        gc.collect()
        watch.look(sum(s.calls for s in seen))
        for plugin in plugins:
            plugin.close()
        workers = len(sandbox._workers)  # type: ignore[attr-defined]
        sandbox.close()
        after, left = descriptors(), children()
    return report(seen, watch, chosen, seconds, workers, before, after, left)


def follow(
    threads: list[threading.Thread],
    seen: list[Seen],
    calls: int,
    watch: Watch,
    started: float,
) -> None:
    """Sample and show progress until all is done."""
    step = max(1, calls // SAMPLES)
    sampled = shown = 0
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.02)
        done = sum(s.calls for s in seen)
        if done - sampled >= step:
            sampled = done
            watch.look(done)
        if done - shown >= 10 * step:
            shown = done
            rate = done / (time.perf_counter() - started)
            wrong = sum(len(s.wrong) for s in seen)
            size = watch.samples[-1][1] >> 20
            workers = watch.worker_samples[-1][1] >> 20
            print(
                f"{done} calls, {rate:.0f}/s, {wrong} wrong, "
                f"host {size} MB, workers {workers} MB",
                file=sys.stderr,
                flush=True,
            )


def report(
    seen: list[Seen],
    watch: Watch,
    chosen: argparse.Namespace,
    seconds: float,
    workers: int,
    before: int,
    after: int,
    left: int,
) -> dict[str, Any]:
    """Everything that was counted."""
    calls = sum(s.calls for s in seen)
    warm = int(WARM * calls)
    stops: Counter[str] = sum((s.stops for s in seen), Counter())
    wrong = [what for s in seen for what in s.wrong]
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "calls": calls,
        "lost": chosen.calls - calls,
        "wrong": len(wrong),
        "first wrong": wrong[:5],
        "plugins": chosen.plugins,
        "hostile calls": sum(s.hostile for s in seen),
        "guests opened again": sum(s.reopened for s in seen),
        "seconds": round(seconds, 1),
        "calls per second": round(calls / seconds),
        "ended by": dict(sorted(stops.items())),
        "driving threads": chosen.workers,
        "workers at the end": workers,
        "worker processes seen": len(watch.workers),
        "host MB, first and last": [
            round(watch.samples[0][1] / 2**20, 1),
            round(watch.samples[-1][1] / 2**20, 1),
        ],
        "slope, KB per 1000 calls": round(slope(watch.samples, warm), 3),
        "all workers MB, at a tenth and last": [
            round(watch.worker_samples[len(watch.worker_samples) // 10][1] / 2**20, 1),
            round(watch.worker_samples[-1][1] / 2**20, 1),
        ],
        "workers' slope, KB per 1000 calls": round(
            slope(watch.worker_samples, warm), 3
        ),
        "descriptors before and after": [before, after],
        "processes left": left,
    }


def verdict(found: dict[str, Any]) -> list[str]:
    """What is not as promised."""
    checks: list[tuple[str, Callable[[], bool]]] = [
        ("answers were lost", lambda: found["lost"] != 0),
        ("answers were wrong", lambda: found["wrong"] != 0),
        ("the host grows", lambda: found["slope, KB per 1000 calls"] > SLOPE),
        (
            "descriptors stayed open",
            lambda: (
                found["descriptors before and after"][1]
                > found["descriptors before and after"][0]
            ),
        ),
        ("processes are left", lambda: found["processes left"] != 0),
    ]
    return [what for what, fails in checks if fails()]


def main() -> None:
    """Soak, print the report as JSON, and exit with 1 if a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--plugins", type=int, default=200)
    parser.add_argument("--hostile", type=float, default=0.05, help="part of plugins")
    parser.add_argument("--workers", type=int, default=2, help="driving threads")
    parser.add_argument("--json", metavar="FILE", help="write the report there, too")
    chosen = parser.parse_args()
    found = soak(chosen)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    if chosen.json:
        Path(chosen.json).write_text(text + "\n")
    if broken := verdict(found):
        sys.exit("soak: " + "; ".join(broken))


if __name__ == "__main__":
    main()
