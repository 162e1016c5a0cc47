"""The reader of bundles keeps what every validator promises."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import plugwright_qa
from plugwright.bundles import Bundle
from plugwright.validation import Subject, subject_of
from plugwright_sdk.kit.contracts import ValidatorContract

MANIFEST = b"""\
[plugin]
name = "tutor"
version = "0.1.0"
api = ">=0.1,<0.2"
summary = "Teaches halves and thirds."
"""


class TestValidator(ValidatorContract):
    @pytest.fixture
    def plugin(self) -> object:
        return plugwright_qa

    @pytest.fixture
    def subjects(self) -> Sequence[Subject]:
        bare = {"plugin.toml": MANIFEST, "plugin.py": b"halves = 2\n"}
        return [subject_of(Bundle(bare))]
