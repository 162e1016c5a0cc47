"""What a role has read is saved, and taken up only where it belongs."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_gguf import write_adapter, write_model

from plugwright.errors import UsageError
from plugwright.providers import Message, Request
from plugwright_llamacpp.provider import LocalModel

Ask = Callable[..., Request]
Open = Callable[..., LocalModel]
LONG = "Tell me of halves. " * 40


def longer(ask: Ask, answer: str) -> Request:
    return ask(
        messages=(
            Message("user", LONG),
            Message("assistant", answer),
            Message("user", "And thirds?"),
        )
    )


def test_only_what_is_new_is_read_and_the_answer_is_the_same(
    open_model: Open, ask: Ask, tmp_path: Path
) -> None:
    first = open_model("context=2048")
    answer = first.complete(ask(LONG)).text
    saved = first.save_state("tutor", tmp_path / "state")
    going_on = first.complete(longer(ask, "One of two."))
    first.close()

    second = open_model("context=2048")
    restored = second.restore_state("tutor", tmp_path / "state")
    resumed = second.complete(longer(ask, "One of two."))

    assert restored == saved
    assert resumed.tokens_cached == going_on.tokens_cached > 700
    assert resumed.text == going_on.text
    assert answer


def test_the_answer_is_the_same_as_without_a_state(
    open_model: Open, ask: Ask, tmp_path: Path
) -> None:
    first = open_model("context=2048")
    first.complete(ask(LONG, max_tokens=1))
    first.save_state("tutor", tmp_path / "state")
    first.close()
    second = open_model("context=2048")
    fresh = second.complete(longer(ask, "One of two."))

    second.restore_state("other", tmp_path / "state")
    resumed = second.complete(longer(ask, "One of two."))

    assert resumed.text == fresh.text


@pytest.mark.parametrize(
    ("query", "differs"),
    [
        ("context=1024", "context"),
        ("context=2048&kv=f32", "kv"),
        ("context=2048&flash=off", "flash"),
        ("context=2048&rope_base=500000", "rope"),
        ("context=2048&seats=2", "seats"),
    ],
)
def test_a_state_of_other_options_is_refused(
    open_model: Open, ask: Ask, tmp_path: Path, query: str, differs: str
) -> None:
    model = open_model("context=2048")
    model.complete(ask(LONG, max_tokens=1))
    model.save_state("tutor", tmp_path / "state")

    with pytest.raises(UsageError, match=f"it differs in {differs}"):
        open_model(query).restore_state("tutor", tmp_path / "state")


def test_a_state_of_another_model_of_the_same_shape_is_refused(
    open_model: Open, ask: Ask, tmp_path: Path
) -> None:
    paths = [write_model(tmp_path / f"{n}.gguf", seed=n) for n in range(2)]
    times = paths[0].stat()
    os.utime(paths[1], ns=(times.st_atime_ns, times.st_mtime_ns))
    one, two = (open_model("context=1024", path) for path in paths)
    one.complete(ask())
    one.save_state("tutor", tmp_path / "state")

    with pytest.raises(UsageError, match="it differs in model"):
        two.restore_state("tutor", tmp_path / "state")

    assert two.complete(ask()).tokens_cached == 0


def test_a_state_of_another_adapter_is_refused(
    open_model: Open, ask: Ask, tmp_path: Path
) -> None:
    adapter = write_adapter(tmp_path / "adapter.gguf")
    bare = open_model("context=1024")
    adapted = open_model(f"context=1024&lora={adapter}")
    assert adapted.complete(ask()).text != bare.complete(ask()).text
    bare.save_state("tutor", tmp_path / "state")

    with pytest.raises(UsageError, match="it differs in lora"):
        adapted.restore_state("tutor", tmp_path / "state")


def test_a_copy_of_the_model_takes_the_state(
    open_model: Open, ask: Ask, tmp_path: Path, tiny: Path
) -> None:
    one = open_model("context=1024")
    one.complete(ask())
    one.save_state("tutor", tmp_path / "state")
    shutil.copy2(tiny, tmp_path / "copy.gguf")

    two = open_model("context=1024", tmp_path / "copy.gguf")

    assert two.restore_state("tutor", tmp_path / "state").tokens > 0


@pytest.mark.parametrize("broken", ["cut", "changed", "note", "no note", "nothing"])
def test_a_broken_state_is_refused_and_nothing_is_lost(
    model: LocalModel, ask: Ask, tmp_path: Path, broken: str
) -> None:
    model.complete(ask())
    path = tmp_path / "state"
    model.save_state("tutor", path)
    data = bytearray(path.read_bytes())
    if broken == "cut":
        path.write_bytes(data[:-100])
    elif broken == "changed":
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    elif broken == "note":
        path.with_name("state.json").write_text("{")
    else:
        path.with_name("state.json").unlink()
        if broken == "nothing":
            path.unlink()

    with pytest.raises(UsageError, match=r"cannot be taken up"):
        model.restore_state("tutor", path)

    again = model.complete(ask())
    assert again.tokens_cached == again.tokens_in - 1


def test_a_state_of_another_library_is_refused(
    model: LocalModel, ask: Ask, tmp_path: Path
) -> None:
    model.complete(ask())
    model.save_state("tutor", tmp_path / "state")
    note = json.loads((tmp_path / "state.json").read_text())
    note["fingerprint"]["library"] = "0.1"
    (tmp_path / "state.json").write_text(json.dumps(note))

    with pytest.raises(UsageError, match="it differs in library"):
        model.restore_state("tutor", tmp_path / "state")


def test_who_has_read_nothing_has_no_state(model: LocalModel, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has read nothing yet"):
        model.save_state("nobody", tmp_path / "state")


def test_a_folder_that_is_not_there_is_told(
    model: LocalModel, ask: Ask, tmp_path: Path
) -> None:
    model.complete(ask())

    with pytest.raises(UsageError, match="cannot be written"):
        model.save_state("tutor", tmp_path / "missing" / "state")
