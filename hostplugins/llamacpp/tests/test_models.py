"""Models are shared, counted, and unloaded when others need their memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tiny_gguf import write_model

from plugwright.errors import Unavailable, UsageError
from plugwright.providers import Cancel, Done, Finish, Request
from plugwright_llamacpp.models import Models
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.provider import LocalModel

Ask = Callable[..., Request]
SMALL = Options(threads=1, context=1024, repack="off")


def test_the_same_model_is_loaded_once(models: Models, tiny: Path) -> None:
    one, two = models.lease(tiny, SMALL), models.lease(tiny, SMALL)

    assert one.model is two.model
    assert [each.leases for each in models.standings()] == [2]


def test_other_options_are_another_model(models: Models, tiny: Path) -> None:
    one = models.lease(tiny, SMALL)
    two = models.lease(tiny, Options(threads=1, context=512))

    assert one.model is not two.model


def test_a_file_that_was_replaced_is_another_model(
    models: Models, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "a.gguf")
    one = models.lease(path, SMALL)
    write_model(tmp_path / "b.gguf", seed=1).replace(path)

    assert models.lease(path, SMALL).model is not one.model


def test_a_model_stays_until_its_last_lease_is_closed(
    models: Models, tiny: Path, ask: Ask
) -> None:
    one, two = models.lease(tiny, SMALL), models.lease(tiny, SMALL)

    one.close()
    one.close()

    assert LocalModel(two).complete(ask()).tokens_out == 40
    with pytest.raises(UsageError, match="was closed"):
        _ = one.model
    two.close()
    assert models.standings() == []


def test_closing_ends_what_is_being_answered(
    models: Models, tiny: Path, ask: Ask
) -> None:
    model = LocalModel(models.lease(tiny, Options(threads=1, context=8192)))
    events = iter(model.stream(ask(max_tokens=8000), Cancel()))
    next(events)

    model.close()

    *_, done = events
    assert isinstance(done, Done)
    assert done.completion.finish is Finish.CANCELLED


def test_closing_answers_those_who_wait(models: Models, tiny: Path, ask: Ask) -> None:
    lease = models.lease(tiny, SMALL)
    begun, go = threading.Event(), threading.Event()
    first = lease.model.submit(lambda loaded: (begun.set(), go.wait()))
    begun.wait()
    second = lease.model.submit(lambda loaded: "never")
    closing = threading.Thread(target=lease.close)
    closing.start()
    while not lease_is_closed(lease):
        pass
    go.set()
    closing.join()

    assert first.result() == (None, True)
    with pytest.raises(UsageError, match="was closed"):
        second.result()


def lease_is_closed(lease: object) -> bool:
    return lease._model is None  # type: ignore[attr-defined,no-any-return]


def test_a_model_that_waits_makes_way_and_comes_back(
    models: Models, tmp_path: Path, ask: Ask
) -> None:
    paths = [write_model(tmp_path / f"{n}.gguf", seed=n) for n in range(2)]
    one = LocalModel(models.lease(paths[0], SMALL))
    before = one.complete(ask()).text
    models.budget = int(one.model.plan.total * 1.5)

    two = LocalModel(models.lease(paths[1], SMALL))

    assert [each.is_loaded for each in models.standings()] == [False, True]
    assert one.footprint is None
    assert one.complete(ask()).text == before
    assert [each.is_loaded for each in models.standings()] == [True, False]
    assert two.complete(ask()).text != before


def test_whoever_hears_an_answer_may_have_the_memory_at_once(
    models: Models, tiny: Path
) -> None:
    model, go, seen = models.lease(tiny, SMALL).model, threading.Event(), []
    job = model.submit(lambda loaded: go.wait())
    job.add_done_callback(lambda _: seen.append(model.is_busy))

    go.set()
    model.close()

    assert seen == [False]


def test_a_more_important_model_does_not_make_way(
    models: Models, tmp_path: Path, tiny: Path
) -> None:
    important = Options(threads=1, context=1024, repack="off", priority=1)
    lease = models.lease(tiny, important)
    models.budget = int(lease.model.plan.total * 1.5)

    with pytest.raises(UsageError, match="and models may take"):
        models.lease(write_model(tmp_path / "b.gguf"), SMALL)

    assert lease.model.is_loaded


def test_the_least_important_makes_way_first(models: Models, tmp_path: Path) -> None:
    leases = [
        models.lease(
            write_model(tmp_path / f"{priority}.gguf"),
            Options(threads=1, context=1024, repack="off", priority=priority),
        )
        for priority in (1, 0, 2)
    ]
    models.budget = int(leases[0].model.plan.total * 3.5)

    models.lease(
        write_model(tmp_path / "new.gguf"),
        Options(threads=1, context=1024, repack="off", priority=3),
    )

    assert [lease.model.is_loaded for lease in leases] == [True, False, True]


def test_one_that_was_unloaded_comes_back_when_asked(
    models: Models, tiny: Path, ask: Ask
) -> None:
    model = LocalModel(models.lease(tiny, SMALL))
    before = model.complete(ask()).text

    assert models.unload(model.name)
    assert not models.unload(model.name)

    assert not model.model.is_loaded
    assert model.complete(ask()).text == before


def test_models_at_work_share_the_cores(models: Models) -> None:
    models._cores = 8
    seen = []
    for _ in range(3):
        models.begin()
        seen.append(models.threads())
    for _ in range(3):
        models.end()

    assert seen == [8, 4, 2]
    assert models.threads() == 8


def test_two_models_answer_at_once(models: Models, tmp_path: Path, ask: Ask) -> None:
    providers = [
        LocalModel(models.lease(write_model(tmp_path / f"{n}.gguf", seed=n), SMALL))
        for n in range(2)
    ]
    streams = [iter(each.stream(ask(max_tokens=900), Cancel())) for each in providers]

    # Both have begun before either has ended.
    for each in streams:
        next(each)

    assert all(isinstance([*each][-1], Done) for each in streams)


def test_a_model_that_cannot_be_loaded_leaves_nothing(
    models: Models, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "a.gguf", template=None)
    before = threading.active_count()

    with pytest.raises(UsageError, match="has no chat template"):
        models.lease(path, SMALL)

    assert models.standings() == []
    assert threading.active_count() == before


def test_who_has_a_seat_is_told_with_what_they_have_read(
    models: Models, tiny: Path, ask: Ask
) -> None:
    model = LocalModel(models.lease(tiny, SMALL))
    answers = {role: model.complete(ask(role=role)) for role in ("tutor", "critic")}

    (standing,) = models.standings()

    # The last token was said, and not read.
    read = {r: a.tokens_in + a.tokens_out - 1 for r, a in answers.items()}
    assert standing.roles == read
    models.unload(model.name)
    assert models.standings()[0].roles == {}


def test_room_that_was_made_for_one_is_not_given_to_another(
    models: Models, tmp_path: Path
) -> None:
    one, two = (
        models.lease(write_model(tmp_path / f"{n}.gguf", seed=n), SMALL).model
        for n in range(2)
    )
    for model in (one, two):
        model.unload()
    models.budget = int(one.plan.total * 1.5)

    models.make_room(one)

    with pytest.raises(Unavailable, match="others hold all but"):
        models.make_room(two)
    models.has_come(one)  # it could not be loaded after all
    models.make_room(two)
    models.has_come(two)


def test_two_that_come_back_at_once_both_answer_or_say_why(
    models: Models, tmp_path: Path, ask: Ask
) -> None:
    providers = [
        LocalModel(models.lease(write_model(tmp_path / f"{n}.gguf", seed=n), SMALL))
        for n in range(4)
    ]
    for each in providers:
        models.unload(each.name)
    models.budget = int(providers[0].model.plan.total * 2.5)

    def work(provider: LocalModel) -> list[tuple[bool, int]]:
        found = []
        for _ in range(10):
            try:
                is_answered = provider.complete(ask(max_tokens=3)).tokens_out == 3
            except Unavailable as error:
                is_answered = not error.is_worth_retrying
            used = sum(m.plan.total for m in models.standings() if m.is_loaded)
            found.append((is_answered, used))
        return found

    with ThreadPoolExecutor(4) as pool:
        found = [each for many in pool.map(work, providers) for each in many]

    assert any(is_answered for is_answered, _ in found)
    assert max(used for _, used in found) <= models.budget
