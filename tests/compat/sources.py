"""Where the standard library's own tests come from, and what of them is baked.

No package on an index holds them, so they are taken from an interpreter: the newest on
this machine that has them and is not newer than the guest.
"""

from __future__ import annotations

import base64
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from plugwright.errors import UsageError
from plugwright.sandboxes import GuestPackage

GUEST_VERSION = (3, 14)
MODULES = {
    "json": ("test_json",),
    "re": ("test_re",),
    "datetime": ("test_datetime",),
    "statistics": ("test_statistics",),
    "decimal": ("test_decimal",),
    "fractions": ("test_fractions",),
    "collections": (
        *("test_collections", "test_defaultdict", "test_deque", "test_ordered_dict"),
        *("test_userdict", "test_userlist", "test_userstring"),
    ),
    "itertools": ("test_itertools",),
    "heapq": ("test_heapq",),
    "bisect": ("test_bisect",),
    "textwrap": ("test_textwrap",),
    "csv": ("test_csv",),
    "string": ("test_string",),
    "random": ("test_random",),
    "zoneinfo": ("test_zoneinfo",),
    "dataclasses": ("test_dataclasses",),
    "enum": ("test_enum",),
}
"""Which tests are about which module."""

_DATA = ("decimaltestdata", "mathdata")
"""Folders of data that some of these tests read."""
_FILES = ("*.pck", "formatfloat_testcases.txt")
"""Single files of data, which lie beside the tests."""
_ASK = (
    "import json, sys, sysconfig; "
    "print(json.dumps([sys.version_info[:3], sysconfig.get_path('stdlib')]))"
)


@dataclass(frozen=True, kw_only=True, order=True)
class Suite:
    """One `test` package, and the version of Python that it was written for."""

    version: tuple[int, ...]
    folder: Path


def find(given: Path | None = None) -> Suite:
    """Find the tests that match the guest best, or take those that were given."""
    if given is not None:
        return _given(given)
    found = [tests for tests in map(_tests_of, _interpreters()) if tests is not None]
    fitting = [tests for tests in found if tests.version[:2] <= GUEST_VERSION]
    if not fitting:
        raise UsageError(
            "no interpreter here has the standard library's tests",
            remedy="install one that has them (pyenv's has), or give `--tests FOLDER`",
        )
    return max(fitting)


def _given(folder: Path) -> Suite:
    """Take a folder; a checkout of CPython tells its version in a header."""
    if not (folder / "support").is_dir():
        raise UsageError(f"`{folder}` is no `test` package", remedy="give `Lib/test`")
    header = folder.parent.parent / "Include" / "patchlevel.h"
    text = header.read_text("utf-8") if header.exists() else str(folder)
    told = re.findall(r"define PY_M[A-Z]+_VERSION\s+(\d+)", text)
    found = told or re.findall(r"\d+", folder.parent.name)
    version = tuple(int(number) for number in found)
    return Suite(version=version, folder=folder)


def _interpreters() -> Iterator[str]:
    yield sys.executable
    for minor in range(11, GUEST_VERSION[1] + 1):
        if path := shutil.which(f"python3.{minor}"):
            yield path
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, pyenv.glob("versions/3.1[1-9]*/bin/python"))


def _tests_of(interpreter: str) -> Suite | None:
    asked = subprocess.run(
        [interpreter, "-I", "-c", _ASK], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        return None  # a launcher of pyenv's whose version is not switched on
    version, library = json.loads(asked.stdout)
    folder = Path(library) / "test"
    there = all((folder / name).is_dir() for name in ("support", "test_json"))
    return Suite(version=tuple(version), folder=folder) if there else None


def package(tests: Suite, stage: Path) -> GuestPackage:
    """Lay the tests that are needed, and what they need, in a folder of their own."""
    root = stage / "test"
    root.mkdir(parents=True)
    wanted = ["support", *(name for names in MODULES.values() for name in names)]
    parts = _needed(tests.folder, ["__init__", *wanted])
    ignore = shutil.ignore_patterns("__pycache__", "idlelib")
    for part in parts:
        source = tests.folder / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=ignore)
        else:
            shutil.copy(source.with_suffix(".py"), root)
    for folder in _DATA:
        if (tests.folder / folder).is_dir():
            shutil.copytree(tests.folder / folder, root / folder)
    for pattern in _FILES:
        for file in tests.folder.glob(pattern):
            shutil.copy(file, root)
    _recompress(root / "test_zoneinfo" / "data" / "zoneinfo_data.json")
    own = Path(__file__).parent / "guest"
    return GuestPackage(
        name="compat",
        paths=(root, _tzdata_information(stage), *sorted(own.glob("*.py"))),
        modules=("compat_runner",),
        warm_up="compat_runner:prepare",
    )


def _tzdata_information(stage: Path) -> Path:
    """Let the tests see that `tzdata` is installed, which it is in every guest."""
    version = metadata.version("tzdata")
    folder = stage / f"tzdata-{version}.dist-info"
    folder.mkdir()
    text = f"Metadata-Version: 2.1\nName: tzdata\nVersion: {version}\n"
    (folder / "METADATA").write_text(text, "utf-8")
    return folder


def _recompress(path: Path) -> None:
    """Pack the zones of the tests anew: there is no LZMA in the guest.

    What `lzma.decompress` is asked for there is then answered by `zlib`.
    """
    kept = json.loads(path.read_text("utf-8"))
    for zone, lines in kept["data"].items():
        data = lzma.decompress(base64.b85decode("".join(lines)))
        kept["data"][zone] = [base64.b85encode(zlib.compress(data)).decode()]
    path.write_text(json.dumps(kept), "utf-8")


def _needed(folder: Path, wanted: list[str]) -> list[str]:
    """Follow the imports from one part of `test` to the next."""
    needed: list[str] = []
    while wanted:
        part = wanted.pop()
        file = folder / f"{part}.py"
        files = [file] if file.exists() else sorted((folder / part).rglob("*.py"))
        if part in needed or not files:
            continue
        needed.append(part)
        for each in files:
            wanted += _imported(each)
    return sorted(needed)


def _imported(file: Path) -> list[str]:
    # No `ast`: the tests may be in a newer Python than the one that reads them.
    text = file.read_text("utf-8", errors="replace")
    names = re.findall(r"^\s*from test import \(?([\w, \n]+)", text, re.MULTILINE)
    parts = re.findall(r"(?:\b(?:from|import) |['\"])test\.(\w+)", text)
    return parts + re.findall(r"\w+", " ".join(names))
