"""Runs the examples of one file, in a process of its own. Needs nothing but Python.

    python runner.py module PACKAGE.MODULE FOLDER
    python runner.py page FILE

Writes lines of JSON to the file that `PLUGWRIGHT_REPORT` names, so that what an example
prints is not taken for it: `{"begins": 3}` with its line before each example,
`{"line": 3, "why": ""}` after it, and `{"is_over": true}` at the end.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import importlib
import io
import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

_BLOCK = re.compile(r"^( *)(`{3,})python[ \t]*\n(.*?)^\1\2[ \t]*$", re.M | re.S)
MEMORY = 4 << 30
"""Bytes of data that the examples of a file may hold at once."""
LARGEST = 256 << 20
"""Bytes of a file that they may write, what they print included."""

Tell = Callable[[int, str | None], None]
"""Tells of an example: its line, and what went wrong; None is that it begins."""


def main(kind: str, what: str, folder: str = "") -> None:
    """Run all examples."""
    _limit()
    # Python put the folder of this file first, and our names are not theirs.
    sys.path[:] = [each for each in sys.path if each != os.path.dirname(__file__)]
    report = open(os.environ.pop("PLUGWRIGHT_REPORT"), "w", encoding="utf-8")  # noqa: SIM115

    def tell(line: int, why: str | None) -> None:
        said = {"begins": line} if why is None else {"line": line, "why": why.strip()}
        report.write(json.dumps(said) + "\n")
        report.flush()

    if kind == "module":
        sys.path.insert(0, folder)
        _module(what, tell)
    else:
        _page(what, tell)
    report.write('{"is_over": true}\n')
    report.close()


def _limit() -> None:
    """Keep a runaway example from taking the whole machine, where that can be done."""
    with contextlib.suppress(ImportError, ValueError, OSError, AttributeError):
        import resource

        for name, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, LARGEST),
            (resource.RLIMIT_DATA, MEMORY),
        ):
            _, hard = resource.getrlimit(name)
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(name, (least, least))


class _Runner(doctest.DocTestRunner):
    """Tells of each example by itself."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(verbose=False)
        self._tell = tell

    def report_start(self, out: Any, test: Any, example: Any) -> None:
        """Say that it begins."""
        self._tell(_line(test, example), None)

    def report_success(self, out: Any, test: Any, example: Any, got: str) -> None:
        """Say that it is as written."""
        self._tell(_line(test, example), "")

    def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
        """Say what came instead."""
        differ = doctest.OutputChecker()
        said = differ.output_difference(example, got, self.optionflags)
        self._tell(_line(test, example), f"{said}\nit gives something else")

    def report_unexpected_exception(
        self, out: Any, test: Any, example: Any, exc_info: Any
    ) -> None:
        """Say what was raised."""
        error = exc_info[1]
        self._tell(
            _line(test, example), "".join(traceback.format_exception_only(error))
        )


def _line(test: Any, example: Any) -> int:
    return int((test.lineno or 0) + example.lineno + 1)


def _module(name: str, tell: Tell) -> None:
    module = importlib.import_module(name)
    runner = _Runner(tell)
    for test in doctest.DocTestFinder().find(module, name):
        runner.run(test, clear_globs=False)


def _page(path: str, tell: Tell) -> None:
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in _BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(3)) + 1
        indent = len(block[1])
        code = "".join(each[indent:] for each in block[3].splitlines(keepends=True))
        if code.lstrip().startswith(">>>"):
            parser = doctest.DocTestParser()
            test = parser.get_doctest(code, names, path, path, line - 1)
            _Runner(tell).run(test, clear_globs=False)
            names.update(test.globs)
        else:
            tell(line, None)
            tell(line, _why(code, names, path, line))


def _why(code: str, names: dict[str, Any], path: str, line: int) -> str:
    try:
        tree = ast.increment_lineno(ast.parse(code), line - 1)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, path, "exec"), names)
    except BaseException as error:  # also `exit()`: an example is a stranger's code
        return "".join(traceback.format_exception_only(error))
    return ""


if __name__ == "__main__":
    main(*sys.argv[1:])
