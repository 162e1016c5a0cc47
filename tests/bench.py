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
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from measuring import (
    agents,
    cores,
    hooks,
    ledger,
    loading,
    local_models,
    memory,
    memory_search,
    remote_models,
    resuming,
    speed,
    stops,
    whole,
)
from measuring.figures import Figure

from plugwright.home import Home
from plugwright.host import Host
from plugwright_sandbox import Sandbox


@contextmanager
def a_host() -> Iterator[Host]:
    """A host with every installed plugin and an empty home."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Host.discover(Home(Path(folder))) as host,
    ):
        yield host


def in_sandbox(host: Host) -> Iterator[Figure]:
    """What needs the engine alone, without a plugin around it."""
    with Sandbox.wasm(cache=host.cache) as sandbox:
        yield from cores.figures(sandbox)


ALONE: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "hooks": hooks.figures,
    "loading": loading.figures,
    "ledger": ledger.figures,
    "agents": agents.figures,
    "memory_search": memory_search.figures,
    "remote_models": remote_models.figures,
    "local_models": local_models.figures,
    "resuming": resuming.figures,
}
HOSTED: Mapping[str, Callable[[Host], Iterator[Figure]]] = {
    "speed": speed.figures,
    "memory": memory.figures,
    "cores": in_sandbox,
    "stops": stops.figures,
    "whole": whole.figures,
}
SUBJECTS = (*ALONE, *HOSTED)


def figures(subjects: Collection[str]) -> Iterator[Figure]:
    """Everything that is asked for, one after the other."""
    for name, alone in ALONE.items():
        if name in subjects:
            yield from alone()
    if HOSTED.keys() & {*subjects}:
        with a_host() as host:
            for name, measured in HOSTED.items():
                if name in subjects:
                    yield from measured(host)


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
