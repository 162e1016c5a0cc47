"""Whatever stops a session, and whenever: it goes on, and asks nothing twice."""

from __future__ import annotations

import subprocess
from itertools import count

import pytest

from plugwright.errors import UsageError
from plugwright.lives import State
from plugwright_forge.answers import Source
from plugwright_forge.commission import carry_out
from plugwright_forge.person import Absent
from plugwright_forge.progress import Lines
from plugwright_forge.session import Session

MOMENT = 1_767_600_000.0


class Stop(Exception):
    """The power went out."""


class Fuse:
    """Burns through at one moment of many, and is whole again afterwards."""

    def __init__(self, at=None):
        self.at = at
        self.moments = 0

    def pass_through(self):
        self.moments += 1
        if self.moments == self.at:
            raise Stop


def fused(fuse):
    """Make a session that may stop before and after every new event."""

    class Fused(Session):
        def step(self, key, compute):
            if self.has(key):
                return super().step(key, compute)
            fuse.pass_through()
            super().step(key, compute)
            fuse.pass_through()
            return super().step(key, compute)

    return Fused


class FusedLives:
    """Lives that may stop after every arrow."""

    def __init__(self, lives, fuse):
        self._lives, self._fuse = lives, fuse

    def __getattr__(self, name):
        arrow = getattr(self._lives, name)
        if name not in ("forged", "judged", "propose", "approve", "activate"):
            return arrow

        def go(*args, **kwargs):
            result = arrow(*args, **kwargs)
            self._fuse.pass_through()
            return result

        return go


class Desk:
    """A host with one model, a judge that reads marks, and real lives."""

    def __init__(self, world, lives):
        self.lives = lives
        self._world = world

    def provider(self, name):
        return self._world.script.provider

    def judge(self):
        return self._world.judge

    def sandbox(self):
        return None

    def describe(self, name, files):
        return self._world.describe(name, files)


class Sarah(Absent):
    """Answers, and remembers what she was asked."""

    def __init__(self):
        self.asked = []

    def answer(self, number, question):
        self.asked.append(question.question)
        return "the last"


def work(world, lives, session, person):
    def decide(id):
        lives.approve(id, by="Sarah")
        lives.activate(id)
        return True

    return carry_out(
        Desk(world, lives), session, person=person, display=Lines(), decide=decide
    )


def whole_way(world, lives, fuse):
    """Run to the end, starting again after every stop."""
    kind, person = fused(fuse), Sarah()
    fused_lives = FusedLives(lives, fuse)
    try:
        session = world.begin(kind)
    except Stop:
        # Nothing was done yet, or only the options are kept.
        try:
            session = kind.find(world.root, now=lambda: MOMENT)
        except UsageError:
            (empty,) = world.root.iterdir()
            for path in empty.iterdir():
                path.unlink()
            empty.rmdir()
            session = world.begin(kind)
    try:
        work(world, fused_lives, session, person)
    except Stop:
        last = session.has("end")
        name = session.name if last else ""
        session = kind.find(world.root, name, now=lambda: MOMENT)
        work(world, fused_lives, session, person)
    return session, person


def traces(session):
    refs = ["git", "-C", str(session.folder), "for-each-ref", "--format=%(objectname)"]
    return (
        (session.folder / "events.jsonl").read_bytes(),
        subprocess.run(refs, check=True, capture_output=True).stdout,
        sorted(
            (path.name, path.read_bytes())
            for path in session.folder.iterdir()
            if path.is_file()
        ),
    )


@pytest.fixture
def eventful(world, story):
    """A session with every kind of step: a drop-out, a repair, an answer in person."""
    bad = story.fenced(story.failing("test_r1_the_longest"))
    lines = ["none", bad, bad, bad, story.fenced(story.code)]

    def make(number):
        here = world(implementer=lines)
        here.root = here.root / str(number)
        return here

    return make


def test_a_session_may_stop_anywhere_and_comes_to_the_same_end(eventful, lives):
    fuse = Fuse()
    reference = eventful(0)
    session, person = whole_way(reference, lives, fuse)
    expected = traces(session)
    assert person.asked == ["Which of two equal lessons?"]
    moments = fuse.moments

    # Same name and time, so the same bundle: lives beside it would see it twice.
    for number in range(1, moments + 1):
        again = eventful(number)
        fresh = _lives_of(again)
        session, person = whole_way(again, fresh, Fuse(number))

        assert traces(session) == expected, number
        assert again.script.asked() == reference.script.asked(), number
        assert person.asked == ["Which of two equal lessons?"], number
        assert len(again.judge.cases) == len(reference.judge.cases), number
        assert [life.state for life in fresh.list()] == [State.ACTIVE], number
    assert moments > 40


def _lives_of(world):
    from plugwright.database import Database
    from plugwright.home import Home
    from plugwright.lives import Lives

    home = Home(world.root.parent / f"home-{world.root.name}")
    home.make()
    return Lives(Database(home.database), home.bundles)


def test_what_is_in_the_log_is_counted_by_whoever_counts(eventful):
    here = eventful(0)
    session = here.begin()
    here.forge(session).run()
    first = here.script.asked()
    skipped = []
    here.script.provider.skip = skipped.append

    here.forge(Session.find(here.root, now=lambda: MOMENT)).run()

    assert skipped == first
    assert here.script.asked() == first


def test_a_torn_last_line_never_happened(eventful):
    here = eventful(0)
    session = here.begin()
    log = session.folder / "events.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"key":"requirements-ana')

    found = Session.find(here.root, now=lambda: MOMENT)

    assert found.options == session.options
    found.step("next", lambda: 1)
    assert log.read_bytes().startswith(whole)
    assert log.read_bytes().count(b"\n") == whole.count(b"\n") + 1


def test_whoever_only_looks_leaves_half_a_line_to_its_writer(eventful):
    here = eventful(0)
    session = here.begin()
    log = session.folder / "events.jsonl"
    with log.open("ab") as writer:
        writer.write(b'{"key":"next","at":1,')
        writer.flush()
        assert not Session.find(here.root, now=lambda: MOMENT).has("next")
        writer.write(b'"value":7}\n')

    assert Session.find(here.root, now=lambda: MOMENT).given("next") == {"next": 7}


def test_a_changed_line_is_named(eventful):
    here = eventful(0)
    log = here.begin().folder / "events.jsonl"
    log.write_bytes(log.read_bytes() + b"what?\n")

    with pytest.raises(UsageError, match="line 2, is not an event"):
        Session.find(here.root)


def test_options_that_were_changed_are_named(eventful):
    here = eventful(0)
    session = here.begin()
    log = session.folder / "events.jsonl"
    log.write_text(log.read_text().replace('"iterations":2', '"iterations":99'))

    with pytest.raises(UsageError, match="`iterations`"):
        _ = Session.find(here.root).options


def test_the_newest_unfinished_session_is_resumed(eventful):
    here = eventful(0)
    clock = count(MOMENT, 60)
    options = here.begin().options
    sessions = [
        Session.begin(here.root, options, lambda: next(clock)) for _ in range(3)
    ]
    sessions[2].end("active")

    assert Session.find(here.root).name == sessions[1].name
    assert Session.find(here.root, sessions[0].name).name == sessions[0].name


@pytest.mark.parametrize("name", ["", "other", "../0", "."])
def test_a_session_that_is_not_there_is_said_to_be_so(tmp_path, name):
    with pytest.raises(UsageError, match="there is no"):
        Session.find(tmp_path / "0", name)


def test_two_sessions_in_one_second_have_two_folders(eventful):
    here = eventful(0)

    assert here.begin().name + "-2" == here.begin().name


def test_an_answer_in_person_is_kept_as_such(eventful, lives):
    here = eventful(0)
    session, _ = whole_way(here, lives, Fuse())

    interview = (session.folder / "interview.json").read_text()

    assert '"the last"' in interview
    assert f'"{Source.PERSON}"' in interview


def test_a_session_without_a_usable_answer_is_not_resumed_in_vain(world, lives):
    here = world(architect="never")
    session = here.begin()

    with pytest.raises(Exception, match="architect"):
        work(here, lives, session, Sarah())

    with pytest.raises(UsageError, match="no unfinished session"):
        Session.find(here.root)
