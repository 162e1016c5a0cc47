"""What ends the whole process with the library alone, ends in an error here.

Each in a child process: a crash fails the test, and not everything after it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_gguf import write_model

START = """
import json, sys, threading
from dataclasses import replace
from pathlib import Path
from plugwright.errors import *
from plugwright.providers import *
from plugwright_llamacpp.models import Models
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.provider import LocalModel

def ask(text, **more):
    return Request(role=more.pop("role", "tutor"), template="test/1",
                   messages=(Message("user", text),),
                   sampling=Sampling(temperature=0.0, max_tokens=60), **more)

OPTIONS = Options(context=8192, threads=1)
models = Models()
model = LocalModel(models.lease(Path(sys.argv[1]), OPTIONS))
"""

# What the library does when it is used like this is shown first.
RAW = """
import ctypes, sys, threading
import llama_cpp
from llama_cpp import Llama
llama = Llama(sys.argv[1], n_ctx=512, verbose=False)
"""


def run(program: str, tiny: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", program, str(tiny)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "use",
    [
        "llama.close(); llama.eval([1, 2, 3])",
        """
new = llama_cpp.llama_sampler_chain_init
chain = new(llama_cpp.llama_sampler_chain_default_params())
made = llama_cpp.llama_sampler_init_grammar
invalid = made(llama._model.vocab, b"root ::= (", b"root")
llama_cpp.llama_sampler_chain_add(chain, invalid)
llama.eval([1])
llama_cpp.llama_sampler_sample(chain, llama.ctx, -1)
""",
        """
text = r'root ::= "a" [\\U00500000-\\U00600000]'
grammar = llama_cpp.LlamaGrammar(_grammar=text)
list(zip(range(9), llama.generate([1], grammar=grammar)))
""",
    ],
    ids=["closed", "invalid grammar", "grammar without a way out"],
)
def test_the_library_alone_ends_the_process(tiny: Path, use: str) -> None:
    assert run(RAW + use, tiny).returncode < 0


def test_use_after_close_is_an_error(tiny: Path) -> None:
    program = """
other = LocalModel(models.lease(Path(sys.argv[1]), OPTIONS))
# So much that it is not said yet when everything is closed, on any machine.
long = Sampling(temperature=0.0, max_tokens=8000)
events = iter(model.stream(replace(ask("one"), sampling=long), Cancel()))
next(events)
other.close()
model.close()
for use in (model.complete, model.count, lambda r: model.embed(["a"]),
            other.complete, lambda r: [*model.stream(r, Cancel())]):
    try:
        use(ask("two"))
    except UsageError as error:
        print(error.message.endswith("was closed"))
print([*events][-1].completion.finish)
"""
    found = run(START + program, tiny)

    assert found.stdout.split() == ["True"] * 5 + ["cancelled"], found.stderr
    assert found.returncode == 0


def test_use_after_everything_was_closed_is_an_error(tiny: Path) -> None:
    program = """
kept = model.model
models.close()
for use in (model.complete, model.count, lambda r: model.embed(["a"]),
            lambda r: [*model.stream(r, Cancel())],
            lambda r: kept.submit(lambda loaded: loaded.engine.vector("a"))):
    try:
        use(ask("two"))
    except UsageError as error:
        print(error.message.endswith("was closed"))
model.close()
"""
    found = run(START + program, tiny)

    assert found.stdout.split() == ["True"] * 5, found.stderr
    assert found.returncode == 0


def test_many_threads_on_one_model_take_turns(tiny: Path) -> None:
    program = """
found = []
def work(n):
    for _ in range(3):
        found.append(model.complete(ask(str(n), role=str(n))).tokens_out)
        model.embed(["x"])
        model.count(ask("y"))
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
for each in threads: each.start()
for each in threads: each.join()
print(found == [60] * 24)
model.close()
"""
    found = run(START + program, tiny)

    assert found.stdout.split() == ["True"], found.stderr
    assert found.returncode == 0


def test_an_invalid_grammar_is_an_error(tiny: Path) -> None:
    program = r"""
from plugwright_llamacpp.generation import Ask
texts = ["root ::= (", "", "root ::= root", "other ::= \"a\"", "root ::= missing",
         "root ::= [", "\0", "root ::= \"\xff\" )"]
for text in texts:
    def work(loaded):
        from plugwright_llamacpp.sampler import grammar_sampler
        return grammar_sampler(loaded.engine, text)
    try:
        model.model.submit(work).result()
    except UsageError as error:
        print("llama.cpp refuses" in error.message)
    else:
        print("taken:", text)
try:
    model.complete(ask("x", schema={"$ref": "#"}))
except UsageError as error:
    print("llama.cpp refuses" in error.message)
for text in ("\0", "\ud800"):
    print(json.loads(model.complete(ask("x", schema={"const": text})).text) == text)
print(model.complete(ask("x")).tokens_out)
model.close()
"""
    found = run(START + program, tiny)

    assert found.stdout.split() == ["True"] * 11 + ["60"], found.stderr
    assert found.returncode == 0


def test_a_grammar_that_the_vocabulary_cannot_follow_is_an_error(tiny: Path) -> None:
    program = """
from dataclasses import replace
from plugwright_llamacpp.generation import Ask
def work(loaded):
    asked = Ask(role="a", prompt=[1, 2, 3], sampling=Sampling(max_tokens=10),
                grammar='root ::= "a" [\\\\U00500000-\\\\U00600000]')
    return loaded.generation.answer(asked, Cancel(), lambda text: None, 0.0)
try:
    print(model.model.submit(work).result())
except PlugwrightError as error:
    print(type(error).__name__)
print(model.complete(ask("x")).tokens_out)
model.close()
"""
    found = run(START + program, tiny)

    assert found.stdout.split() == ["Malformed", "60"], found.stderr
    assert found.returncode == 0


def test_a_model_of_no_numbers_is_borne(tmp_path: Path) -> None:
    program = """
from dataclasses import replace
for heat in (0.0, 0.8):
    request = replace(ask("x"), sampling=Sampling(temperature=heat, max_tokens=5))
    print(model.complete(request).tokens_out)
    try:
        model.complete(replace(request, schema={"enum": ["a", "b"]}))
    except Malformed:
        print("malformed")
model.close()
"""
    path = write_model(tmp_path / "nan.gguf", damaged=True)

    found = run(START + program, path)

    assert found.stdout.split() == ["5", "malformed"] * 2, found.stderr
    assert found.returncode == 0


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "raise SystemExit(3)"])
def test_the_interpreter_may_end_while_a_model_answers(tiny: Path, end: str) -> None:
    program = """
from plugwright_llamacpp.opening import open_model
from plugwright_llamacpp.options import Settings
model.close()
model = open_model(sys.argv[1] + "?context=8192", Settings())
events = iter(model.stream(Request(role="a", template="t/1",
    messages=(Message("user", "x"),), sampling=Sampling(max_tokens=8000)), Cancel()))
next(events)
"""
    found = run(START + program + end, tiny)

    assert found.returncode == (3 if end else 0), found.stderr


def test_a_model_is_closed_before_the_interpreter_goes(tiny: Path) -> None:
    # Whether a thread in the library crashes the process then, is a matter of moments.
    program = """
import atexit
from plugwright_llamacpp import opening
model.close()
kept = []
atexit.register(lambda: print([each.is_alive() for each in kept]))
model = opening.open_model(sys.argv[1] + "?context=8192&threads=1", opening.Settings())
kept.append(model.model._thread)
long = Request(role="a", template="t/1", messages=(Message("user", "x" * 7500),))
def asked():
    try:
        model.complete(long)
    except UsageError:  # said by whoever comes late, while nobody may write any more
        pass
threading.Thread(target=asked, daemon=True).start()
while not model.model.is_busy: pass
"""
    found = run(START + program, tiny)

    assert found.stdout.split() == ["[False]"], found.stderr
    assert found.returncode == 0
