"""Small real things that the tests share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from plugwright.providers import Message, Request, Sampling


@pytest.fixture
def ask() -> Callable[..., Request]:
    """Make a request from the few words that matter to a test."""

    def make(
        text: str = "Write a plugin.",
        *,
        role: str = "implementer",
        template: str = "implementer/1",
        seed: int = 0,
    ) -> Request:
        return Request(
            role=role,
            template=template,
            messages=(Message("system", "You write code."), Message("user", text)),
            sampling=Sampling(seed=seed),
        )

    return make
