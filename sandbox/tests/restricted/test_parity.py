"""The same guest gives the same answers in both engines.

What may differ is told in the README: how much was used, what is refused before it
runs, and the words of errors that come from a guard.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import plugwright_forge
from plugwright.home import Home
from plugwright.host import Host
from plugwright.sandboxes import Guest, Outcome, Sandbox
from plugwright_sandbox.wasm.engine import WasmSandbox

ROOT = Path(__file__).parents[3]
GREETER = ROOT / "sdk" / "tests" / "examples" / "greeter" / "plugin.py"
SDK_README = ROOT / "sdk" / "README.md"
RECORDING = Path(plugwright_forge.__file__).parent / "demo" / "recording.json"
FAMILY = Path(plugwright_forge.__file__).parent / "demo" / "family.json"


@pytest.fixture(scope="module")
def wasm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The `wasm` engine with the image that the command line uses, built if needed."""
    host = Host.discover(Home(tmp_path_factory.mktemp("home")))
    sandbox = WasmSandbox(host.cache, host.hooks.guest_packages())
    sandbox.prepare(lambda what, part: None)
    yield sandbox
    sandbox.close()
    host.close()


class Services:
    """Everything that a host offers, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.told: list[Any] = []

    def get(self, asked: dict[str, Any]) -> Any:
        return {
            "found": asked["key"] in self.kept,
            "value": self.kept.get(asked["key"]),
        }

    def set(self, asked: dict[str, Any]) -> None:
        self.kept[asked["key"]] = asked["value"]

    def delete(self, asked: dict[str, Any]) -> None:
        self.kept.pop(asked["key"], None)

    def keys(self, asked: dict[str, Any]) -> list[str]:
        return [key for key in self.kept if key.startswith(asked["prefix"])]

    def by_name(self) -> dict[str, Any]:
        return {
            "storage.get": self.get,
            "storage.set": self.set,
            "storage.delete": self.delete,
            "storage.keys": self.keys,
            "log": self.told.append,
            "events.emit": self.told.append,
            "clock.now": lambda _: 1767571200.0,
        }


def told(outcome: Outcome) -> Any:
    """What both engines have to say alike."""
    failure = outcome.failure
    shown = failure and (failure.kind, failure.type, failure.message, failure.where)
    return [outcome.value, shown, outcome.output, outcome.denied, outcome.read_clock]


def play(sandbox: Sandbox, source: str, steps: list[tuple[str, Any]]) -> list[Any]:
    services = Services()
    session = sandbox.open(
        Guest(
            name="guest",
            files={"plugin.py": source},
            dispatcher="plugwright_sdk.guest:dispatch",
            packages=("plugwright_sdk",),
            services=services.by_name(),
            clock=1767571200.0,
            seed=5,
            arguments={"initialise": True},
        )
    )
    found = [told(session.loaded)]
    if session.loaded.failure is None:
        found += [told(session.call(operation, what)) for operation, what in steps]
    session.close()
    # In one engine the initialiser runs before each call, in the other once.
    once = [
        line for n, line in enumerate(services.told) if line not in services.told[:n]
    ]
    return [*found, services.kept, once]


@pytest.fixture
def same(sandbox: Sandbox, wasm: Sandbox) -> Callable[..., list[Any]]:
    """Play the same steps in both engines; gives what both said."""

    def same(source: str, *steps: tuple[str, Any]) -> list[Any]:
        every = [("describe", None), *steps]
        restricted = play(sandbox, source, every)
        assert restricted == play(wasm, source, every)
        return restricted

    return same


def command(name: str, /, **arguments: Any) -> tuple[str, Any]:
    return "command", {"name": name, "arguments": arguments}


def blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def winner() -> str:
    """The last whole plugin in the demo's recording."""
    recording = json.loads(RECORDING.read_text())
    answers = [entry["completion"]["text"] for entry in recording["entries"]]
    texts = ["\n".join(a) if isinstance(a, list) else a for a in answers]
    found = [b for text in texts for b in blocks(text) if "@command" in b]
    return [block for block in found if "def test_" not in block][-1]


def test_the_greeter(same):
    found = same(
        GREETER.read_text(),
        command("greet", name="Ada", language="fr"),
        command("how-many"),
        ("event", {"name": "people-left", "data": {"names": ["Ada"]}}),
        command("how-many"),
        command("greet", name=7),
        command("greet", name="Ada", language="frr"),
        command("nothing"),
    )

    assert found[2][0] == {"text": "Bonjour, Ada!", "on": "2026-01-05"}
    assert found[5][0] == 0
    assert [line[1][0] for line in found[6:9]] == ["input"] * 3


def test_the_example_in_the_sdk_s_readme(same):
    (source, *_) = blocks(SDK_README.read_text())
    # Storing a datetime is the example's only liberty; JSON has none.
    source = source.replace("clock.now()", "clock.timestamp()")

    found = same(
        source,
        command("plan", lessons=[{"subject": "art"}, {"subject": "m", "minutes": 20}]),
        command("plan", lessons=[{"subject": "art", "minutes": "long"}]),
        ("event", {"name": "thought-updated", "data": {"about": "x"}}),
    )

    assert found[2][0] == [
        {"subject": "m", "minutes": 20},
        {"subject": "art", "minutes": 30},
    ]


def test_the_winner_of_the_demo(same):
    family = json.loads(FAMILY.read_text())
    steps = [
        command("plan-week", family=family),
        command("analyse-progress", children=family["children"]),
        command("plan-week", family={**family, "week_of": "2026-01-06"}),
        command("plan-week", family={**family, "week_of": "never"}),
        (
            "event",
            {
                "name": "thought-updated",
                "data": {
                    "tags": ["learning-goal"],
                    "child": "Ada",
                    "subject": "maths",
                    "weekly_minutes": 90,
                },
            },
        ),
    ]
    found = same(winner(), *steps)
    week = found[2][0]
    assert week["lessons"]

    calendar = family["calendar"]
    again = same(
        winner(),
        command("find-conflicts", week=week, calendar=calendar),
        command("export-ics", week=week),
    )
    assert again[3][0].startswith("BEGIN:VCALENDAR")


ANNOTATED = '''
from __future__ import annotations
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, Optional
from typing import TypedDict
from plugwright_sdk import InputError, command

Minutes = NewType("Minutes", int)

class Colour(Enum):
    RED = "red"
    BLUE = "blue"

class Entry(TypedDict):
    when: date
    note: NotRequired[str]

class Pair(NamedTuple):
    left: int
    right: str = "r"

@dataclass
class Lesson:
    subject: str
    minutes: Minutes = Minutes(30)
    tags: list[str] = field(default_factory=list)
    after: Lesson | None = None

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ValueError("no time at all")

@command
def everything(
    lesson: Lesson,
    colour: Colour,
    entry: Entry,
    pair: Pair,
    price: Decimal,
    start: datetime,
    at: time,
    level: Annotated[int, "from 1 to 3"] = 1,
    mode: Literal["a", 2, None] = None,
    names: set[str] | frozenset[str] = frozenset(),
    rows: tuple[int, ...] = (),
    row: tuple[int, str] | None = None,
    maybe: Optional[dict[str, float]] = None,
    thing: Any = None,
) -> dict[str, Any]:
    """Take one of each."""
    return {
        "minutes": lesson.minutes + (lesson.after.minutes if lesson.after else 0),
        "colour": colour, "next": entry["when"] + timedelta(days=1), "pair": pair,
        "price": price * 2, "start": start.replace(hour=0), "at": at,
        "rest": [level, mode, names, rows, row, maybe, thing],
    }

@command
def wrong() -> int:
    return "no number"

@command
def nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made
'''


def test_every_kind_of_annotation(same):
    whole = {
        "lesson": {"subject": "art", "after": {"subject": "maths", "minutes": 5}},
        "colour": "blue",
        "entry": {"when": "2026-01-05"},
        "pair": {"left": 1},
        "price": "12.50",
        "start": "2026-01-05T09:30:00",
        "at": "09:30:00",
        "names": ["b", "a"],
        "rows": [1, 2],
        "row": [1, "x"],
        "maybe": {"x": 1.5},
    }
    found = same(
        ANNOTATED,
        command("everything", **whole),
        command("everything", **{**whole, "colour": "green"}),
        command("everything", **{**whole, "lesson": {"subject": "x", "minutes": 0}}),
        command("everything", **{**whole, "row": [1]}),
        command("everything", **{**whole, "unknown": 1}),
        command("wrong"),
        command("nested", depth=10),
        command("nested", depth=90),
    )

    assert found[2][0]["minutes"] == 35


@pytest.mark.parametrize(
    "body",
    [
        "raise KeyError('k')",
        "raise ValueError",
        "return 1 / 0",
        "return undefined",
        "raise SystemExit(3)",
        "raise InputError('not like this')",
        "assert 1 == 2, 'no'",
        "print('a'); print('b', end=''); return None",
        "import random; return [random.random(), random.choice('abc')]",
        "import random; return [random.Random().random() for _ in range(3)]",
        "import random; random.seed(); return random.randbytes(300).hex()",
        "import uuid; return [str(uuid.uuid4()), str(uuid.uuid4())]",
        "import random, uuid; x = random.Random(), uuid.uuid4(), random.Random()\n"
        "    return [x[0].random(), str(x[1]), x[2].gauss(0, 1)]",
        "return float('nan')",
        "return [].pop()",
        "storage.get('')",
        "return storage.get('x', 5)",
        "emit('x', {1: 2})",
        "class Odd(Exception): pass\n    raise Odd('strange')",
        "return sorted({'b', 'a'})",
        "import datetime; return str(datetime.datetime.now())",
        "import time; return time.time()",
        "import time; time.sleep(1)",
        "return f'{1.5:>8.2f}|{\"x\"!r}' + '{}-{a}'.format(1, a=2)",
        "import re; return re.sub(r'(a)(b)', r'\\\\2\\\\1', 'abab')",
        "import json; return json.loads('{\"a\": [1, 2.5, null]}')",
        "import json; return json.loads('{')",
        "def f(): return f()\n    return f()",
    ],
)
def test_ordinary_bodies(same, body):
    same(
        "from plugwright_sdk import InputError, command, emit, storage\n"
        f"@command\ndef answer() -> object:\n    {body}\n",
        command("answer"),
    )


BENCH = """
from plugwright_sdk import command, storage

@command
def add(a: int, b: int = 1) -> int:
    return a + b

@command
def remember(key: str, value: str) -> None:
    storage.set(key, value)
"""


def test_the_plugin_of_the_bench(same):
    found = same(
        BENCH,
        command("add", a=1, b=2),
        command("add", a="1"),
        command("remember", key="k", value="v"),
    )

    assert found[2][0] == 3
    assert found[-2] == {"k": "v"}
