"""Where a plugin's fuel goes: by function and by line, without changing the engine.

Fuel is counted outside of the guest and is the same every time. So to learn how much
had been used when a step began, the same calls are made again in a fresh guest that
ends itself at just this step. Nobody has to read a counter inside.

Every step costs some fuel for being counted, the same for each; it is measured against
a run in which nobody watches, and taken off. So the total is the true one, and of one
step it is known to some hundred fuel. Stops are put where most fuel is not told apart
yet. Where a stretch between two stops holds steps of several lines, they share its fuel
as they do where they are told apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any, Final, NamedTuple

from plugwright.judging import Call, Case
from plugwright.sandboxes import JSON, Outcome, Sandbox
from plugwright_qa.coverage import READING, measuring
from plugwright_qa.observing import operation
from plugwright_qa.subject import Subject, said

PACKAGE: Final = "plugwright_qa_profile"
STOPS = 200
"""How often the calls are made again, at most; each takes some milliseconds."""
FINE = 0.001
"""The part of all fuel that need not be told apart any further."""
IN_A_ROW = 12
"""Steps of one stretch that are told apart one by one."""
ROUNDS = 8
"""How often shares are improved; they hardly change after that."""
NEVER = 1 << 40


class Line(NamedTuple):
    """One line of a function of the plugin."""

    file: str
    function: str
    line: int
    """0: what is no line of the plugin, such as reading arguments."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How much of the fuel went where."""

    lines: Mapping[Line, int]
    """Most first. What lines call is theirs, unless it is a line of the plugin."""
    functions: Mapping[tuple[str, str], int]
    """By file and name: the sum of its lines."""
    total: int
    """What the calls use when nobody watches."""
    steps: int = 0
    stops: int = 0
    """Steps before which the fuel was measured; the others share what is between."""
    each: int = 0
    """Fuel for counting one step; it is in none of the numbers."""
    why: str = ""
    """Why there is no profile, where there is none."""

    def table(self, most: int = 10) -> str:
        """Write the lines that use most, as text."""
        if self.why:
            return f"no profile: {self.why}"
        rows = [f"{self.total:>14,}  100 %  all"]
        for line, fuel in [*self.lines.items()][:most]:
            where = f"{line.file}:{line.line} {line.function}"
            where = where if line.line else "outside of the plugin's lines"
            rows.append(f"{fuel:>14,}  {self._percent(fuel):>3} %  {where}")
        return "\n".join(rows)

    def annotated(self, source: str, file: str = "plugin.py") -> str:
        """Write a file with each line's percent of all fuel before it."""
        fuel: Counter[int] = Counter()
        for line, used in self.lines.items():
            if line.file == file:
                fuel[line.line] += used
        marks = {n: f"{self._percent(used):>3} %" for n, used in fuel.items() if used}
        return "\n".join(
            f"{marks.get(number, ''):5} {text}".rstrip()
            for number, text in enumerate(source.split("\n"), 1)
        )

    def _percent(self, fuel: int) -> str:
        part = 100 * fuel / max(1, self.total)
        return f"{part:.0f}" if part >= 0.5 else "<1"


class _Stretch(NamedTuple):
    """What lies between two steps whose fuel is known."""

    minus: int
    """Its fuel, below zero: a heap gives the smallest first."""
    first: int
    after: int


def profiled(
    sandbox: Callable[[str], Sandbox],
    case: Case,
    calls: Sequence[Call],
    stops: int = STOPS,
) -> Profile:
    """Profile calls that are made one after the other to a fresh plugin."""
    case = measuring(case)
    played = _Player(sandbox, case, calls)
    total = played.fuel(watch=False)
    trail = played.trail()
    if played.why or trail is None:
        why = played.why or "it calls too much to be written down"
        return Profile(lines={}, functions={}, total=total, why=why)
    places, steps = trail
    if not steps:
        return _profile(Counter({Line("", "", 0): total}), total)
    watched = played.fuel(stop=NEVER)
    each = max(0, watched - total) / len(steps)
    known = {0: 0.0, len(steps): float(total)}

    def measured(step: int) -> float:
        # The step that ends the guest is counted, too.
        return played.fuel(stop=step + 1) - each * (step + 1)

    def split(low: int, high: int, at: int) -> None:
        # What is taken off is an average, so that no step is before the one before it.
        known[at] = min(max(measured(at), known[low]), known[high])

    first = known[0] = min(float(total), max(0.0, measured(0)))
    waiting = [_Stretch(-round(total - first), 0, len(steps))]
    while waiting and len(known) - 1 < stops // 2:
        _, low, high = heappop(waiting)
        if _is_plain(steps, low, high):
            continue
        middle = (low + high) // 2
        split(low, high, middle)
        for a, b in ((low, middle), (middle, high)):
            heappush(waiting, _Stretch(-round(known[b] - known[a]), a, b))
    # In those that use most, some steps in a row show what each line's part is.
    for minus, low, high in sorted(waiting):
        if -minus < FINE * total:
            break
        for at in range(low + 1, min(high, low + 1 + IN_A_ROW)):
            if len(known) - 1 < stops and not _is_plain(steps, at - 1, high):
                split(at - 1, high, at)
    shares = _shared(known, steps)
    found = Counter({Line("", "", 0): round(first)})
    for number, fuel in shares.items():
        found[places[number]] += round(fuel)
    profile = _profile(found, total)
    return replace(
        profile, steps=len(steps), stops=len(known) - 1, each=round(each), why=""
    )


def _is_plain(steps: Sequence[int], low: int, high: int) -> bool:
    """Whether all of a stretch is one line's."""
    return high - low < 2 or len({*steps[low:high]}) < 2


def _shared(known: Mapping[int, float], steps: Sequence[int]) -> dict[int, float]:
    """Give each line its part: as much a step as it has where it is told apart."""
    stretches = [
        (known[b] - known[a], Counter(steps[a:b])) for a, b in pairwise(sorted(known))
    ]
    counts = Counter(steps)
    alone, times = Counter[int](), Counter[int]()
    for fuel, inside in stretches:
        if len(inside) == 1:
            [(n, count)] = inside.items()
            alone[n] += round(fuel)
            times[n] += count
    fixed = {n: alone[n] / times[n] for n in times}
    worth = {n: fixed.get(n, 1.0) for n in counts}
    shares: dict[int, float] = {}
    for _ in range(ROUNDS):
        shares = dict.fromkeys(counts, 0.0)
        for fuel, inside in stretches:
            whole = sum(worth[n] * count for n, count in inside.items())
            for n, count in inside.items():
                part = worth[n] * count / whole if whole else 1 / len(inside)
                shares[n] += fuel * part
        worth = {n: fixed.get(n, shares[n] / counts[n]) for n in counts}
    return shares


def _profile(found: Counter[Line], total: int) -> Profile:
    lines = dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))
    functions: Counter[tuple[str, str]] = Counter()
    for line, fuel in lines.items():
        functions[line.file, line.function] += fuel
    ordered = sorted(functions.items(), key=lambda each: (-each[1], each[0]))
    return Profile(lines=lines, functions=dict(ordered), total=total)


class _Player:
    """Makes the same calls again and again, each time to a fresh plugin."""

    def __init__(
        self, sandbox: Callable[[str], Sandbox], case: Case, calls: Sequence[Call]
    ) -> None:
        self._sandbox = sandbox
        self._case = case
        self._calls = calls
        self.why = ""

    def fuel(self, *, watch: bool = True, stop: int = 0) -> int:
        """What all calls use, up to the end or to where they are stopped."""
        used, _ = self._play(watch, stop)
        return used

    def trail(self) -> tuple[list[Line], list[int]] | None:
        """Whose each step was; None if there are too many."""
        _, told = self._play(True, 0, tell=True)
        return None if told is None else _read(told)

    def _play(
        self, watch: bool, stop: int, tell: bool = False
    ) -> tuple[int, JSON | None]:
        subject, used = Subject.of(self._case), 0
        guest = subject.guest(self._case, initialise=True)
        files: list[JSON] = [n for n in sorted(self._case.files) if n.endswith(".py")]
        told: dict[str, JSON] = {"files": files, "watch": watch, "stop": stop}
        assert isinstance(guest.arguments, dict)
        session = self._sandbox(self._case.engine).open(
            replace(
                guest,
                dispatcher=f"{PACKAGE}:dispatch",
                packages=(*guest.packages, PACKAGE),
                arguments={**guest.arguments, **told},
            )
        )
        try:
            if session.loaded.failure is not None:
                self.why = said(session.loaded.failure)
                return 0, None
            for call in self._calls:
                subject.stage.outside.turn.next()
                outcome = session.call(*operation(call))
                used += outcome.usage.fuel
                if _ended(outcome):
                    break
            asked = session.call("trail", None, quota=READING) if tell else None
            return used, None if asked is None else asked.value
        finally:
            session.close()


def _ended(outcome: Outcome) -> bool:
    """Whether the guest is gone; what it raised is part of what is profiled."""
    return outcome.failure is not None and outcome.failure.kind.value in (
        "stopped",
        "broken",
    )


def _read(told: Any) -> tuple[list[Line], list[int]] | None:
    """Believe nothing of a trail beyond its shape."""
    try:
        places = [Line(str(f), str(g), int(n)) for f, g, n in told["places"]]
        steps = [int(each) for each in told["steps"]]
        whole = len(steps) == int(told["count"])
    except (KeyError, TypeError, ValueError):
        return None
    in_range = all(0 <= each < len(places) for each in steps)
    return (places, steps) if whole and in_range else None
