"""A fresh double for every test, and plugins that are written inside the test."""

import importlib
import sys
from textwrap import dedent

import pytest

from plugwright_sdk import registry
from plugwright_sdk.pytest_plugin import plugwright_fresh_start  # noqa: F401

collect_ignore = ["examples"]  # they are run as their authors would run them


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Write `plugin.py`, import it, and forget it after the test."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(source):
        (tmp_path / "plugin.py").write_text(dedent(source))
        importlib.invalidate_caches()
        return importlib.import_module("plugin")

    yield write
    sys.modules.pop("plugin", None)
    vars(registry.default).update(vars(registry.Registry()))
