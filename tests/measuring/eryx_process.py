"""Runs eryx in a process of its own: reads what to do, tells how long it took."""

from __future__ import annotations

import json
import sys
import time

try:
    import eryx
except ImportError as error:
    sys.exit(str(error))

SOURCE = "def add(a, b=1):\n    return a + b\nresult = add(1, 2)\n"
FIB = "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"


def main() -> None:
    """Answer line by line until there are no more."""
    session = eryx.Session()
    session.execute(FIB)
    works = {
        "fresh": (lambda: eryx.Sandbox().execute(SOURCE), 3),
        "fib": (lambda: session.execute("result = fib(22)"), 17711),
    }
    for line in sys.stdin:
        work, expected = works[line.strip()]
        started = time.perf_counter()
        found = work()
        taken = time.perf_counter() - started
        assert found.result == expected, found
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    main()
