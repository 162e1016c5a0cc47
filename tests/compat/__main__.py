"""Runs the standard library's own tests in guests: `tox -e compat`.

Prints a table per module and writes every failed case with its cause. Exits with 1 if
less than 95 % of the cases that could run at all have passed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compat.batches import guest_version, run_module
from compat.report import Verdict, as_json, as_markdown, as_table, judge
from compat.sources import MODULES, Suite, find, package
from plugwright.errors import PlugwrightError
from plugwright.home import Home
from plugwright.host import Host
from plugwright_sandbox.wasm.engine import WasmSandbox


def main() -> int:
    """Run everything, or the modules that are named."""
    asked = _asked()
    try:
        tests = find(asked.tests)
        verdicts, guest = measure(tests, asked.modules or list(MODULES))
    except PlugwrightError as error:
        print(error, file=sys.stderr)
        return 2
    print(as_table(verdicts, guest, tests.version))
    if asked.json:
        asked.json.write_text(as_json(verdicts, guest, tests.version), "utf-8")
    if asked.report:
        asked.report.write_text(as_markdown(verdicts, guest, tests.version), "utf-8")
    return 0 if verdicts[-1].holds else 1


def measure(tests: Suite, modules: list[str]) -> tuple[list[Verdict], tuple[int, ...]]:
    """Bake the tests, and run those of each module; the last verdict is the total."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Host.discover(Home(Path(folder) / "home")) as host,
    ):
        baked = package(tests, Path(folder) / "stage")
        sandbox = WasmSandbox(host.cache, [baked])
        try:
            sandbox.prepare(lambda what, part: None)
            files = [file for name in modules for file in MODULES[name]]
            # The slow ones first, so that no core waits for the last of them.
            slow = sorted(files, key=lambda file: file not in _SLOW)
            with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as cores:
                ran = cores.map(lambda file: run_module(sandbox, file), slow)
                cases = dict(zip(slow, ran, strict=True))
            guest = guest_version(sandbox)
        finally:
            sandbox.close()
    verdicts = [
        judge(name, [case for file in MODULES[name] for case in cases[file]])
        for name in modules
    ]
    everything = [case for verdict in verdicts for case in verdict.cases]
    return [*verdicts, judge("all", everything)], guest


_SLOW = ("test_statistics", "test_decimal", "test_itertools", "test_random")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="only these")
    parser.add_argument("--tests", type=Path, help="a `test` package to take")
    parser.add_argument("--json", type=Path, help="write every case there")
    parser.add_argument("--report", type=Path, help="write the failed ones there")
    asked = parser.parse_args()
    if unknown := set(asked.modules) - set(MODULES):
        parser.error(f"no tests are known for {', '.join(sorted(unknown))}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
