"""What the stages of quality say shuts the gate, or stands in the report."""

from __future__ import annotations

import pytest

from plugwright.quality import Quality, Remark, Side
from plugwright.validation import Severity
from plugwright_forge.commission import NotGoodEnough, carry_out
from plugwright_forge.delivering import stages
from plugwright_forge.delivering.reporting import FILE
from plugwright_forge.person import Absent
from plugwright_forge.progress import Lines


class Desk:
    """A host with hooks, one model, a judge that reads marks, and real lives."""

    hooks = "there are some"

    def __init__(self, world, lives):
        self.lives, self._world = lives, world

    def provider(self, name):
        return self._world.script.provider

    def judge(self):
        return self._world.judge

    def sandbox(self):
        return None

    def describe(self, name, files):
        return self._world.describe(name, files)


@pytest.fixture
def looked(monkeypatch, world, lives):
    """Carry out a session whose plugin the stages say this of; gives what they saw."""

    def carry(severity):
        seen = []

        def say(host, source):
            seen.append(source)
            remark = Remark(
                stage="performance",
                what="it grows with the square",
                severity=severity,
                plots={"plan, by lessons": "<svg></svg>"},
            )
            return Quality(
                sides=(Side(stage="performance", plugin="qa", remarks=(remark,)),)
            )

        monkeypatch.setattr(stages, "quality", say)
        here = world()
        here.session = here.begin()
        try:
            carry_out(
                Desk(here, lives),
                here.session,
                person=Absent(),
                display=Lines(),
                decide=lambda id: False,
            )
        finally:
            here.page = (here.session.folder / FILE).read_text("utf-8")
        return here, seen

    return carry


def test_a_warning_stands_in_the_report_with_its_plot(looked, lives):
    here, (linted, source) = looked(Severity.WARNING)

    assert "it grows with the square" in here.page
    assert "Fuel against size: plan, by lessons" in here.page
    assert linted.stages == ("lint",)
    assert source.files["plugin.py"].startswith("# Written by the forge")
    assert set(source.files) == {"plugin.py", "README.md"}
    assert set(source.tests) == {"test_plugin.py"}
    assert len(here.session.given("quality")) == 1
    assert len(lives.list()) == 1


def test_an_error_shuts_the_gate_and_proposes_nothing(looked, lives):
    with pytest.raises(NotGoodEnough, match="performance: it grows with the square"):
        looked(Severity.ERROR)
    assert lives.list() == ()


def found(*errors):
    """What the stages say: errors, each with its stage."""
    sides = [
        Side(
            stage=stage,
            plugin="qa",
            remarks=(Remark(stage=stage, what=what, severity=Severity.ERROR),),
        )
        for stage, what in errors
    ]
    return Quality(sides=tuple(sides))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((), (), ""),
        ([("lint", "line 3")], [("lint", "line 4")], ""),
        ([("lint", "line 3")], (), ""),
        ((), [("lint", "line 4")], "lint: line 4"),
        ([("lint", "so")], [("lint", "so"), ("security", "a")], "security: a"),
        ([("lint", "so")], [("lint", "so"), ("lint", "and so")], "lint: and so"),
    ],
)
def test_a_version_is_worse_if_a_stage_has_more_that_shuts_the_gate(
    before, after, said
):
    assert stages.worse(found(*before), found(*after)) == said
