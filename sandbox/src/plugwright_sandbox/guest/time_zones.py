"""Time zones in a guest, which has no files to read them from.

`zoneinfo` asks the package `tzdata` for its data, by `importlib.resources`. Here that
package is one run of bytes in the image. A zone is looked up in it when it is asked
for, so a guest that asks for none pays for none.
"""

import importlib
import io
import sys
import zoneinfo
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.resources.abc import Traversable, TraversableResources
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

BEHIND = ("importlib.resources", "importlib.resources._adapters")
"""What `zoneinfo` imports when it is first asked for a zone."""

_packed = (Path(__file__).parent / "time_zones.dat").read_bytes()
_end = _packed.index(b"\n\n") + 1
_index, _data = b"\n" + _packed[:_end], _packed[_end + 1 :]
del _packed


class Place(Traversable):
    """A file of the package, a folder of it, or a name that is not there."""

    def __init__(self, path: str) -> None:
        self._path = path
        # No name in the index has a space or a question mark.
        self._key = path.encode("ascii", "replace").replace(b" ", b"?")

    @property
    def name(self) -> str:
        return self._path.rpartition("/")[2]

    def is_file(self) -> bool:
        return self._key != b"" and b"\n" + self._key + b" " in _index

    def is_dir(self) -> bool:
        return self._key == b"" or b"\n" + self._key + b"/" in _index

    def joinpath(self, *names: Any) -> "Place":
        return Place("/".join([self._path, *map(str, names)]).removeprefix("/"))

    def iterdir(self) -> Iterator["Place"]:
        inside = f"{self._path}/" if self._path else ""
        paths = (line.partition(b" ")[0].decode() for line in _index.split(b"\n"))
        rests = (p.removeprefix(inside) for p in paths if p and p.startswith(inside))
        names = {rest.partition("/")[0] for rest in rests}
        return (self.joinpath(name) for name in sorted(names))

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if not self.is_file():
            raise FileNotFoundError(self._path)
        start = _index.index(b"\n" + self._key + b" ") + len(self._key) + 2
        place, size = map(int, _index[start : _index.index(b"\n", start)].split())
        content = io.BytesIO(_data[place : place + size])
        return content if "b" in mode else io.TextIOWrapper(content, *args, **kwargs)

    def read_bytes(self) -> bytes:
        return bytes(self.open("rb").read())

    def read_text(self, encoding: str | None = None) -> str:
        return self.read_bytes().decode(encoding or "utf-8")


class Loader(TraversableResources):
    """What the package's modules name as their loader."""

    def __init__(self, path: str) -> None:
        self._path = path

    def get_resource_reader(self, name: str) -> "Loader":
        return self

    def files(self) -> Place:
        return Place(self._path)


def install() -> None:
    """Put the package in its place; runs once, while the image is made."""
    for name in BEHIND:
        importlib.import_module(name)
    folders = [Place("")]
    while folders:
        folder = folders.pop()
        _put(folder._path)
        folders += [place for place in folder.iterdir() if place.is_dir()]
    for _ in range(10):  # what this learns is in the image, and not in each guest
        zoneinfo.ZoneInfo.no_cache("Europe/Berlin")


def _put(path: str) -> None:
    """Make the module of one folder, with nothing in it but its resources."""
    name = ".".join(["tzdata", *path.split("/")]).removesuffix(".")
    loader: Any = Loader(path)
    spec = ModuleSpec(name, loader, is_package=True)
    sys.modules[name] = module_from_spec(spec)
