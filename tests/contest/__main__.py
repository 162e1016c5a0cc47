"""Hold the contest: `tox -e contest`, or `python -m contest` in the folder `tests`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any

from contest.check import HIDDEN, QUOTA, load, names
from contest.keeping import Kept, KeptJudge, kept_describe
from contest.mistakes import COMMON, Misunderstandings
from contest.picture import picture
from contest.scores import Outcome, calibration, table
from contest.strategies import STRATEGIES, Delivered, Desk

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case

LEVELS = (0.15, 0.3, 0.5, 0.7)
SEEDS = 5
SAMPLE = 12
"""Every third request or so, at two levels and with two seeds."""

Unit = tuple[str, int]
"""A request and a seed. Of one seed, students of every level make the same mistakes,
only more or less often: so what is known of one is known of the other."""


def main(arguments: Sequence[str]) -> int:
    """Hold it and print what came of it."""
    chosen = _chosen(arguments)
    started = time.perf_counter()
    outcomes = list(_held(chosen))
    outcomes.sort(key=lambda o: (o.level, o.seed, o.request))
    if chosen.json:
        rows = [asdict(each) for each in outcomes]
        Path(chosen.json).write_text(json.dumps(rows, indent=0), "utf-8")
    if chosen.svg:
        Path(chosen.svg).write_text(picture(outcomes, [*STRATEGIES]), "utf-8")
    print(table(outcomes, STRATEGIES))
    for strategy in STRATEGIES:
        told = [o for o in outcomes if o.strategy == strategy]
        if any(o.confidence is not None for o in told):
            print(f"{strategy}: confidence told, and what was right")
            print(calibration(told), end="\n\n")
    print(f"{len(outcomes)} sessions in {time.perf_counter() - started:.0f} s")
    return 0


def _chosen(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="contest")
    parser.add_argument("--sample", action="store_true", help="a small part of it")
    parser.add_argument("--requests", type=int, help="only so many")
    parser.add_argument("--levels", type=float, nargs="+")
    parser.add_argument("--seeds", type=int)
    parser.add_argument(
        "--from", dest="first", type=int, default=0, help="the first of the seeds"
    )
    parser.add_argument("--strategies", nargs="+", choices=list(STRATEGIES))
    parser.add_argument(
        "--alone", action="store_true", help="nobody shares a mistake with another"
    )
    parser.add_argument("--svg", help="a file for a picture")
    parser.add_argument("--json", help="a file for every single outcome")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--cache", default=str(_cache()))
    chosen = parser.parse_args(arguments)
    small = chosen.sample
    chosen.requests = chosen.requests or (SAMPLE if small else len(names()))
    chosen.levels = chosen.levels or ((0.3, 0.5) if small else LEVELS)
    chosen.seeds = chosen.seeds or (2 if small else SEEDS)
    chosen.strategies = chosen.strategies or list(STRATEGIES)
    return chosen


def _cache() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "plugwright-contest" / "judged.db"


def _held(chosen: argparse.Namespace) -> Iterator[Outcome]:
    every = names()
    requests = [
        every[n * len(every) // chosen.requests] for n in range(chosen.requests)
    ]
    seeds = range(chosen.first, chosen.first + chosen.seeds)
    units = list(product(requests, seeds))
    with (
        tempfile.TemporaryDirectory(prefix="contest-") as homes,
        ProcessPoolExecutor(
            chosen.processes,
            initializer=_begin,
            initargs=[chosen.cache, homes, 0 if chosen.alone else COMMON],
        ) as pool,
    ):
        waiting = [
            pool.submit(_unit, unit, chosen.levels, chosen.strategies) for unit in units
        ]
        for done, future in enumerate(as_completed(waiting), 1):
            yield from future.result()
            print(f"\r{done} of {len(units)} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


_AT_WORK: dict[str, Any] = {}


def _begin(cache: str, homes: str, common: int) -> None:
    """Open what one process needs for all of its work."""
    host = Host.discover(Home(Path(homes) / str(os.getpid())))
    kept = Kept(Path(cache))
    judge = KeptJudge(host, kept)
    _AT_WORK.update(
        judge=judge,
        describe=kept_describe(host, kept),
        alike=Misunderstandings(judge, common),
    )


def _unit(
    unit: Unit, levels: Sequence[float], strategies: Sequence[str]
) -> list[Outcome]:
    name, seed = unit
    asked = load(name)
    desks = [
        Desk(asked=asked, right=level, seed=seed, **_AT_WORK)
        for level in sorted(levels)
    ]
    return [
        _outcome(desk, strategy, STRATEGIES[strategy](desk))
        for desk in desks
        for strategy in strategies
    ]


def _outcome(desk: Desk, strategy: str, delivered: Delivered) -> Outcome:
    return Outcome(
        strategy=strategy,
        request=desk.asked.name,
        level=desk.right,
        seed=desk.seed,
        right=_is_right(desk, delivered.code),
        claimed=delivered.claimed,
        calls=delivered.calls,
        confidence=delivered.confidence,
        said=delivered.said,
    )


def _is_right(desk: Desk, code: str) -> bool:
    case = Case(
        name=desk.asked.name,
        files={"plugin.py": code},
        tests={HIDDEN: desk.asked.hidden},
        permissions=desk.asked.permissions,
        quota=QUOTA,
    )
    return bool(code) and desk.judge.judge(case).passed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
