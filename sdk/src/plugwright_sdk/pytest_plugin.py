"""Gives every test a fresh start outside the sandbox, as the judge does inside."""

from __future__ import annotations

import pytest

from plugwright_sdk import registry, testing


@pytest.fixture(autouse=True)
def plugwright_fresh_start() -> None:
    """Empty the local double and start the plugin anew."""
    testing.reset()
    registry.default.initialise()
