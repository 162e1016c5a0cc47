"""The stage `practices`: each rule beside what it allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugwright_qa.stages.practices import look as practices
from plugwright_qa.stages.rules import RULES

SDK = (
    "from plugwright_sdk import *\nfrom plugwright_sdk import clock, command, storage\n"
)
DOOR = f"{SDK}@command\ndef do(a: str) -> str:\n"
LONG = "def f():\n" + "    g()\n" * 60

REFUSED = [
    ("no-work-at-import", f"{SDK}storage.set('a', 1)\n", 3),
    ("no-work-at-import", f"{SDK}class A:\n    now = clock.now()\n", 4),
    ("no-state-in-modules", "seen = []\ndef f(x):\n    seen.append(x)\n", 3),
    ("no-state-in-modules", "seen = {}\ndef f(x):\n    seen[x] = 1\n", 3),
    ("no-state-in-modules", "n = 0\ndef f():\n    global n\n    n = 1\n", 3),
    ("ask-the-clock", "import datetime\nx = datetime.datetime.now()\n", 2),
    ("ask-the-clock", "import time\nx = time.time()\n", 2),
    ("no-state-in-modules", "seen: list[int] = []\ndef f(x):\n    seen.append(x)\n", 3),
    (
        "no-state-in-modules",
        "seen = defaultdict(list)\ndef f(x):\n    seen[x].append(x)\n",
        3,
    ),
    ("no-waiting", "import time\ntime.sleep(1)\n", 2),
    ("no-waiting", "from time import sleep as rest\nrest(1)\n", 2),
    ("log-not-print", "print('a')\n", 1),
    ("no-ending", "import sys\nsys.exit(1)\n", 2),
    ("no-peeking", "import pytest\n", 1),
    ("no-peeking", "from plugwright_sdk import testing\n", 1),
    ("no-peeking", "import sys\nx = 'pytest' in sys.modules\n", 2),
    ("no-peeking", "from sys import modules\n", 1),
    ("no-silence", "try:\n    f()\nexcept Exception:\n    pass\n", 3),
    ("no-silence", "try:\n    f()\nexcept:\n    x = 1\n", 3),
    ("no-silence", "try:\n    f()\nexcept Denied:\n    pass\n", 3),
    ("refuse-with-input-error", f"{DOOR}    raise ValueError('a')\n", 5),
    ("typed-doors", f"{SDK}@command\ndef f(a) -> str:\n    return a\n", 4),
    ("typed-doors", f"{SDK}@command\ndef f(a: str):\n    return a\n", 4),
    ("ask-once", f"{DOOR}    for x in a:\n        storage.get(x)\n    return a\n", 6),
    ("short-functions", LONG, 1),
]
ALLOWED = [
    ("no-work-at-import", f"{SDK}def start():\n    storage.set('a', 1)\n"),
    ("no-state-in-modules", "KINDS = ['a']\ndef f(x):\n    return x in KINDS\n"),
    ("no-state-in-modules", "seen = []\ndef f(seen):\n    seen.append(1)\n"),
    ("ask-the-clock", f"{SDK}def f():\n    return clock.now()\n"),
    ("no-peeking", "import sys\nx = sys.maxsize\n"),
    ("no-peeking", "from sys import maxsize\n"),
    ("no-silence", "try:\n    f()\nexcept ValueError:\n    pass\n"),
    ("no-silence", "try:\n    f()\nexcept Exception as e:\n    log(e)\n"),
    ("no-silence", "try:\n    f()\nexcept:\n    raise\n"),
    ("refuse-with-input-error", f"{DOOR}    raise InputError('a')\n"),
    ("refuse-with-input-error", "def f():\n    raise ValueError('a')\n"),
    ("typed-doors", f"{DOOR}    return a\n"),
    ("typed-doors", "def helper(a):\n    return a\n"),
    ("ask-once", f"{DOOR}    for x in storage.keys():\n        x\n    return a\n"),
    ("short-functions", LONG.replace("    g()\n", "", 1)),
]


def named(remarks):
    return {each.what.partition(":")[0]: each for each in remarks}


@pytest.mark.parametrize(("name", "source", "line"), REFUSED)
def test_a_broken_rule_is_named_with_line_gravity_and_remedy(
    reading, name, source, line
):
    rule = next(each for each in RULES if each.name == name)
    found = named(reading(practices, source))[name]

    assert (found.where, found.severity) == (f"plugin.py:{line}", rule.severity)
    assert found.remedy == rule.remedy


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_what_a_rule_allows_it_says_nothing_of(reading, name, source):
    assert name not in named(reading(practices, source))


def test_every_rule_is_tested_and_stands_in_the_readme():
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    rows = [
        line.split("|")[1:3] for line in text.splitlines() if line.startswith("| `")
    ]
    documented = {name.strip(" `"): grave.strip() for name, grave in rows}

    assert {name for name, *_ in REFUSED} == {rule.name for rule in RULES}
    for rule in RULES:
        assert documented[rule.name] == rule.severity.value
