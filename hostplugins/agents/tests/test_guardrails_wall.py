"""Nothing gets past the wall around a model, whole or in pieces."""

from __future__ import annotations

import random
from threading import Thread

import pytest
from scripts import Model, Speaking, building, wants

from plugwright import Agent
from plugwright.agents import Ability, RunStopped
from plugwright.providers import (
    Cancel,
    Capabilities,
    Closes,
    Embeds,
    Message,
    Piece,
    Request,
    Streams,
    able,
    counted,
)
from plugwright_agents.finding import masked, secrets_in
from plugwright_agents.optional.guardrails import Guardrails

KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


def streamed(host, model, **options):
    agent = building(host, model=model).use("guardrails", **options).build()
    *events, result = agent.stream("go")
    return "".join(e.text for e in events if isinstance(e, Piece)), result


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_secret_that_comes_in_pieces_is_never_shown(host, size):
    text = f"first\nmy key is {KEY} and\nmail ada@example.org now\nlast"
    shown, result = streamed(host, Speaking(text, size=size), personal="mask")
    assert shown == result.text
    assert result.text == "first\nmy key is [AWS key] and\nmail [email] now\nlast"


def test_whole_lines_are_shown_before_the_answer_ends(host):
    model = Speaking("one\ntwo\nthree", size=4)
    agent = building(host, model=model).use("guardrails").build()
    events = [*agent.stream("go")]
    pieces = [event.text for event in events if isinstance(event, Piece)]
    assert pieces == ["one\n", "two\n", "three"]


def test_a_private_key_is_held_back_until_it_ends(host):
    body = "\n".join(["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"] * 12)
    key = f"-----BEGIN PRIVATE KEY-----\nProc: x\n\n{body}\n-----END PRIVATE KEY-----"
    shown, result = streamed(host, Speaking(f"a\n{key}\nb\n", size=5))
    assert shown == result.text == "a\n[private key]\nb\n"
    shown, result = streamed(host, Speaking(f"a\n{key[:200]}", size=5))
    assert "MII" in key[:200]
    assert "-----" not in shown
    assert shown == result.text


PARTS = (
    *(KEY, "ada@example.org", "4111 1111 1111 1111", "+49 30 1234567", "\n", "\n\n"),
    *(" ", "word", 'password: "correct-horse"', "sk-" + "x1" * 15, "://u:p@h", "-"),
    *("-----BEGIN PRIVATE KEY-----\nQUJDQUJDQUJDQUJD\n", "-----END PRIVATE KEY-----"),
)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_shown_is_what_is_masked_wherever_it_is_split(host, seed):
    dice = random.Random(seed)
    text = " ".join(dice.choice(PARTS) for _ in range(30))
    model = Speaking(text, size=dice.randint(1, 20))
    shown, result = streamed(host, model, personal="mask")
    assert shown == result.text == Guardrails(personal="mask").masked(text)[0]


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_shown_in_pieces_that_the_whole_answer_does_not_show(host, seed):
    dice = random.Random(seed)
    text = "".join(f"{dice.choice(PARTS)}\n" for _ in range(30))
    text = text.replace("\n", "", dice.randint(0, 9)) + f" {KEY}\n"
    shown, result = streamed(host, Speaking(text, size=5), personal="mask")
    assert f" {KEY}" not in result.text
    for secret in ("correct-horse", "x1x1x1", "QUJDQUJD", KEY, "u:p@", "ada@", "4111"):
        assert shown.count(secret) <= result.text.count(secret)


def test_of_two_secrets_that_overlap_nothing_is_left():
    text = "sk-" + "x1" * 10 + "-----BEGIN PRIVATE KEY-----\nQUJDQUJDQUJDQUJDQUJD"
    assert masked(text, secrets_in(text))[0] == "[API key]"


def test_a_secret_is_not_on_record_either(host, tmp_path):
    agent = Agent.builder("tester", host=host).model(Model(f"it is {KEY}"))
    agent = agent.use("guardrails").records(tmp_path / "runs.db").build()
    agent.run("go")
    agent.close()
    assert KEY.encode() not in (tmp_path / "runs.db").read_bytes()


def test_a_cancelled_answer_is_masked_as_far_as_it_came(host):
    model = Speaking(f"my key is {KEY}\nand more\nand more", size=3)
    agent = building(host, model=model).use("guardrails").build()
    cancel, shown = Cancel(), []

    def listen(event):
        shown.append(getattr(event, "text", ""))
        cancel.wish()

    with pytest.raises(RunStopped):
        agent.run("go", cancel=cancel, listen=listen)
    assert "".join(shown) == "my key is [AWS key]\nan"


@pytest.mark.parametrize("first", ["guardrails", "late"])
def test_whatever_is_used_before_or_after_nothing_gets_past_the_wall(host, first):
    class Late(Ability):
        def around(self, run, request, ask):
            told = Message("system", f"by the way: {KEY}")
            return ask(replace(request, messages=(told, *request.messages)))

    from dataclasses import replace

    model = Model("fine")
    builder = building(host, model=model)
    each = [("guardrails",), (Late,)]
    for use in each if first == "guardrails" else reversed(each):
        builder.use(*use)
    builder.build().run("go")
    assert model.asked[0].messages[0].content == "by the way: [AWS key]"


def test_a_model_that_was_changed_behind_the_wall_is_not_asked(host):
    from dataclasses import replace

    class Changes(Ability):
        def settings(self, plan):
            return replace(plan, provider=other)

    model, other = Model("x"), Model("y")
    agent = building(host, model=model).use("guardrails").use(Changes).build()
    with pytest.raises(RunStopped, match="changed the model") as raised:
        agent.run("go")
    assert "use `guardrails` after it" in raised.value.remedy
    assert model.asked == other.asked == []


def test_the_wall_says_of_a_model_what_the_model_says():
    from plugwright_agents.optional.guarded import Guarded

    class Rich(Speaking):
        capabilities = Capabilities(context=77)
        closed = False

        def count(self, request):
            return len(request.messages[0].content)

        def embed(self, texts):
            return [[1.0] for _ in texts]

        def close(self):
            self.closed = True

    rich, plain = Rich("x"), Model("x")
    wall = Guarded(rich, Guardrails())
    assert isinstance(wall, Streams)
    assert isinstance(wall, Embeds)
    assert able(wall).context == 77
    asked = Request(role="r", template="t/1", messages=(Message("user", KEY),))
    assert counted(wall, asked) == len("[AWS key]")  # a service may be who counts
    wall.close()
    assert rich.closed
    bare = Guarded(plain, Guardrails())
    assert not isinstance(bare, Streams)
    assert not isinstance(bare, Embeds)
    assert not isinstance(plain, Closes)
    bare.close()


def test_refused_words_of_an_answer_are_not_shown_to_the_model_again(host):
    model = Model(f"it is {KEY}", "it is secret")
    agent = building(host, model=model).use("guardrails", secrets="refuse").build()
    agent.run("go")
    assert KEY not in str(model.asked[1])


def test_what_is_masked_counts_once_although_it_is_sent_twice(host, tmp_path):
    def read() -> str:
        return "nothing"

    agent = Agent.builder("tester", host=host).tools(read)
    agent = agent.model(Model(wants("read"), "done")).use("guardrails")
    agent = agent.records(tmp_path / "runs.db").build()
    agent.run(f"my key is {KEY}")
    assert len(agent.book.pains()) == 1


def test_runs_at_once_do_not_mix_what_was_noticed(host, tmp_path):
    def answer(request):
        return f"it is {KEY}" if "secret" in request.messages[-1].content else "fine"

    agent = Agent.builder("tester", host=host).model(Model(by=answer))
    agent = agent.use("guardrails").records(tmp_path / "runs.db").build()
    going = [
        Thread(target=agent.run, args=(f"{'secret' if n % 2 else 'plain'} {n}",))
        for n in range(12)
    ]
    for each in going:
        each.start()
    for each in going:
        each.join()
    assert len(agent.book.pains()) == 6
