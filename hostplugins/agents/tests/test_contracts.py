"""The abilities keep the contract that everybody's do."""

from __future__ import annotations

import pytest

import plugwright_agents
import plugwright_memory
from plugwright_sdk.kit.contracts import AbilityContract


class TestAbilities(AbilityContract):
    @pytest.fixture
    def plugin(self):
        return plugwright_agents

    @pytest.fixture
    def host(self, host):
        host.take_in(plugwright_memory, "memory")
        return host

    @pytest.fixture
    def options(self, tmp_path):
        return {
            "discovery": {"roots": tmp_path},
            "guardrails": {"validate": True, "personal": "mask"},
            "limits": {"total": {"tokens": 200_000, "requests": 99}},
        }
