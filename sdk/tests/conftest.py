"""A fresh double for every test, and plugins that are written inside the test."""

import importlib
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from plugwright_sdk import registry
from plugwright_sdk.kit.checks.bench import Bench
from plugwright_sdk.kit.fixtures import Engine
from plugwright_sdk.kit.projects import Project
from plugwright_sdk.pytest_plugin import plugwright_fresh_start  # noqa: F401

sys.path.insert(0, str(Path(__file__).parent))

from kit_support import Judges, made

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


@pytest.fixture
def bench(plugwright_host):
    """Put a project on the bench, with a judge that finds what it is told to find."""

    def bench(folder, report=None):
        host = plugwright_host
        if not host.manager.has_plugin("engine"):
            host.manager.register(Engine(), "engine")
        if report is not None:
            host.manager.register(Judges(report), "judge")
        return Bench(project=Project.find(folder), hosting=lambda: host)

    return bench


@pytest.fixture
def tutor(tmp_path):
    """Make a host plugin."""
    return made(tmp_path / "it", "commands", "providers")


@pytest.fixture
def box(tmp_path):
    """Make a sandboxed plugin."""
    return made(tmp_path / "it", "commands", "memories", kind="sandboxed")
