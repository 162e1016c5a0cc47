"""What every validator promises."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from plugwright.host import Host
from plugwright.validation import Finding, Severity, Subject
from plugwright_sdk.kit.contracts.contract import ODD_DATA, Contract


class ValidatorContract(Contract):
    """What every validator promises."""

    family = "validate"

    @pytest.fixture
    def subjects(self) -> Sequence[Subject]:
        """Subjects that it has something to say about; add yours."""
        return ()

    def test_what_it_does_not_know_it_leaves_alone(self, host: Host) -> None:
        subject = Subject(kind="kind-of-nobody", name="nobody", data={"a": 1})

        assert host.hooks.validate.wait(subject=subject) == []

    @pytest.mark.parametrize("kind", ["text", "bundle"])
    @pytest.mark.parametrize("data", ODD_DATA, ids=range(len(ODD_DATA)))
    def test_odd_subjects_never_raise(self, host: Host, kind: str, data: Any) -> None:
        subject = Subject(kind=kind, name="odd", data=copy.deepcopy(data))

        findings = host.hooks.validate.wait(subject=subject)

        assert all(_is_well_formed(finding) for finding in findings)
        assert subject.data == data, "it changed what it only looked at"

    def test_what_is_wrong_is_found_each_time_alike(
        self, host: Host, subjects: Sequence[Subject]
    ) -> None:
        for subject in subjects:
            found = host.hooks.validate.wait(subject=subject)

            assert found, f"nothing is found in `{subject.name}`"
            assert all(_is_well_formed(finding) for finding in found)
            assert host.hooks.validate.wait(subject=subject) == found


def _is_well_formed(finding: Finding) -> bool:
    texts = (finding.what, finding.where, finding.remedy)
    return (
        bool(finding.what)
        and all(isinstance(text, str) for text in texts)
        and finding.severity in [*Severity]
    )
