"""Facades: whatever can be reached from them, by any chain of names, is harmless."""

from __future__ import annotations

import builtins
import gc
import importlib
import inspect
import os
import sys
import types
from collections.abc import Iterator
from typing import Any

import pytest

from plugwright_sandbox.restricted import guards, rules
from plugwright_sandbox.restricted.facades import Facade
from plugwright_sandbox.restricted.offers import OFFERS

CLOSED = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType)
DANGEROUS = {
    id(found): name
    for name, found in {
        **{
            name: getattr(builtins, name)
            for name in rules.NOT_OFFERED
            if hasattr(builtins, name)
        },
        **{
            name: getattr(builtins, name)
            for name in ("__import__", "getattr", "setattr", "delattr", "type")
        },
        "importlib.import_module": importlib.import_module,
        "sys.modules": sys.modules,
        "sys._getframe": sys._getframe,
        "os.system": os.system,
        "os.environ": os.environ,
        "gc.get_objects": gc.get_objects,
        "inspect.currentframe": inspect.currentframe,
        "types.FunctionType": types.FunctionType,
        "types.CodeType": types.CodeType,
    }.items()
}
MOST = 60_000


MADE = """
import calendar, collections, contextlib, csv, dataclasses, datetime, decimal, difflib
import enum, fractions, functools, graphlib, hashlib, hmac, io, itertools, json, random
import re, statistics, string, textwrap, typing, urllib.parse, uuid
from plugwright_sdk import InputError, OutputError, Denied, command

@dataclasses.dataclass
class Record:
    x: int = 1
    y: list[str] = dataclasses.field(default_factory=list)

class Colour(enum.Enum):
    RED = 1

class Row(typing.NamedTuple):
    a: int

@contextlib.contextmanager
def context():
    yield 1

def steps():
    yield 1

def failing(function):
    try:
        function()
    except BaseException as error:
        return error

class Catching:
    def __enter__(self):
        return self
    def __exit__(self, *told):
        self.told = told
        return True

@command
def asked(record: Record, colour: Colour, row: Row, day: datetime.date) -> list:
    return [record]

def main():
    with Catching() as caught:
        1 / 0
    return [
        Record(), Colour.RED, Row(1), context(), steps(), caught, asked,
        asked.signature, dataclasses.fields(Record), asked.describe(), Record.x,
        calendar.Calendar(),
        calendar.TextCalendar(), collections.Counter("a"), collections.deque([1]),
        collections.ChainMap({}), collections.UserDict(), collections.OrderedDict(),
        csv.reader([]), csv.DictReader(["a"]), csv.writer(io.StringIO()),
        datetime.datetime(1, 1, 1), datetime.timezone.utc, datetime.timedelta(1),
        decimal.Decimal(1), decimal.getcontext(), decimal.localcontext(),
        difflib.SequenceMatcher(), fractions.Fraction(1), functools.partial(len),
        functools.lru_cache(len), functools.cached_property(len), io.BytesIO(),
        functools.cmp_to_key(len), graphlib.TopologicalSorter(), hashlib.sha256(),
        hashlib.md5(), hmac.new(b"k", b"", "sha256"), io.StringIO(), itertools.count(),
        itertools.groupby("a"), itertools.chain("a"), itertools.tee("a"),
        random.Random(), re.compile("a"), re.match("a", "a"), re.finditer("a", "a"),
        statistics.NormalDist(), string.Template("x"), textwrap.TextWrapper(),
        typing.List[int], list[int], int | None, typing.Optional["int"],
        typing.TypeVar("T"), typing.NewType("N", int), typing.Literal[1],
        typing.TypedDict("TD", {"x": int}), typing.NamedTuple("NT", [("x", int)]),
        urllib.parse.urlsplit("http://x"), uuid.UUID(int=1), range(3), slice(1),
        {}.keys(), {}.items(), iter([]), map(len, []), enumerate([]), reversed([]),
        zip([]), b"", "x", bytearray(), property(len), classmethod(len), object(),
        staticmethod(len),
        failing(lambda: 1 / 0), failing(lambda: int("x")), failing(lambda: [].x),
        failing(lambda: undefined), failing(lambda: json.loads("{")),
        failing(lambda: "\\ud800".encode()), failing(lambda: next(iter([]))),
        failing(lambda: asked({})), failing(lambda: asked(1, 2, 3, 4, 5)),
        failing(lambda: re.compile("(")), failing(lambda: Colour(2)),
        InputError("x"), OutputError("x"), Denied("x"), main, Record, Colour, Row,
        print, NotImplemented, ..., None, lambda: 0, Record().y.append, json,
    ]
"""
"""One of everything that a plugin can make with what it is offered."""


def open_names(value: Any) -> Iterator[str]:
    for name in dir(value):
        if type(name) is str and not rules.is_closed(name):
            yield name


def read(value: Any, name: str, leading: frozenset[str]) -> Any:
    """Read an attribute as compiled code does: at full speed, or by a guard."""
    if name.startswith("_") or name in rules.LOOKED_AT or name in leading:
        return guards.read_named(value, name)
    return getattr(value, name)


def reachable(library: Any, made: list[Any]) -> Iterator[tuple[str, Any]]:
    """Every object that a plugin can walk to by names and items, with the way."""
    left: list[tuple[str, Any]] = [
        *((f"import {name}", facade) for name, facade in library.facades.items()),
        *((n, v) for n, v in library.builtins.items() if not n.startswith("_")),
        *((f"<{type(value).__name__}>", value) for value in made),
    ]
    seen: dict[int, Any] = {}
    while left:
        way, value = left.pop()
        if id(value) in seen or way.count(".") > 5:
            continue
        seen[id(value)] = value  # kept, so that no number is used twice
        assert len(seen) < MOST
        yield way, value
        for name in open_names(value):
            try:
                left.append((f"{way}.{name}", read(value, name, library.leading)))
            except Exception:
                continue  # broad on purpose: closed, or a property that needs more
        if type(value) in (list, tuple, set, frozenset):
            left += [(f"{way}[]", item) for item in list(value)[:100]]
        if isinstance(value, (dict, types.MappingProxyType)):
            left += [(f"{way}[{key!r}]", item) for key, item in value.items()]


def test_no_way_leads_out_of_the_facades(library, run):
    count, found = 0, []
    for way, value in reachable(library, run(MADE)):
        count += 1
        # A traceback and a code object may be held; their attributes are closed.
        if isinstance(value, CLOSED) or id(value) in DANGEROUS:
            found.append(way)

    assert found == ["<Catching>.told[]"]
    assert count > 3000  # the walk did walk


def test_a_facade_holds_what_is_offered_and_nothing_else(library):
    for name, offers in OFFERS.items():
        facade = library.facades[name]
        assert {n for n in dir(facade) if not n.startswith("__")} <= set(offers.split())
        assert len(library.offers[name]) >= len(offers.split()) - 8, name


def test_a_facade_cannot_be_changed_or_copied():
    import copy

    facade = Facade("x", {"y": 1})

    with pytest.raises(AttributeError, match="what a plugin imports cannot be changed"):
        facade.y = 2
    with pytest.raises(AttributeError, match="what a plugin imports cannot be changed"):
        del facade.y
    with pytest.raises(TypeError, match="what a plugin imports cannot be copied"):
        copy.copy(facade)
    assert repr(facade) == "<what a plugin sees of 'x'>"


def test_what_is_not_offered_is_named(value):
    with pytest.raises(AttributeError) as caught:
        value("import json\nreturn json.codecs.open")

    assert str(caught.value) == "`codecs` of `json` is not there for a plugin"


def test_a_facade_has_no_name_to_look_for_in_the_real_modules():
    assert not hasattr(Facade("collections", {}), "__name__")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("import json\nreturn json.loads(json.dumps({'a': [1]}))", {"a": [1]}),
        (
            "import json\nfrom decimal import Decimal\n"
            "return json.dumps(Decimal('1.50'), default=str)",
            '"1.50"',
        ),
        (
            "import json\nclass E(json.JSONEncoder):\n"
            "    def default(self, o): return sorted(o)\n"
            "return json.dumps({'b', 'a'}, cls=E)",
            '["a", "b"]',
        ),
        ("import re\nreturn re.sub('b', lambda m: m[0].upper(), 'abc')", "aBc"),
        ("import math, cmath\nreturn [math.gcd(4, 6), cmath.sqrt(-1)]", [2, 1j]),
        (
            "from datetime import date, timedelta\nreturn str(date(2026, 1, 5) + "
            "timedelta(days=1))",
            "2026-01-06",
        ),
        (
            "from datetime import datetime\nreturn str(datetime.strptime('05.01.26', "
            "'%d.%m.%y').date())",
            "2026-01-05",
        ),
        (
            "from collections import Counter, defaultdict, deque\n"
            "d = defaultdict(list)\n"
            "d['a'].append(1)\nreturn [Counter('aab').most_common(1), dict(d), "
            "list(deque([1, 2], maxlen=1))]",
            [[("a", 2)], {"a": [1]}, [2]],
        ),
        (
            "from functools import cache, partial, reduce\nfrom operator import add\n"
            "@cache\ndef f(x): return x + 1\n"
            "return [f(1), partial(add, 1)(2), reduce(add, [1, 2, 3])]",
            [2, 3, 6],
        ),
        (
            "from operator import attrgetter, itemgetter, methodcaller\n"
            "return [attrgetter('real')(2), itemgetter(1)('ab'), "
            "methodcaller('upper')('a')]",
            [2, "b", "A"],
        ),
        (
            "from itertools import chain, groupby\nreturn [[k, list(g)] for k, g in "
            "groupby(chain('aa', 'b'))]",
            [["a", ["a", "a"]], ["b", ["b"]]],
        ),
        ("import statistics\nreturn statistics.median([3, 1, 2])", 2),
        (
            "from decimal import Decimal, getcontext\ngetcontext().prec = 3\n"
            "return str(Decimal(1) / 3)",
            "0.333",
        ),
        ("from fractions import Fraction\nreturn str(Fraction(1, 3) * 2)", "2/3"),
        (
            "import hashlib, base64\nreturn [hashlib.sha256(b'').hexdigest()[:4], "
            "base64.b64encode(b'a').decode()]",
            ["e3b0", "YQ=="],
        ),
        (
            "import textwrap, string\nreturn [textwrap.fill('a b', 1), "
            "string.Template('$x').substitute(x=1)]",
            ["a\nb", "1"],
        ),
        (
            "import heapq, bisect\nreturn [heapq.nsmallest(1, [2, 1]), "
            "bisect.bisect([1, 3], 2)]",
            [[1], 1],
        ),
        (
            "import calendar\nreturn [calendar.monthrange(2026, 2), "
            "calendar.day_name[0]]",
            [(6, 28), "Monday"],
        ),
        (
            "import csv, io\nout = io.StringIO()\ncsv.writer(out).writerow([1, 'a'])\n"
            "return out.getvalue()",
            "1,a\r\n",
        ),
        (
            "from copy import deepcopy\nx = [[1]]\ny = deepcopy(x)\ny[0][0] = 2\n"
            "return x",
            [[1]],
        ),
        ("import uuid\nreturn uuid.uuid4().version", 4),
        (
            "from urllib.parse import urlsplit\nreturn urlsplit('http://h/p?q').path",
            "/p",
        ),
        (
            "from enum import Enum, unique\n@unique\nclass A(Enum):\n    X = 1\n"
            "return A['X'].value",
            1,
        ),
        (
            "import difflib\nreturn difflib.get_close_matches('appel', ['apple'])",
            ["apple"],
        ),
    ],
)
def test_ordinary_work_can_be_done_with_them(value, body, expected):
    assert value(body) == expected
