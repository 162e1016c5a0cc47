"""Lets tests import modules anew, which a guest cannot: their sources are kept.

Many tests load a module twice, once with its accelerator in C and once without. The
image holds the modules but no files to load them from again.
"""

import os
import sys
from importlib.abc import SourceLoader
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec

_FILES: dict[str, str] = {}
_SOURCES: dict[str, bytes] = {}


def keep_sources():
    """Read the source of every module that is loaded, while there are files."""
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        # What is frozen in the interpreter tells a file that is not there.
        if isinstance(path, str) and path.endswith(".py") and os.path.exists(path):
            with open(path, "rb") as file:
                _FILES[name], _SOURCES[path] = path, file.read()


class KeptSources(SourceLoader):
    """Finds modules among the kept sources.

    It leaves the running of them to `importlib`, whose frames warnings know to skip.
    """

    def find_spec(self, name, path=None, target=None):
        if name not in _FILES:
            return None
        file = _FILES[name]
        folder = file.removesuffix("/__init__.py")
        spec = ModuleSpec(name, self, origin=file, is_package=folder != file)
        spec.has_location = True
        if folder != file:
            spec.submodule_search_locations.append(folder)
        return spec

    def get_filename(self, name):
        return _FILES[name]

    def get_data(self, path):
        return _SOURCES[path]


def install():
    """Import like a Python that has files."""
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, KeptSources()]
