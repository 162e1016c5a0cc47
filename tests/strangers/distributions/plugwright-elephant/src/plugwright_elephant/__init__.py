"""Is heavy, and offers one thing that is seldom wanted."""

from __future__ import annotations

import time

from plugwright import hookimpl
from plugwright.providers import Completion, ProviderOffer, Request

time.sleep(0.5)


class Elephant:
    """Never forgets the question."""

    name = "elephant"

    def complete(self, request: Request) -> Completion:
        """Say the question again."""
        return Completion(text=request.messages[-1].content)


@hookimpl
def providers() -> list[ProviderOffer]:
    """Offer `elephant`."""
    return [
        ProviderOffer(
            scheme="elephant", summary="says it again", open=lambda _: Elephant()
        )
    ]
