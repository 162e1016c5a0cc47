"""The memory keeps what every plugin of its families promises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import plugwright_memory
from plugwright_sdk.kit.contracts import (
    CommandsContract,
    MemoryContract,
    ToolsContract,
)


class TestMemories(MemoryContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_memory


class TestCommands(CommandsContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_memory

    @pytest.fixture
    def calls(self, tmp_path: Path) -> Mapping[str, Mapping[str, Any]]:
        return {
            "remember": {"text": "Halves are easy."},
            "recall": {"query": "halves"},
            "export": {"file": str(tmp_path / "facts.json")},
        }


class TestTools(ToolsContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_memory

    @pytest.fixture
    def calls(self) -> Mapping[str, Mapping[str, Any]]:
        return {
            "remember": {"text": "Halves are easy."},
            "recall": {"query": "halves"},
        }
