"""No session spends more than it may, whatever is said, by whom, and how slowly."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugwright.errors import PlugwrightError
from plugwright.providers import BYTES_PER_TOKEN, Completion
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.forge import Forge
from plugwright_forge.options import Options
from plugwright_forge.product import Failure, Product
from plugwright_forge.session import Session
from plugwright_forge.watching import Nobody

TESTS = ("test_r1_the_longest", "test_r2_the_count", "test_r2_nothing_is_proved")
LAST = ("integration-specialist", "documentation-writer")
HOUR = 3600.0


@dataclass
class Clock:
    """Stands still unless somebody works, or thinks."""

    time: float = 1_767_600_000.0

    def __call__(self):
        return self.time


class Slow:
    """A model that takes its time, counts, and has a price; it keeps to its window."""

    name = "slow"

    def __init__(self, script, clock, seconds, tokens, price):
        self.script, self.clock = script, clock
        self.seconds, self.tokens, self.cost = seconds, tokens, price
        self.capabilities = script.provider.capabilities
        self.said = []

    def complete(self, request):
        text = self.script.provider.complete(request).text
        self.clock.time += self.seconds
        size = sum(len(m.content.encode(errors="replace")) for m in request.messages)
        said = Completion(
            text=text,
            tokens_in=size // BYTES_PER_TOKEN,
            tokens_out=min(self.tokens, request.sampling.max_tokens),
            seconds=self.seconds,
        )
        self.said.append((request.role, said))
        return said

    def price(self, said):
        return self.cost


class SlowJudge:
    """The judge of these tests, with a clock."""

    name = "slow"

    def __init__(self, judge, clock, seconds):
        self.judged, self.clock, self.seconds = judge, clock, seconds
        self.times = 0

    def judge(self, case, watch=None):
        self.times += 1
        self.clock.time += self.seconds
        return self.judged.judge(case, watch)


class Thinker:
    """Answers after an hour, whatever comes to mind."""

    def __init__(self, clock, words):
        self.clock, self.words, self.thought = clock, words, 0

    def _said(self):
        self.clock.time += HOUR
        self.thought += 1
        return self.words

    def answer(self, number, question):
        return self._said()

    def card(self, number, card):
        return self._said()

    def specification(self, file, problem):
        self._said()
        return not problem


@dataclass
class Scene:
    """One session, with everybody in it."""

    here: object
    session: Session
    clock: Clock
    model: Slow
    judge: SlowJudge
    person: Thinker

    def run(self, session=None):
        return Forge(
            session or self.session,
            provider=self.model,
            judge=self.judge,
            describe=self.here.describe,
            person=self.person,
            watcher=Nobody(),
        ).run()


@pytest.fixture
def scene(world):
    def make(folder, script, options, *, seconds=1.0, tokens=100, price=0.0, words=""):
        clock, here = Clock(), world(**script)
        here.root = Path(folder)
        session = Session.begin(here.root, options, clock)
        return Scene(
            here,
            session,
            clock,
            Slow(here.script, clock, seconds, tokens, price),
            SlowJudge(here.judge, clock, seconds),
            Thinker(clock, words),
        )

    return make


def answers(story):
    marks = st.tuples(st.sampled_from(TESTS), st.sampled_from(["WA", "RE", "SV"]))
    programs = st.lists(marks, max_size=3).map(
        lambda found: story.fenced(
            story.code + "".join(f"# {verdict} {test}\n" for test, verdict in found)
        )
    )
    others = st.sampled_from(
        [
            story.fenced("def f(:\n"),
            story.fenced("# CE\n"),
            json.dumps(story.questions),
            json.dumps(story.specification),
            story.fenced(story.tests),
            json.dumps({"better": "first", "why": "so"}),
            "I need the code from the implementer.",
            "again and again " * 60,
            "",
        ]
    )
    return programs | others | st.text(max_size=40)


ROLES = (
    *("requirements_analyst", "architect", "test_engineer"),
    *("integration_specialist", "documentation_writer"),
)


def options_of(draw, budget):
    return Options(
        request="Find lessons!",
        model="slow",
        autonomy=draw(st.sampled_from(Autonomy)),
        candidates=draw(st.integers(1, 12)),
        budget=budget,
    )


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_every_script_ends_within_every_amount_of_its_budget(scene, story, data):
    draw = data.draw
    budget = Budget(
        calls=draw(st.integers(5, 40)),
        tokens=draw(st.sampled_from([20_000, 60_000, 600_000])),
        seconds=draw(st.floats(5, 200)),
        wall=draw(st.floats(5, 200)),
        money=draw(st.sampled_from([0.0, 0.05, 1.0])),
        reserve=draw(st.sampled_from([0.0, 0.1, 0.5])),
    )
    script = {"implementer": draw(st.lists(answers(story), min_size=1, max_size=12))}
    said = st.lists(answers(story), min_size=1, max_size=4)
    script |= draw(st.dictionaries(st.sampled_from(ROLES), said, max_size=2))
    seconds = draw(st.floats(0.1, 9))
    price = draw(st.sampled_from([0.0, 0.01]))
    with tempfile.TemporaryDirectory() as folder:
        here = scene(
            folder,
            script,
            options_of(draw, budget),
            seconds=seconds,
            tokens=draw(st.integers(1, 20_000)),
            price=price,
            words=draw(st.sampled_from(["", "yes", "no", "the last"])),
        )
        result = outcome(here)
        check(here, budget, seconds, price)
        check_outcome(result)
        asked, judged = len(here.model.said), here.judge.times
        again = outcome(here, Session(here.session.folder, here.clock))
        assert type(again) is type(result)
        # Whoever goes on has spent the same, so there is nothing left to do.
        assert (len(here.model.said), here.judge.times) == (asked, judged)


def outcome(here, session=None):
    try:
        return here.run(session)
    except PlugwrightError as error:
        return error


def at_work(session):
    """Give how long a session worked, as its log has it."""
    lines = (session.folder / "events.jsonl").read_text().splitlines()
    return json.loads(lines[-1])["worked"]


def check(here, budget, seconds, price):
    said = here.model.said
    assert len(said) <= budget.calls
    assert sum(s.tokens_in + s.tokens_out for _, s in said) <= budget.tokens
    # How long a step takes, and what it costs, is known when it is done.
    worked = seconds * (len(said) + here.judge.times)
    assert worked <= budget.seconds + seconds
    assert at_work(here.session) <= budget.wall + seconds
    assert at_work(here.session) == pytest.approx(worked, abs=0.1)
    assert price * len(said) <= budget.money + price
    # The reserve is for the end alone.
    before = [role for role, _ in said if role not in LAST]
    assert len(before) <= max(1, budget.calls * (1 - budget.reserve))
    # A person's time is nobody's.
    idle = here.clock.time - Clock().time - worked
    assert idle == pytest.approx(here.person.thought * HOUR, abs=0.1)


def check_outcome(result):
    if isinstance(result, Product):
        assert result.report.passed
    elif isinstance(result, Failure):
        assert result.missing
    else:
        assert result.remedy


def plain(**changes):
    return Options(request="Find lessons!", model="slow", **changes)


def test_a_person_who_thinks_for_hours_costs_nothing(scene, tmp_path):
    here = scene(tmp_path, {}, plain(budget=Budget(wall=60)), words="the last")

    assert isinstance(here.run(), Product)
    assert here.person.thought >= 2
    assert at_work(here.session) < 60
    assert here.clock.time - Clock().time > 2 * HOUR


def test_the_night_between_a_stop_and_going_on_costs_nothing(scene, tmp_path, story):
    bad = story.fenced(story.failing("test_r1_the_longest"))
    here = scene(tmp_path, {"implementer": bad}, plain(budget=Budget(wall=60)))
    step = here.session.step

    def stopping(key, compute):
        if key == "judge/candidate-2/0":
            raise KeyboardInterrupt
        return step(key, compute)

    here.session.step = stopping
    with pytest.raises(KeyboardInterrupt):
        here.run()
    before = at_work(here.session)
    here.clock.time += 12 * HOUR

    later = Session(here.session.folder, here.clock)
    here.run(later)

    assert before < at_work(later) < 60


def test_whoever_pauses_by_the_clock_is_counted_while_at_work(scene, tmp_path):
    here = scene(tmp_path, {}, plain())
    session = here.session

    session.step("a", lambda: None)
    here.clock.time += 5  # between two steps the forge thinks, too
    session.step("b", lambda: None)
    assert session.worked == 5
    with session.waiting():
        here.clock.time += HOUR
    session.step("c", lambda: None)
    assert (session.worked, session.took) == (5, 0)
    session.step("a", lambda: None)
    assert session.worked == 0


def test_the_longest_answer_has_to_fit_into_what_is_left(scene, tmp_path):
    # Of 3,000 tokens a question of the analyst leaves less than its answer may have.
    here = scene(tmp_path, {}, plain(budget=Budget(tokens=2_000)), tokens=9_999)

    with pytest.raises(PlugwrightError, match="tokens are spent"):
        here.run()

    assert here.model.said == []


def test_what_costs_is_not_asked_where_nothing_may_cost(scene, tmp_path):
    here = scene(tmp_path, {}, plain(budget=Budget(money=0)), price=0.5)

    with pytest.raises(PlugwrightError, match="0 of 0 units of money are spent"):
        here.run()

    assert here.model.said == []


@pytest.mark.parametrize("price", [-1.0, float("nan"), float("inf")])
def test_a_price_that_is_none_ends_it_with_a_name(scene, tmp_path, price):
    here = scene(tmp_path, {}, plain(), price=price)

    with pytest.raises(PlugwrightError, match="`slow` says that an answer costs"):
        here.run()


def test_an_only_call_is_not_kept_for_the_end(scene, tmp_path):
    here = scene(tmp_path, {}, plain(budget=Budget(calls=1)))

    with pytest.raises(PlugwrightError, match="1 of 1 calls of models are spent"):
        here.run()

    assert len(here.model.said) == 1


class Cut(Exception):
    """The line is cut while the model answers."""


def test_a_question_has_one_name_however_often_it_is_asked(scene, tmp_path, story):
    bad = story.fenced(story.failing("test_r1_the_longest"))
    here = scene(tmp_path, {"implementer": ["none", bad, bad, bad]}, plain())
    complete, sent = here.model.complete, []

    def cut(request):
        sent.append(request)
        if len(sent) in (3, 8):
            raise Cut  # it was sent, and perhaps paid for
        return complete(request)

    here.model.complete = cut
    for session in (here.session, *[None] * 2):
        again = session or Session(here.session.folder, here.clock)
        try:
            here.run(again)
        except Cut:
            continue

    names = [request.once for request in sent]
    assert names[2] == names[3]
    assert sent[2] == sent[3]
    assert names[7] == names[8]
    assert len(set(names)) == len(names) - 2
    assert all(name.startswith(f"{here.session.name}/") for name in names)
