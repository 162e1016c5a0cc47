"""The attack catalogue, as far as there is something to attack: one row, one guest.

The numbers are those of the catalogue (`attacks.md` in the design), tier (a). Expected
is how the call ends: `allowed` (it may, and it is harmless), `raised` (an exception
that the guest may catch), `denied`, a quota's name, `broken` (a trap), or several
where CPython may choose. After each, the invariant: the worker lives, the next guest
sees a clean world, and nothing that was said names the host's paths or secrets.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind, Outcome

QUOTA = Quota(
    fuel=1_000_000_000, memory=96 << 20, output=20_000, host_calls=500, payload=200_000
)

ATTACKS = {
    # A. Attribute and dunder walks.
    "1 subclasses": (
        "return len(().__class__.__base__.__subclasses__()) > 10",
        "allowed",
    ),
    "2 built attribute names": ('return str(getattr(1, "__cl" + "ass__"))', "allowed"),
    "3 globals of the shim": (
        "return repr(sorted(map(str, shim.__dict__)))[:2000]",
        "allowed",
    ),
    "3 builtins of a function": ("return str(main.__builtins__)[:2000]", "allowed"),
    "4 another function's code": (
        "def f(): return 1\ndef g(): return 2\nf.__code__ = g.__code__\nreturn f()",
        "allowed",
    ),
    "7 attrgetter": (
        'import operator\nreturn str(operator.attrgetter("__class__.__base__")(1))',
        "allowed",
    ),
    "9 reduce": ("return str(object().__reduce_ex__(2))", "allowed"),
    # B. Format strings.
    "13 format walks attributes": (
        'return "{0.__class__.__init__.__globals__}".format(shim.Guest())',
        "raised",
    ),
    "13 format finds the shim's globals": (
        'return "{0.write.__globals__}".format(shim.CappedOutput(1))[:2000]',
        "allowed",
    ),
    "15 Formatter": (
        'import string\nreturn str(string.Formatter().get_field("0.real", [1], {}))',
        "allowed",
    ),
    "17 width bomb": ('return len("%1000000000d" % 1)', "memory fuel"),
    "17 width bomb in a format": ('return len(f"{1:>{10**9}}")', "memory raised fuel"),
    # C. Frames and exceptions.
    "19 frames of generators": (
        "found = []\n"
        "def look():\n"
        "    frame = walker.gi_frame\n"
        "    while frame:\n"
        "        found.append([frame.f_code.co_filename, *frame.f_locals])\n"
        "        frame = frame.f_back\n"
        "    yield\n"
        "walker = look()\n"
        "next(walker)\n"
        "return found",
        "allowed",
    ),
    "21 frames of the shim": (
        "import sys\n"
        "frame = sys._getframe()\n"
        "while frame.f_back: frame = frame.f_back\n"
        "return [frame.f_code.co_filename, sorted(frame.f_globals)]",
        "allowed",
    ),
    "23 SystemExit": ("raise SystemExit(3)", "raised"),
    "23 KeyboardInterrupt": ("raise KeyboardInterrupt", "raised"),
    "23 GeneratorExit": ("raise GeneratorExit", "raised"),
    "24 an exception that loops when shown": (
        "class E(Exception):\n"
        "    def __str__(self):\n"
        "        while True: pass\n"
        "raise E",
        "fuel",
    ),
    "24 an exception that prints without end": (
        "class E(Exception):\n"
        "    def __str__(self):\n"
        "        while True: print('x' * 100)\n"
        "raise E",
        "output",
    ),
    "24 an exception of a gigabyte": (
        "class E(Exception):\n    def __str__(self): return 'x' * (1 << 30)\nraise E",
        "raised memory",
    ),
    "24 an exception that raises when shown": (
        "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E",
        "raised",
    ),
    "26 causes in a circle": (
        "a, b = ValueError(), ValueError()\na.__cause__, b.__cause__ = b, a\nraise a",
        "raised",
    ),
    "26 a chain of a hundred thousand": (
        "e = ValueError()\n"
        "for _ in range(100_000):\n"
        "    f = ValueError(); f.__cause__ = e; e = f\n"
        "raise e",
        "raised broken",
    ),
    "27 catching everything": (
        "while True:\n"
        "    try:\n"
        "        while True: pass\n"
        "    except BaseException: pass",
        "fuel",
    ),
    "28 an atexit that speaks": (
        "class D:\n    def __del__(self): call('log', {})\nshim.kept = D()\nreturn 1",
        "allowed",
    ),
    # D. Imports.
    "29 socket": ("import socket", "denied"),
    "29 subprocess": ("import subprocess", "denied"),
    "29 ctypes": ("import ctypes", "denied"),
    "30 codecs.open by way of json": (
        'import json\nreturn json.codecs.open("/etc/passwd").read()',
        "raised",
    ),
    "31 __import__": ('return str(__import__("socket"))', "denied"),
    "31 import_module": (
        'import sys\nreturn sys.modules["importlib"].import_module("socket").socket()',
        "raised denied broken",
    ),
    "31 a built-in module by its importer": (
        "import sys\n"
        'machinery = sys.modules["importlib.machinery"]\n'
        'return machinery.BuiltinImporter.find_spec("_socket") is None',
        "allowed",
    ),
    "32 an evil module": (
        "import sys\nsys.modules['json'] = None\nsys.path.insert(0, '/')\nreturn 1",
        "allowed",
    ),
    "33 a poisoned json": (
        "import json\njson.dumps = json.loads = None\nreturn [1]",
        "allowed",
    ),
    # E. Code objects and deserialisation.
    "39 a type of three arguments": (
        'return type("X", (object,), {"a": 1}).a',
        "allowed",
    ),
    "40 crafted bytecode": (
        "def f(): pass\n"
        "f.__code__ = f.__code__.replace(co_code=bytes([101, 255] * 50))\n"
        "return str(f())",
        "raised broken fuel",
    ),
    "41 exec of a built string": ('return eval("1" + "+1")', "allowed"),
    "42 pickle": (
        "import pickle\n"
        "payload = b\"cposix\\nsystem\\n(S'true'\\ntR.\"\n"
        "return str(pickle.loads(payload))",
        "raised denied",
    ),
    "47 a NUL in source": ('return eval("1\\0")', "raised"),
    # F. CPU.
    "49 a loop": ("while True: pass", "fuel"),
    "50 a loop in a comparison": (
        "class K:\n"
        "    def __lt__(self, other):\n"
        "        while True: pass\n"
        "return sorted([K(), K()])",
        "fuel",
    ),
    "51 a big power": ("return len(str(7 ** 40_000_000))", "fuel"),
    "52 a catastrophic expression": (
        'import re\nreturn bool(re.match(r"(a+)+$", "a" * 40 + "b"))',
        "fuel",
    ),
    "53 many digits": (
        "import sys\nsys.set_int_max_str_digits(0)\nreturn int('9' * 10**7) > 0",
        "fuel",
    ),
    "54 sleep": ("import time\ntime.sleep(1e9)", "raised"),
    "54 the real sleep": (
        "import sys\n"
        "sys.modules['plugwright_guest'].time.__loader__.load_module('time')"
        ".sleep(1e9)",
        "raised broken",
    ),
    "54 select": ("import select", "denied"),
    "59 a storm of garbage": (
        "import gc\nwhile True:\n    a = []; a.append(a); gc.collect()",
        "fuel",
    ),
    # G. Memory and recursion.
    "61 a gigabyte, caught": (
        "try: 'x' * (1 << 30)\nexcept MemoryError: return 'no'",
        "allowed",
    ),
    "61 a gigabyte": ("return len('x' * (1 << 30))", "memory"),
    "62 a memory loop": (
        "kept = []\n"
        "while True:\n"
        "    try: kept.append(bytearray(1 << 20))\n"
        "    except MemoryError: pass",
        "fuel memory broken",
    ),
    "63 a list of a billion": ("return len([0] * 10**9)", "memory"),
    "63 a list of a million million": ("return len([0] * 10**12)", "raised memory"),
    "64 billion laughs": (
        "x = ['ha'] * 10\nfor _ in range(9): x = [x] * 10\nreturn x",
        "memory fuel",
    ),
    "65 recursion": ("def f(): return f()\nreturn f()", "raised"),
    "66 recursion without a limit": (
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nreturn f()",
        "broken raised memory fuel",
    ),
    "67 a deep repr": (
        "x = []\nfor _ in range(200_000): x = [x]\nreturn len(repr(x))",
        "raised broken",
    ),
    "67 deep JSON": (
        "import json\nreturn json.loads('[' * 200_000)",
        "raised broken",
    ),
    "69 a factorial": ("import math\nreturn math.factorial(10**7) > 0", "fuel"),
    "69 a decimal": (
        "import decimal\nreturn str(decimal.Decimal(10) ** 10**9)[:5]",
        "allowed raised fuel",
    ),
    "70 a zip bomb": (
        "import zlib\n"
        "bomb = zlib.compress(bytes(1 << 24))\n"
        "for _ in range(8): bomb = zlib.compress(zlib.decompress(bomb) * 8)\n"
        "return len(zlib.decompress(bomb))",
        "memory fuel",
    ),
    "71 millions of answers": ("return [0] * 5_000_000", "payload memory fuel"),
    "73 classes without end": (
        "kept = []\nwhile True: kept.append(type('T', (), {}))",
        "memory fuel",
    ),
    # H. Output and values.
    "74 a flood of print": ("while True: print('x' * 1000)", "output"),
    "75 a flood of single letters": (
        "while True: print('x', end='')",
        "output",
    ),
    "77 forty megabytes": ("return 'x' * (40 << 20)", "payload memory fuel"),
    "78 NaN": ("return [float('nan'), float('inf')]", "raised"),
    "78 a number of many digits": ("return 10 ** 100_000", "raised"),
    "81 a text that is not": (
        "class S(str):\n"
        "    def __len__(self): return 10**9\n"
        "    def __eq__(self, other): return True\n"
        "return S('plain')",
        "allowed",
    ),
    "81 an output that is not text": (
        "import sys\n"
        "class S(str):\n"
        "    def __len__(self): return -10**9\n"
        "sys.stdout.write(S('x' * 10))",
        "raised",
    ),
    # I. The host's interface.
    "83 a flood of calls": (
        "while True:\n    try: call('storage.get', {})\n    except BaseException: pass",
        "host_calls",
    ),
    "87 a guessed service": ("call('plugin.stored', {})", "denied"),
    "87 a service of Python's": ("call('__class__', {})", "denied"),
    "88 another's name": ("call('log', {'plugin': 'other'})", "allowed"),
    "93 a path": ("return open('../../../etc/passwd').read()", "raised"),
    # J. The system.
    "102 fork": ("import os\nos.fork()", "raised"),
    "102 threads": ("import _thread", "denied"),
    "104 /proc": ("return open('/proc/self/environ').read()", "raised"),
    "105 kill": ("import os\nos.kill(os.getppid(), 9)", "raised broken"),
    "108 signals": ("import signal", "denied"),
    # K. Side channels.
    "112 a fine clock": ("import time\nreturn time.perf_counter_ns()", "denied"),
    "112 processor time": (
        "import time\nreturn time.process_time()",
        "denied raised broken",
    ),
    "114 the machine's name": (
        "import os\nreturn str(os.uname())",
        "raised broken allowed",
    ),
    "114 what errors tell": ("open('/etc/passwd/x')", "raised"),
    # L. The end before the verdict.
    "115 _exit": ("import os\nos._exit(0)", "broken"),
    "115 abort": ("import os\nos.abort()", "broken"),
    "116 what garbage holds": (
        "import gc\nreturn [str(type(o)) for o in gc.get_objects()[:200]]",
        "allowed",
    ),
}

CHECK = """
def main(_):
    import decimal, json, math, sys
    return [json.dumps([1]), json.loads("[1]"), len("abc"), math.pi > 3,
            len(sys.meta_path), decimal.getcontext().prec, int("1" * 5)]
"""
CLEAN = ["[1]", [1], 3, True, 1, 28, 11111]
SECRET = "hunter2-is-no-secret"


def ended(outcome: Outcome) -> str:
    failure = outcome.failure
    if failure is None:
        return "allowed"
    return failure.type if failure.kind is Kind.STOPPED else failure.kind.value


def indented(body: str) -> str:
    return "\n    ".join(body.splitlines())


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_as_the_catalogue_says_and_nobody_else_notices(
    name: str, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUGWRIGHT_SECRET", SECRET)
    body, expected = ATTACKS[name]
    source = f"from host import call, shim\n\ndef main(_):\n    {indented(body)}\n"
    session = opened(source, quota=QUOTA, services={"log": lambda _: None})
    assert session.loaded.failure is None

    outcome = session.call("main", None)

    assert ended(outcome) in expected.split()
    assert outcome.usage.fuel > 0
    assert session._worker.alive
    neighbour = opened(CHECK, quota=QUOTA)
    assert neighbour.call("main", None).value == CLEAN
    told = repr(outcome)
    project = str(Path(__file__).parents[2])
    for secret in (SECRET, project, str(Path.home()), sys.prefix, "site-packages"):
        assert secret not in told


LOADING = {
    "36 a loop at import": ("while True: pass", "fuel"),
    "36 an exception at import": ("1 / 0", "load"),
    "36 an exit at import": ("raise SystemExit", "load"),
    "36 an import that is refused": ("import socket", "denied load"),
    "47 a syntax error": ("def (", "load"),
    "47 a NUL": ("a = 1\0", "load"),
    "47 a strange coding": ("# coding: rot13\nvzcbeg bf", "load"),
    "47 nested too deeply to compile": (
        "a = " + "(" * 5000 + ")" * 5000,
        "load memory",
    ),
    "47 a line of a megabyte": ("a = '" + "x" * (1 << 20) + "'", "payload"),
    "47 a half character": ("a = '\ud800'", "load allowed"),
}


@pytest.mark.parametrize("name", LOADING)
def test_an_attack_while_loading_is_charged_to_loading(name: str, opened: Any) -> None:
    source, expected = LOADING[name]
    session = opened(source, quota=QUOTA)

    assert ended(session.loaded) in expected.split()
    if session.loaded.failure is not None:
        assert session.call("main", None).failure == session.loaded.failure
    assert opened("def main(n): return n").call("main", 1).value == 1


@pytest.mark.parametrize(
    "name", ["json.py", "plugwright_guest.py", "wit_world.py", "builtins.py", "sys.py"]
)
def test_37_a_file_named_like_a_module_of_ours_shadows_nothing(
    name: str, sandbox: Any
) -> None:
    from plugwright.sandboxes import Guest

    files = {
        name: "dumps = loads = ask = 'soiled'",
        "plugin.py": "import json\ndef dispatch(*_): return json.dumps([1])",
    }
    session = sandbox.open(
        Guest(name="g", files=files, dispatcher="plugin:dispatch", quota=QUOTA)
    )

    outcome = session.call("x", None)

    session.close()
    assert outcome.value == "[1]"
