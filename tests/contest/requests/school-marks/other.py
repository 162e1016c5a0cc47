from typing import TypedDict

from plugwright_sdk import InputError, command


class Line(TypedDict):
    pupil: str
    subject: str
    mark: int


class Average(TypedDict):
    name: str
    marks: int
    average: str


class Report(TypedDict):
    subjects: list[Average]
    pupils: list[Average]


@command(name="averages")
def averages(lines: list[Line]) -> Report:
    """Average marks, by subject as well as by pupil."""
    if not all(1 <= line["mark"] <= 6 for line in lines):
        raise InputError("marks are from 1 to 6")
    subjects = _grouped([(line["subject"], line["mark"]) for line in lines])
    pupils = _grouped([(line["pupil"], line["mark"]) for line in lines])
    return {
        "subjects": sorted(subjects, key=lambda average: average["name"]),
        "pupils": pupils,
    }


def _grouped(pairs: list[tuple[str, int]]) -> list[Average]:
    sums: dict[str, tuple[int, int]] = {}
    for name, mark in pairs:
        total, count = sums.get(name, (0, 0))
        sums[name] = total + mark, count + 1
    return [
        {"name": name, "marks": count, "average": _tenths(total, count)}
        for name, (total, count) in sums.items()
    ]


def _tenths(total: int, count: int) -> str:
    tenths = (20 * total + count) // (2 * count)
    return f"{tenths // 10}.{tenths % 10}"
