"""The ability keeps the contract that everybody's do."""

from __future__ import annotations

import pytest

import plugwright_telemetry
from plugwright_sdk.kit.contracts import AbilityContract


class TestAbility(AbilityContract):
    @pytest.fixture
    def plugin(self):
        return plugwright_telemetry
