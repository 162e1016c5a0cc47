from decimal import ROUND_HALF_UP, Decimal
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


ONE_DIGIT = Decimal(1).scaleb(-1)


@command(name="averages")
def averages(lines: list[Line]) -> Report:
    """Average marks, by subject as well as by pupil."""
    subjects: dict[str, list[int]] = {}
    pupils: dict[str, list[int]] = {}
    for line in lines:
        if line["mark"] < 1 or line["mark"] > 6:
            raise InputError(f"{line['mark']} is no mark")
        subjects.setdefault(line["subject"], []).append(line["mark"])
        pupils.setdefault(line["pupil"], []).append(line["mark"])
    return {
        "subjects": [_average(name, subjects[name]) for name in sorted(subjects)],
        "pupils": [_average(name, marks) for name, marks in pupils.items()],
    }


def _average(name: str, marks: list[int]) -> Average:
    exact = Decimal(sum(marks)) / len(marks)
    rounded = exact.quantize(ONE_DIGIT, ROUND_HALF_UP)
    return {"name": name, "marks": len(marks), "average": str(rounded)}
