"""Counts the steps of a plugin's lines; lives in the plugin's own sandbox.

A guest cannot read its fuel, and this does not try to. It gives every step a number, a
step being where one line takes over from another, and does one of two things: it writes
down whose step each was (`trail`), or it ends the guest at the step that it was told.
Whoever is outside then knows exactly how much fuel had been used by that step.

The plugin is in the same interpreter, so it can change all of this. What it gains is a
wrong profile of itself, and nothing is decided by a profile.
"""

import gc
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

import wit_world

from plugwright_sdk import guest

_monitoring: Any = vars(sys)["monitoring"]
TOOL = _monitoring.PROFILER_ID
MOST = 100_000
"""Steps that are written down."""
WARM = 20

_ask = wit_world.ask
_frame = sys._getframe
_files: set[str] = set()
_places: dict[tuple[str, str, int], int] = {}
_trail: list[int] = []
_count = 0
_stop = 0


def dispatch(operation: str, arguments: Any) -> Any:
    """Answer for the plugin; say whose the steps were when asked."""
    if operation == "trail":
        return {
            "places": [[*place] for place in _places],
            "steps": _trail,
            "count": _count,
        }
    told = guest.dispatch(operation, arguments)
    if operation == "load" and arguments["watch"]:
        _watch(arguments["files"], arguments["stop"])
    return told


def _watch(files: Sequence[str], stop: int) -> None:
    """Count from now on what the plugin's own functions do; or note it, if stop is 0.

    Nothing is watched but the plugin's own code, so that all else runs as it would.
    """
    global _count, _stop
    _files.update(files)
    events = _monitoring.events
    _monitoring.use_tool_id(TOOL, "plugwright")
    # Where a line ends is where the next one of its function begins, where its function
    # comes back to whoever called it, or where it goes on after a `yield`.
    back = (events.PY_RETURN, events.PY_YIELD)
    for event in (events.LINE, events.PY_RESUME):
        _monitoring.register_callback(TOOL, event, _noted if stop == 0 else _counted)
    for event in back:
        noted = _noted_back if stop == 0 else _counted
        _monitoring.register_callback(TOOL, event, noted)
    for code in _codes(files):
        _monitoring.set_local_events(
            TOOL, code, events.LINE | events.PY_RESUME | back[0] | back[1]
        )
    for _ in range(WARM):
        _counted(None, 0)
    _count, _stop = 0, stop


def _codes(files: Sequence[str]) -> Iterator[types.CodeType]:
    """Every function of the plugin that there is, wherever it is kept."""
    waiting = [
        each.__code__
        for each in gc.get_objects()
        if type(each) is types.FunctionType and each.__code__.co_filename in files
    ]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [each for each in code.co_consts if type(each) is types.CodeType]


def _counted(*_: object) -> None:
    global _count
    _count += 1
    if _count == _stop:
        _ask('{"stop":"writes"}')


def _noted(*_: object) -> None:
    _note(_frame(1))


def _noted_back(*_: object) -> None:
    """What comes now is of the line that called, if that is the plugin's."""
    frame = _frame(1).f_back
    while frame is not None and frame.f_code.co_filename not in _files:
        frame = frame.f_back
    _note(frame)


def _note(frame: Any) -> None:
    global _count
    _count += 1
    place = ("", "", 0)
    if frame is not None:
        code = frame.f_code
        place = (code.co_filename, code.co_qualname, frame.f_lineno or 0)
    number = _places.setdefault(place, len(_places))
    if _count <= MOST:
        _trail.append(number)
