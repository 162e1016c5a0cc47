"""Watches an author's tests for `plugwright check`: a plugin of pytest.

It writes what passed and failed, and which contracts were kept, into the file that
`PLUGWRIGHT_WITNESS` names.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

_kept: set[str] = set()
_families: dict[str, str] = {}
_failed: dict[str, str] = {}
_counts = {"passed": 0, "skipped": 0}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note which tests belong to a contract."""
    for item in items:
        family = getattr(getattr(item, "cls", None), "family", "")
        if isinstance(family, str) and family:
            _families[item.nodeid] = family


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test went."""
    if report.failed:
        crash: Any = getattr(report.longrepr, "reprcrash", None)
        said = getattr(crash, "message", None) or str(report.longrepr)
        _failed[report.nodeid] = said.strip().partition("\n")[0][:300]
    elif report.skipped:
        _counts["skipped"] += 1
    elif report.when == "call":
        _counts["passed"] += 1
        if report.nodeid in _families:
            _kept.add(_families[report.nodeid])


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Note what could not even be collected."""
    if report.failed:
        lines = [line for line in str(report.longrepr).splitlines() if line.strip()]
        _failed[report.nodeid] = lines[-1].removeprefix("E").strip() if lines else ""


def pytest_sessionfinish() -> None:
    """Write it all down."""
    found = {"kept": sorted(_kept), "failed": _failed, **_counts}
    Path(os.environ["PLUGWRIGHT_WITNESS"]).write_text(json.dumps(found), "utf-8")
