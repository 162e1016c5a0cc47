"""What host plugins cost: to be listed, and to be imported when they are asked.

All of it is processor time: nothing here waits for anything, so that is what a machine
without other work needs, and on a busy one it is what can be compared.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measuring.figures import Figure, in_turn

DISTRIBUTIONS, PLUGINS = 300, 50
ROUNDS = 25
MILLI = 1e-3

ANSWER = (
    "from plugwright.hooks import hookimpl\n\n@hookimpl\ndef {}():\n    return []\n"
)
NEEDS = "import decimal, fractions, http.client, unittest, xml.etree.ElementTree\n"
"""What takes some twenty milliseconds to import, as a plugin's dependencies do."""

ASK = """
import time
from plugwright import Host
host = Host.discover()
started = time.process_time()
host.hooks.judges(host=host)
print(time.process_time() - started)
"""
IMPORT = """
import time
from plugwright import Host
host = Host.discover()
started = time.process_time()
import thing_0
print(time.process_time() - started)
"""


def figures() -> Iterator[Figure]:
    """With distributions that are there only for this."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _install(folder / "site")
        environment = {
            **os.environ,
            "PYTHONPATH": str(folder / "site"),
            "PLUGWRIGHT_HOME": str(folder / "home"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            # Whatever pip installs is compiled, and so is all of this.
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            "PYTHONDONTWRITEBYTECODE": "",
            # The command that pip makes looks into no current folder, either.
            "PYTHONSAFEPATH": "1",
        }
        _run(environment, "-m", "plugwright", "disable", "plugin-9")  # makes a home
        time.sleep(3)  # what has only just changed is not kept
        _run(environment, "-m", "plugwright", "plugins")
        yield from _listing(environment)
        yield from _asking(environment)


def _listing(environment: dict[str, str]) -> Iterator[Figure]:
    times = in_turn(
        {
            "bare": lambda: _busy(environment, "-c", "pass"),
            "list": lambda: _busy(environment, "-m", "plugwright", "plugins"),
        },
        ROUNDS,
    )
    bare, listed = times["bare"], times["list"]
    more = statistics.median([b - a for a, b in zip(bare, listed, strict=True)])
    least = (min(listed) - min(bare)) / MILLI
    yield Figure(
        *("`plugins`, 300 installed, 50 plugins, over bare", more / MILLI, "ms"),
        promised=50.0,
        note=f"least {least:.1f} ms; bare {min(bare) / MILLI:.1f} ms",
    )


def _asking(environment: dict[str, str]) -> Iterator[Figure]:
    # Only the one that was made for this is to answer.
    environment = {**environment, "PLUGWRIGHT_WITHOUT": "qa"}
    times = in_turn(
        {
            "ask": lambda: float(_run(environment, "-c", ASK)),
            "import": lambda: float(_run(environment, "-c", IMPORT)),
        },
        ROUNDS,
    )
    asked, alone = times["ask"], times["import"]
    more = statistics.median([a - b for a, b in zip(asked, alone, strict=True)])
    yield Figure(
        *("asking 1 of 50 plugins, over its own import", more / MILLI, "ms"),
        promised=5.0,
        note=f"the import alone {statistics.median(alone) / MILLI:.1f} ms",
    )


def _run(environment: dict[str, str], *words: str) -> bytes:
    done = subprocess.run(
        [sys.executable, *words], env=environment, check=True, capture_output=True
    )
    return done.stdout


def _busy(environment: dict[str, str], *words: str) -> float:
    process = subprocess.Popen(
        [sys.executable, *words], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


def _install(site: Path) -> None:
    site.mkdir()
    for number in range(DISTRIBUTIONS):
        info = site / f"thing_{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: thing-{number}\nVersion: 1.0\n\n"
            + "What it is about.\n" * 50
        )
        if number < PLUGINS:
            _plugin(site, info, number)
        elif number % 2:
            (info / "entry_points.txt").write_text(
                f"[console_scripts]\nthing-{number} = thing_{number}:main\n"
            )


def _plugin(site: Path, info: Path, number: int) -> None:
    hook = "providers" if number else "judges"
    folder = site / f"thing_{number}"
    folder.mkdir()
    (folder / "__init__.py").write_text(NEEDS + ANSWER.format(hook))
    (folder / "plugin.toml").write_text(
        f'[plugin]\nkind = "host"\nname = "plugin-{number}"\napi = ">=0.1,<0.2"\n'
        f'summary = "Does one thing."\nhooks = ["{hook}"]\n'
    )
    (info / "entry_points.txt").write_text(
        f"[plugwright]\nplugin-{number} = thing_{number}\n"
    )
