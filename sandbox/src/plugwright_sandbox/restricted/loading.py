"""Loads a plugin's files: filtered, compiled, and run with guarded built-in names.

Everything here runs in the locked process, parsing included: a parser has bugs, too.
"""

from __future__ import annotations

import base64
import builtins
import gc
import hashlib
import importlib
import linecache
import marshal
import sys
import typing
from collections.abc import Mapping, Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from plugwright_sandbox.restricted import guards
from plugwright_sandbox.restricted.classes import build
from plugwright_sandbox.restricted.facades import (
    Facade,
    classes,
    of_packages,
    offered,
    standard,
)
from plugwright_sandbox.restricted.language import compile_guarded
from plugwright_sandbox.restricted.offers import BEHIND, BUILTINS
from plugwright_sandbox.restricted.receivers import check_receivers
from plugwright_sandbox.restricted.rules import CATCH_ONLY, Refusal, RefusedCode

Codes = dict[str, list[str]]
"""Compiled files by module: the digest of the source, and the code as text."""


class Library:
    """What every plugin of one zygote may import, ready to be handed out."""

    def __init__(self, packages: Sequence[str]) -> None:
        for name in BEHIND.split():
            try:
                importlib.import_module(name)
            except ImportError:
                continue  # of another version of Python
        self.facades: dict[str, Facade] = standard() | of_packages(packages)
        self.offers = {name: offered(each) for name, each in self.facades.items()}
        self.leading = _leading()
        """The attributes under which this interpreter keeps modules."""
        self.builtins = _builtins()
        self.classes = classes(self.facades.values()) | {
            value for value in self.builtins.values() if isinstance(value, type)
        }
        self.classes |= {type(None), type(NotImplemented), type(...)}
        self.classes -= {super, *(getattr(builtins, name) for name in CATCH_ONLY)}
        check_receivers(self.classes)
        self.taken = {name.partition(".")[0] for name in sys.modules}
        guards.belongs((), self.classes)


def _leading() -> frozenset[str]:
    """Find every name that anything at all has for a module."""
    found = {"module", "modules", "globals", "builtins", "loader", "spec", "frame"}
    for name in (*sys.modules, *sys.stdlib_module_names):
        found.update(name.split("."))
    for scope in gc.get_objects():
        if type(scope) is dict:
            named = list(scope.items())
            found.update(
                key
                for key, value in named
                if type(key) is str and isinstance(value, ModuleType)
            )
    return frozenset(found)


def _builtins() -> dict[str, Any]:
    names = [name for name in BUILTINS.split() if hasattr(builtins, name)]
    return {
        **{name: getattr(builtins, name) for name in names},
        **guards.GUARDS,
        "__build_class__": build,
        "getattr": guards.read_named,
        "hasattr": guards.has_named,
        "setattr": guards.write_named,
        "delattr": guards.delete_named,
        "type": guards.Kind,
    }


class Loader:
    """Finds and runs the plugin's own files; there is no other place to import from."""

    def __init__(self, library: Library, files: Mapping[str, str]) -> None:
        self.files = {
            name.removesuffix(".py"): text
            for name, text in files.items()
            if name.endswith(".py")
        }
        self._library = library
        self._codes: dict[str, CodeType] = {}
        self._builtins = {**library.builtins, "__import__": self._guarded_import}
        guards.belongs(self.files, ())

    def install(self) -> None:
        """Take the place of every other way to import, and of `eval` in `typing`."""
        sys.meta_path[:] = [self]
        evaluating: Any = typing
        # Annotations that are text are compiled and evaluated by `typing`, on behalf of
        # whoever asks what a command takes. They are source text like any other.
        evaluating.compile = self._compile_annotation
        evaluating.eval = self._evaluate_annotation

    def compile_all(self, known: Codes) -> Codes:
        """Compile every file, so that what is refused is told before anything runs.

        `known` is what this gave to the host in an earlier process of the same guest.
        Nobody else gets it: who wrote it may as well have been the guest.
        """
        codes: Codes = {}
        refusals = [
            # It would be found in place of the plugin's own.
            Refusal("module-name", f"{name}.py", 1, f"`{name}` is the host's own name")
            for name in self.files
            if name in self._library.taken or not name.isidentifier()
        ]
        for name, source in self.files.items():
            digest = hashlib.sha256(source.encode()).hexdigest()
            if name in known and known[name][0] == digest:
                self._codes[name] = marshal.loads(base64.b64decode(known[name][1]))
                continue
            try:
                code = self._codes[name] = self._compile(source, f"{name}.py")
            except RefusedCode as refused:
                refusals += refused.refusals
            else:
                text = base64.b64encode(marshal.dumps(code)).decode()
                codes[name] = [digest, text]
        if refusals:
            raise RefusedCode(refusals)
        return codes

    def _compile(self, source: str, file: str) -> CodeType:
        offers = self._library.offers
        leading = self._library.leading
        return compile_guarded(
            source, file, offers=offers, own=self.files, leading=leading
        )

    # What `importlib` asks

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        """Find one of the plugin's own files."""
        if name not in self.files:
            return None
        return ModuleSpec(name, self, origin=f"{name}.py")  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to `importlib`."""

    def exec_module(self, module: ModuleType) -> None:
        """Run one of the plugin's own files."""
        name = module.__name__
        source, file = self.files[name], f"{name}.py"
        module.__dict__["__builtins__"] = self._builtins
        lines = source.splitlines(keepends=True)
        linecache.cache[file] = (len(source), None, lines, file)  # None: never stale
        exec(self._codes[name], module.__dict__)

    # What compiled code asks

    def _guarded_import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Facade | ModuleType | None:
        if type(fromlist) is list and name in sys.modules:
            # C code, such as `strptime`, imports on behalf of whoever calls it. It
            # passes a list and takes the module from elsewhere; a statement does not.
            return None
        found = name if fromlist else name.partition(".")[0]
        if level == 0 and found in self._library.facades:
            return self._library.facades[found]
        if level == 0 and found in self.files:
            return importlib.import_module(found)
        raise ModuleNotFoundError(f"`{name}` cannot be imported", name=name)

    # What `typing` asks

    def _compile_annotation(self, text: Any, *_: Any, **__: Any) -> CodeType:
        if type(text) is not str:
            raise SyntaxError("an annotation is text")
        offers = self._library.offers
        return compile_guarded(
            text, "<annotation>", offers=offers, own=self.files, mode="eval"
        )

    def _evaluate_annotation(
        self,
        code: Any,
        globals: dict[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
    ) -> Any:
        if type(code) is not CodeType or code.co_filename != "<annotation>":
            raise TypeError("an annotation is compiled by this loader")
        # For a class, `typing` gives its attributes as the globals, and the module's
        # globals as the locals. Names of any other module are closed to a plugin.
        scopes = [scope for scope in (globals, locals) if scope is not None]
        if not any(s.get("__builtins__") is self._builtins for s in scopes):
            scopes = []
        seen: dict[str, Any] = {}
        for scope in scopes:
            seen.update(scope)
        # Whatever a class calls its attributes, the guards stay the guards.
        seen |= {**guards.GUARDS, "__builtins__": self._builtins}
        return eval(code, seen)


__all__ = ["Library", "Loader"]
