"""Measures what the README claims, side by side in one run: `tox -e bench`.

Absolute times drift with the machine; ratios are measured against something else in the
same minute. Prints a table and JSON; `--json FILE` writes it there, too. What is
measured is in the folder `measuring`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from measuring import cores, hooks, ledger, loading, memory, speed, stops, whole
from measuring.figures import Figure

from plugwright.home import Home
from plugwright.host import Host
from plugwright_sandbox import Sandbox

SUBJECTS = ("hooks", "loading", "speed", "memory", "cores", "stops", "ledger", "whole")


@contextmanager
def a_host() -> Iterator[Host]:
    """A host with every installed plugin and an empty home."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Host.discover(Home(Path(folder))) as host,
    ):
        yield host


def figures(subjects: list[str]) -> Iterator[Figure]:
    """Everything, one after the other."""
    if "hooks" in subjects:
        yield from hooks.figures()
    if "loading" in subjects:
        yield from loading.figures()
    with a_host() as host:
        if "speed" in subjects:
            yield from speed.figures(host)
        if "memory" in subjects:
            yield from memory.figures(host)
        if "cores" in subjects:
            with Sandbox.wasm(cache=host.cache) as sandbox:
                yield from cores.figures(sandbox)
        if "stops" in subjects:
            yield from stops.figures(host)
        if "ledger" in subjects:
            yield from ledger.figures()
        if "whole" in subjects:
            yield from whole.figures(host)


def machine() -> str:
    """What this was measured on."""
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {load}"
    )


def main() -> None:
    """Print the table, and JSON after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the figures there, too")
    parser.add_argument(
        "subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}"
    )
    chosen = parser.parse_args()
    subjects = chosen.subjects or list(SUBJECTS)
    if unknown := set(subjects) - set(SUBJECTS):
        parser.error(f"there is no subject {', '.join(sorted(unknown))}")
    print(machine(), flush=True)
    found = []
    for figure in figures(subjects):
        found.append({**asdict(figure), "holds": figure.holds})
        print(figure.line(), flush=True)
    print(machine(), flush=True)
    text = json.dumps(found, indent=2, ensure_ascii=False)
    print(text)
    if chosen.json:
        Path(chosen.json).write_text(text + "\n")


if __name__ == "__main__":
    main()
