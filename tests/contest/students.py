"""Students: providers that know a request's good answers and get some of them wrong.

A teacher answers every role from the files of a request. A student (of the cassette)
answers as the teacher does, but errs as often as it is told to, and its mistakes are
real ones. Half of the wrong programs are one of the few that everybody writes, for
models err alike; the others have one to three mutations. A tester errs a third as
often: half by expecting what one of those few programs gives, half by a slip.

Asked to repair, a student is worse than at first: whoever is right at first with
probability p mends a program with p cubed. So of all programs, the share of right ones
grows in one round by (1 - p) p^3: nearly nothing at 15 %, 6 points at 50 %, 10 at 70 %.
Over 21 models of at most 14B it was 0 for the smallest, 5.4 on average and 10.6 for the
largest. Who does not mend it makes one more mistake half of the time, also in a program
that was right and only accused by a wrong test.

The n-th answer of a role is the same whatever the question says: so strategies that ask
for the same thing get the same, and differ only in what they make of it.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from random import Random

from contest.mistakes import Misunderstandings, Reading, misread

from plugwright.providers import Completion, Message, Request, Sampling
from plugwright_cassette.student import Student
from plugwright_qa.mutation import mutants

REQUESTS = Path(__file__).parent / "requests"
OFTEN = 0.5
"""How often a mistake is one that everybody makes."""
LESS = 3
"""A test is wrong this many times less often than a program: it is shorter."""
SPOILT = 0.5
"""How often a repair that mends nothing makes one more mistake."""
_FENCE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Teacher:
    """Knows everything about one request."""

    request: str
    """The name of its folder."""

    @property
    def name(self) -> str:
        """Whose answers these are."""
        return f"teacher:{self.request}"

    def complete(self, request: Request) -> Completion:
        """Answer as a role that makes no mistakes."""
        text = {
            "requirements-analyst": lambda: self._analysed(request),
            "architect": lambda: self._file("specification.json"),
            "test-engineer": lambda: _fenced(self._file("test_plugin.py")),
            "implementer": lambda: _fenced(self._program(request)),
            # It knows nothing faster, so it gives back what it was shown.
            "optimiser": lambda: _fenced(_program_in(request)),
            "integration-specialist": self._review,
            "documentation-writer": lambda: _fenced("# It works\n", "markdown"),
        }[request.role]()
        return Completion(
            text=text,
            tokens_in=sum(len(message.content) for message in request.messages) // 4,
            tokens_out=len(text) // 4,
        )

    def _analysed(self, request: Request) -> str:
        if request.template.startswith("reviewer/"):
            return json.dumps({"better": "none"})
        return self._file("questions.json")

    def _program(self, request: Request) -> str:
        # Two programs that do the same: texts differ, behaviour does not.
        other = (request.sampling.seed or 0) % 2
        return self._file("other.py" if other else "plugin.py")

    def solution(self, code: str) -> str:
        """Give the good program that some code was to be: the one that it is like."""
        both = [self._file("plugin.py"), self._file("other.py")]
        return max(both, key=lambda good: SequenceMatcher(None, good, code).ratio())

    def _review(self) -> str:
        wanted = json.loads(self._file("specification.json")).get("permissions", [])
        return json.dumps(
            {"permissions": wanted, "unsure": [], "verdict": "fits", "why": "It does."}
        )

    def _file(self, name: str) -> str:
        return (REQUESTS / self.request / name).read_text("utf-8")


def student(
    request: str, right: float, seed: int, alike: Misunderstandings | None = None
) -> Student:
    """A team whose programmers are right at first with this probability.

    Without `alike`, everybody has mistakes of their own.
    """
    rates = {"implementer": 1 - right, "test-engineer": 1.0}
    blunder = blunders(request, 1 - right, alike)
    return Student(Teacher(request), rates, seed=seed, blunder=blunder)


@dataclass
class Pupil:
    """A student whose n-th answer of a role is the same, whatever it is asked."""

    request: str
    right: float
    seed: int
    alike: Misunderstandings
    calls: int = 0
    """How many questions it was asked."""
    _asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._student = student(self.request, self.right, self.seed, self.alike)

    @property
    def name(self) -> str:
        """Whose answers these are."""
        return self._student.name

    def complete(self, request: Request) -> Completion:
        """Answer; a program that is to be repaired is in the question."""
        self.calls += 1
        if request.role == "optimiser":
            return Teacher(self.request).complete(request)
        code = shown_program(request)
        about = f"{request.role} {'repair' if code else 'ask'}"
        self._asked[about] += 1
        n = self._asked[about]
        if code:
            luck = Random(f"{self.seed} {self.request} repair {n} {code}")
            teacher = Teacher(self.request)
            text = repaired(code, teacher.solution(code), self.right, luck)
            return Completion(text=_fenced(text))
        plain = (Message("user", f"{self.request} {about} {n}"),)
        return self._student.complete(
            replace(request, messages=plain, sampling=Sampling(seed=n))
        )


def shown_program(request: Request) -> str:
    """Give the program that somebody is asked to change; empty if there is none."""
    return _program_in(request) if request.role == "implementer" else ""


def _program_in(request: Request) -> str:
    asked = request.messages[-1].content
    found = [code for code in _FENCE.findall(asked) if "@command" in code]
    # What is to be written, signatures without bodies, is shown to everybody.
    programs = [code for code in found if "raise NotImplementedError" not in code]
    return programs[-1] if programs else ""


def repaired(code: str, solution: str, right: float, luck: Random) -> str:
    """Mend a program, or not."""
    if luck.random() < right**3:
        return solution
    return broken(code, luck, bugs=1) if luck.random() < SPOILT else code


def blunders(
    request: str, rate: float, alike: Misunderstandings | None = None
) -> Callable[[str, Random], str]:
    """Give the mistakes of somebody who errs this often."""
    many = len(alike.programs(request)) if alike else 0

    def blunder(text: str, luck: Random) -> str:
        found = _FENCE.search(text)
        if not found:
            return text
        source = found[1]
        if "from plugin import" in source:
            return _fenced(wrong_tests(source, luck))
        if alike and many and luck.random() < OFTEN:
            return _fenced(luck.choice(alike.programs(request)))
        return _fenced(broken(source, luck))

    def wrong_tests(source: str, luck: Random) -> str:
        often = OFTEN if many else 0.0
        reading = Reading()
        for number in range(many):
            if alike and luck.random() < rate / LESS * often:
                reading = reading.and_also(alike.reading(request, number))
        return misjudged(misread(source, reading), luck, rate / LESS * (1 - often))

    return blunder


def broken(source: str, luck: Random, bugs: int = 0) -> str:
    """Put bugs into a program; one to three, unless it is said how many."""
    right = _meaning(source)
    for _ in range(bugs or luck.choice([1, 1, 2, 3])):
        # A second bug may take back the first.
        found = [each for each in _mistakes(source) if _meaning(each) != right]
        if not found:
            break
        source = luck.choice(found)
    return source


@lru_cache(256)
def _mistakes(source: str) -> tuple[str, ...]:
    return tuple(each.source for each in mutants({"plugin.py": source}))


@lru_cache(32768)
def _meaning(source: str) -> str:
    return ast.dump(ast.parse(source))


def misjudged(source: str, luck: Random, rate: float) -> str:
    """Make some of the expectations wrong: each with this probability."""
    lines = source.split("\n")
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Assert) or luck.random() >= rate:
            continue
        constants = [
            each
            for each in ast.walk(node.test)
            if isinstance(each, ast.Constant) and each.lineno == each.end_lineno
        ]
        if constants:
            wrong = luck.choice(constants)
            line = lines[wrong.lineno - 1]
            start, end = _columns(line, wrong)
            lines[wrong.lineno - 1] = line[:start] + _other(wrong) + line[end:]
    changed = "\n".join(lines)
    try:
        ast.parse(changed)
    except SyntaxError:
        return source  # two changes of one line came into each other's way
    return changed


def _columns(line: str, node: ast.Constant) -> tuple[int, int]:
    """Turn offsets in bytes into offsets in characters."""
    raw = line.encode()
    end = node.end_col_offset or node.col_offset
    return len(raw[: node.col_offset].decode()), len(raw[:end].decode())


def _other(constant: ast.Constant) -> str:
    value = constant.value
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, int | float):
        return repr(value + 1)
    if isinstance(value, str):
        return repr(value + "x")
    return "0"


def _fenced(text: str, tag: str = "python") -> str:
    return f"```{tag}\n{text.rstrip()}\n```"
