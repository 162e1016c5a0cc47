"""From the product to the decision, with the real lives of plugins."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugwright.bundles import Bundle
from plugwright.lives import State
from plugwright_forge.assembly import assemble
from plugwright_forge.commission import NotGoodEnough, carry_out
from plugwright_forge.person import Absent
from plugwright_forge.progress import Lines


class Desk:
    """A host with one model, a judge that reads marks, and real lives."""

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


def commission(world, lives, says):
    """Carry out a commission for somebody who says yes, no, or nothing."""
    world.session = world.begin()

    def decide(id):
        if says == "yes":
            lives.approve(id, by="Sarah")
            lives.activate(id)
        if says == "no":
            lives.refuse(id, by="Sarah")
        return says == "yes"

    return carry_out(
        Desk(world, lives),
        world.session,
        person=Absent(),
        display=Lines(),
        decide=decide,
    )


@pytest.mark.parametrize(
    ("says", "state"),
    [("yes", State.ACTIVE), ("no", State.DISABLED), ("nothing", State.PROPOSED)],
)
def test_the_person_decides(world, lives, says, state):
    here = world()

    delivery = commission(here, lives, says)

    assert delivery.approved is (says == "yes")
    assert lives.life(delivery.bundle).state is state
    assert here.session.has("end")


def test_the_folder_holds_the_bundle_and_what_it_comes_from(world, lives):
    here = world()
    delivery = commission(here, lives, "yes")

    folder = here.session.folder

    files = {path.name for path in folder.iterdir()} - {".git", "events.jsonl"}
    assert files == {
        "README.md",
        "dist",
        "interview.json",
        "plugin.py",
        "plugin.toml",
        "report.html",
        "report.md",
        "request.txt",
        "specification.toml",
        "tests",
    }
    packed = {
        name: (folder / name).read_bytes()
        for name in (
            "plugin.toml",
            "plugin.py",
            "README.md",
            "specification.toml",
            "tests/test_plugin.py",
        )
    }
    assert Bundle(packed).id == delivery.bundle
    assert [*(folder / "dist").iterdir()] == [delivery.wheel]


def test_the_manifest_says_where_it_comes_from(world, tmp_path):
    here = world()
    product = here.run()

    about = assemble(product, here.session, "by hand").manifest

    assert about.provenance == {
        "request": "Find lessons!",
        "session": here.session.name,
        "model": "scripted",
        "iterations": "0",
        "unsure": "An empty day.\n"
        "Not asked, so assumed: Which of two equal lessons? – the first\n"
        "How much the tests notice was not measured.",
        "recording": "by hand",
    }
    assert about.commands["longest-lesson"].parameters == ("lessons",)
    assert about.permissions == ()


def test_only_permissions_in_use_are_asked_for(world):
    here = world()
    here.judge.used = ("storage",)
    product = here.run()

    about = assemble(product, here.session).manifest

    assert [str(permission) for permission in about.permissions] == ["storage"]
    assert about.reasons[about.permissions[0]] == "Keeps the count."


def test_a_shut_gate_proposes_nothing(world, lives, story):
    here = world(implementer=story.fenced(story.failing("test_r1_the_longest")))

    with pytest.raises(NotGoodEnough, match="1 of 2 trusted tests fail") as said:
        commission(here, lives, "yes")

    assert said.value.exit_code == 1
    assert str(here.session.folder) in said.value.remedy
    assert lives.list() == ()
    assert here.session.has("end")


def test_a_wheel_is_written_where_it_is_wanted(world, lives, tmp_path):
    here = world(options={"out": str(tmp_path / "out")})

    delivery = commission(here, lives, "yes")

    assert delivery.wheel == tmp_path / "out/lesson_finder-0.1.0-py3-none-any.whl"
    assert delivery.wheel.exists()


def test_the_same_product_is_the_same_bundle(world):
    here = world()
    product = here.run()

    once = assemble(product, here.session)
    again = assemble(replace(product), here.session)

    assert once.id == again.id
