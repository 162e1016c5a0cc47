"""A verdict is the same every time, to the last unit of fuel."""

from __future__ import annotations

import json
from dataclasses import asdict

PLUGIN = """
import random
from datetime import datetime
from plugwright_sdk import command, storage

@command
def work(n: int) -> list[str]:
    names = {f"name{i}" for i in range(n)}
    storage.set("names", sorted(names))
    return [str(random.random()), str(datetime.now()), *names]
"""
TESTS = """
from plugin import work

def test_wrong():
    assert work(30) == []

def test_right():
    assert len(work(5)) == 7
"""


def test_two_runs_give_identical_reports(judge):
    first, second = (
        json.dumps(asdict(judge(PLUGIN, TESTS, "storage", "clock"))) for _ in range(2)
    )

    assert first == second
    assert '"fuel": 0' not in first


def test_fuel_grows_with_the_work(judge):
    def fuel(n: int) -> int:
        tests = f"from plugin import work\\ndef test_it(): work({n})\n".replace(
            "\\n", "\n"
        )
        (result,) = judge(PLUGIN, tests, "storage", "clock").results
        return result.fuel

    assert fuel(10) < fuel(100) < fuel(1000)
