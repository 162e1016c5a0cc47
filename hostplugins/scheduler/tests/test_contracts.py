"""The scheduler keeps what every plugin of its families promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

import plugwright_scheduler
from plugwright_sdk.kit.contracts import (
    CommandsContract,
    ListenerContract,
    SchedulerContract,
)


class TestSchedulers(SchedulerContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_scheduler


class TestCommands(CommandsContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_scheduler

    @pytest.fixture
    def calls(self) -> Mapping[str, Mapping[str, Any]]:
        return {"submit": {"plugin": "tutor", "command": "note"}, "jobs": {}}


class TestListener(ListenerContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_scheduler

    @pytest.fixture
    def events(self) -> Sequence[str]:
        return ["lesson-due"]
