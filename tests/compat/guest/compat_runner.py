"""Runs the standard library's own tests in a guest, and tells the host of each case.

The host hears of a case before it starts and after it ended, so that a guest that is
stopped loses only the case that it was at.
"""

import importlib
import sys
import traceback
import types
import unittest
import zlib
from pathlib import Path

import compat_files
import compat_imports

SHOWN = 3000
"""Characters of a traceback's end that are told."""


NOT_THERE: dict[str, str] = {}
"""Parts of `test` that could not be imported, and why."""


def prepare():
    """While the image is made: import all tests, keep what they read from the disk."""
    import test

    # The tests of `zoneinfo` keep their data in LZMA, which the guest does not have. It
    # was packed anew for them.
    sys.modules["lzma"] = stand_in = types.ModuleType("lzma")
    stand_in.decompress = zlib.decompress
    # Its C part keeps the `open` that it finds when it is imported.
    for name in ("_zoneinfo", "zoneinfo"):
        del sys.modules[name]
    importlib.import_module("zoneinfo")
    root = Path(test.__file__).parent
    for path in sorted(root.rglob("*.py")):
        name = ".".join(path.relative_to(root.parent).with_suffix("").parts)
        if not name.endswith("__main__"):
            _import(name.removesuffix(".__init__"))
    compat_imports.keep_sources()
    compat_files.add(str(root))


def _import(name):
    try:
        importlib.import_module(name)
    except Exception as error:
        # Broad on purpose: a helper for processes or a test that skips its module.
        NOT_THERE[name] = f"{type(error).__name__}: {error}"


class Telling(unittest.TestResult):
    """Tells the host how each case went."""

    def __init__(self, tell, numbers):
        super().__init__()
        self.tell = tell
        self.numbers = numbers
        self.files = False

    def startTest(self, test):
        super().startTest(test)
        compat_files.Store.touched = False
        self.status, self.why, self.files = "passed", "", False
        self.tell({"starts": self.numbers[id(test)]})

    def stopTest(self, test):
        super().stopTest(test)
        self._ended(self.numbers[id(test)], self.status, self.why)

    def _ended(self, number, status, why):
        files = self.files if status == "failed" else compat_files.Store.touched
        told = {"ended": number, "status": status, "why": why, "files": files}
        self.tell(told)

    def _failed(self, test, error):
        # A traceback looks for source files, which is not the case's doing.
        self.files = compat_files.Store.touched
        why = "".join(traceback.format_exception(*error))
        why = why[-SHOWN:].encode("utf-8", "backslashreplace").decode("utf-8")
        if id(test) in self.numbers:
            # A case of several parts tells its first failure.
            self.status, self.why = "failed", self.why or why
        else:
            self.tell({"fixture": test.description, "status": "failed", "why": why})

    def addError(self, test, err):
        self._failed(test, err)

    def addFailure(self, test, err):
        self._failed(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._failed(test, err)

    def addUnexpectedSuccess(self, test):
        self.status, self.why = "failed", "passed, though its author says it cannot"

    def addSkip(self, test, reason):
        if id(test) in self.numbers:
            # A part that is skipped does not make up for another that failed.
            if self.status == "passed":
                self.status, self.why = "skipped", str(reason)
        elif isinstance(test, unittest.suite._ErrorHolder):
            reason = str(reason)
            self.tell({"fixture": test.description, "status": "skipped", "why": reason})


def _cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


CASES: list[unittest.TestCase] = []
"""Those of the one module that this guest is for."""


def _list(arguments):
    name = arguments["module"]
    if name in NOT_THERE:
        raise ImportError(NOT_THERE[name])
    module = sys.modules[name]
    CASES[:] = _cases(unittest.TestLoader().loadTestsFromModule(module))
    return [[case.id(), _owner(case)] for case in CASES]


def _owner(case):
    """The class as a failing fixture names it."""
    return unittest.util.strclass(type(case))


def _run(arguments):
    call = sys.modules["_plugwright_host"].call
    numbers = {id(case): number for number, case in enumerate(CASES)}
    chosen = [CASES[number] for number in arguments["cases"]]
    result = Telling(lambda told: call("told", told), numbers)
    unittest.TestSuite(chosen).run(result)


def dispatch(operation, arguments):
    """Answer the host."""
    if operation == "load":
        compat_imports.install()
        compat_files.install()
        return None
    return {"list": _list, "run": _run}[operation](arguments)
