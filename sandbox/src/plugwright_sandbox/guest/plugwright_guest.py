"""The guest's side of the wall: loads source text and answers the host.

This file runs inside WebAssembly, in the same interpreter as the plugin, so nothing
here is a wall: a hostile plugin can change all of it. What holds is outside (fuel,
memory, counted host calls, capped messages). This side makes honest plugins
comfortable: clear import errors, captured output, failures with a line number.

`run` gets and gives JSON in ASCII. Private references to what it uses are taken at
build time, so that a plugin that patches `json.dumps` breaks itself and not the answer.
"""

import builtins
import gc
import importlib
import json
import linecache
import marshal
import random
import sys
import time
import types
from collections.abc import Callable, Mapping, Sequence
from importlib.machinery import ModuleSpec
from typing import Any, NoReturn

import guest_memory
import packing
import plain_door as plain_door  # for guests that are no plugins
import plugwright_image
import standard_library
import wit_world
from telling import CappedOutput, describe

# Not `json.loads`: it looks for white space around what a host wrote without any.
_scan: Callable[[str, int], tuple[Any, int]]
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
_ask = wit_world.ask
_import = builtins.__import__
_memory = guest_memory.size

_LARGEST = 1 << 53
_SHORT = len('{"value":}') + 15
"""Characters of an answer that cannot hold too large a number."""
_DIGITS = str.maketrans("123456789", "000000000")


def _no_json(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} is no JSON")


# `json.dumps` makes one of these at every call. Its state are the containers that it is
# in, by which it finds a value that contains itself; a failure leaves some behind.
_inside: dict[int, object] = {}
_encode = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    *(_inside, _no_json, json.encoder.encode_basestring_ascii, None, ":", ","),
    *(False, False, False),
)


def _dumps(value: Any) -> str:
    """Write JSON that the host takes, or say here what it would refuse there."""
    _inside.clear()
    text = "".join(_encode(value, 0))
    if "\\ud" in text:
        json.dumps(value, ensure_ascii=False).encode()
    if len(text) > _SHORT and "0" * 16 in text.translate(_DIGITS):
        json.JSONDecoder(parse_int=_small).decode(text)
    return text


def _small(digits: str) -> None:
    if len(digits) > 17 or abs(int(digits)) > _LARGEST:
        raise ValueError(f"{digits:.20} is beyond 2**53; give it as text")


class Denied(PermissionError):
    """The host refused, because nobody granted the permission."""

    plugwright_kind = "denied"

    def __str__(self) -> str:
        return f"`{self.args[0]}` was not granted"


class Refused(RuntimeError):
    """The host could not do it: the arguments or the state do not allow it."""


def _call_host(service: str, arguments: dict[str, Any]) -> Any:
    """Ask the host for a service; guest packages know it as `_plugwright_host.call`."""
    request = _dumps({"service": service, "arguments": arguments})
    answer, _ = _scan(_ask(request), 0)
    if "denied" in answer:
        raise Denied(answer["denied"])
    if "refused" in answer:
        raise Refused(answer["refused"])
    return answer["value"]


def _stop(quota: str, **details: Any) -> None:
    """End this instance for good: the host traps instead of answering."""
    _ask(_dumps({"stop": quota, **details}))


class SourceLoader:
    """Finds and runs the guest's own files; there is no other place to import from."""

    def __init__(
        self,
        files: Mapping[str, str],
        packages: Sequence[str],
        codes: Mapping[str, str],
    ) -> None:
        self.files = {name.removesuffix(".py"): text for name, text in files.items()}
        self.codes = codes
        self.builtins = dict(vars(builtins), __import__=self.guarded_import)
        self.packages = packages
        # C code imports on behalf of whoever calls it: `strptime` wants `_strptime`.
        self.importable = {*standard_library.PUBLIC, *standard_library.BEHIND}
        for package in packages:
            self.importable.update(plugwright_image.PACKAGES[package])

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        if name in self.files:
            return ModuleSpec(
                name,
                self,  # type: ignore[arg-type]
                origin=f"{name}.py",
            )
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        name, source = module.__name__, self.files[module.__name__]
        filename = f"{name}.py"
        module.__file__ = filename
        module.__dict__["__builtins__"] = self.builtins
        # Tracebacks and failing assertions show the source line; None: never goes
        # stale.
        linecache.cache[filename] = (
            len(source),
            None,
            source.splitlines(keepends=True),
            filename,
        )
        if filename in self.codes:
            code = marshal.loads(bytes.fromhex(self.codes[filename]))
        else:
            code = compile(source, filename, "exec", dont_inherit=True)
        exec(code, module.__dict__)

    def guarded_import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        if level == 0 and not self.allows(name):
            if any(name == m or name.startswith(m + ".") for m in _REACHING):
                _call_host(f"import:{name}", {})
            raise ModuleNotFoundError(self.why_not(name), name=name)
        return _import(name, globals, locals, fromlist, level)

    def allows(self, name: str) -> bool:
        return name in self.importable or name.partition(".")[0] in self.files

    def why_not(self, name: str) -> str:
        """Say what can be imported instead."""
        if name == "_plugwright_host" and not self.packages:
            return f"`{name}` is not for import; ask `sys.modules[{name!r}].call`"
        known = "".join(f"`{package}`, " for package in self.packages)
        return (
            f"`{name}` is not in the sandbox; what can be imported are its own files, "
            f"{known}and a part of the standard library"
        )


_REACHING = tuple(standard_library.REACHING)


class Guest:
    """What this instance has loaded."""

    dispatch: Callable[[str, Any], Any] | None = None
    loader: SourceLoader | None = None
    output = CappedOutput(_stop)
    limits: Mapping[str, int]
    """What it may print and say; told when it changes."""


def _load(request: dict[str, Any]) -> Any:
    if Guest.dispatch is not None:
        raise RuntimeError("this guest is loaded already")
    codes = request.get("codes", {})
    Guest.loader = SourceLoader(request["files"], request["packages"], codes)
    sys.meta_path[:] = [Guest.loader]
    random.seed()  # a snapshot would give every instance the same random numbers
    module, _, function = request["dispatcher"].partition(":")
    dispatch = getattr(importlib.import_module(module), function)
    Guest.dispatch = dispatch
    return dispatch("load", request["arguments"])


def _call(request: dict[str, Any]) -> Any:
    assert Guest.dispatch is not None
    return Guest.dispatch(request["operation"], request["arguments"])


def _compile(request: dict[str, Any]) -> dict[str, str]:
    """Compile the files of a guest to be, and run nothing of them."""
    return {
        name: marshal.dumps(compile(text, name, "exec", dont_inherit=True)).hex()
        for name, text in request["files"].items()
        if name.endswith(".py")
    }


def _rest(request: dict[str, Any]) -> None:
    """Do nothing, but for the first time: that sets up what every call needs."""


_STEPS = {"load": _load, "call": _call, "compile": _compile, "rest": _rest}


def _answer(request: dict[str, Any]) -> str:
    step = _STEPS[request["step"]]
    try:
        text = _dumps({"value": step(request)})
    except MemoryError:
        gc.collect()
        _stop("memory", used=_memory())
    except BaseException as error:
        # Broad on purpose: whatever guest code raises, SystemExit too, becomes an
        # answer.
        files = () if Guest.loader is None else Guest.loader.files
        text = _dumps({"failure": describe(error, files, loading=step is _load)})
    if len(text) > Guest.limits["payload"]:
        _stop("payload", used=len(text))
    return text


class WitWorld(wit_world.WitWorld):
    """What the host can call."""

    def run(self, request: str) -> str:
        asked, _ = _scan(request, 0)
        output = Guest.output
        if output.writes:
            output = Guest.output = CappedOutput(_stop)
        if "limits" in asked:
            Guest.limits = asked["limits"]
        output.limits = Guest.limits
        sys.stdout = sys.stderr = output
        answer = f'{_answer(asked)[:-1]},"memory":{_memory()}'
        if not output.writes:
            return answer + "}"
        printed = f'"output":{_dumps(output.text())},"writes":{output.writes}'
        return f"{answer},{printed}}}"


def _cannot_sleep(seconds: float) -> NoReturn:
    raise RuntimeError("a plugin cannot sleep; let the host call it again later")


def _warm_up() -> None:
    """Load and call a guest a few times, so that no instance has to warm up.

    The interpreter rewrites code while it learns from running it. What is learnt here
    is in the image; what is not costs every fresh instance copied pages.
    """
    meta_path, output = sys.meta_path[:], (sys.stdout, sys.stderr)
    limits = {"limits": {"payload": 1 << 20, "output": 1 << 16, "writes": 100}}
    source = "def dispatch(operation, arguments):\n    return arguments\n"
    load = {
        **limits,
        **{"step": "load", "files": {"warm_up.py": source}, "packages": []},
        **{"dispatcher": "warm_up:dispatch", "arguments": None},
    }
    call = {**limits, "step": "call", "operation": "x", "arguments": {"a": [1, "b"]}}
    compiled = {**load, "codes": _compile(load)}
    for turn in range(20):
        for request in (compiled if turn % 2 else load, call, call):
            WitWorld().run(_dumps(request))
        Guest.dispatch = Guest.loader = None
        del sys.modules["warm_up"]
    sys.meta_path[:] = meta_path
    sys.stdout, sys.stderr = output
    linecache.clearcache()


def _build() -> None:
    """Runs once, while the image is made."""
    time.sleep = _cannot_sleep  # type: ignore[assignment]
    sys.argv = ["plugin"]  # argparse wants a program's name
    host: Any = types.ModuleType("_plugwright_host")
    host.call, host.Denied, host.Refused = _call_host, Denied, Refused
    sys.modules["_plugwright_host"] = host
    for name in plugwright_image.MODULES:
        importlib.import_module(name)
    for name in plugwright_image.WARM_UPS:
        module, _, function = name.partition(":")
        getattr(importlib.import_module(module), function)()
    _warm_up()
    packing.pack()


_build()
