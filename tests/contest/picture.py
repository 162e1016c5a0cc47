"""The table as a picture: who is right, who claims what is not, and who knows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from contest.scores import Outcome, claimed_wrong, right, share

_COLOURS = ("#8a8f98", "#b3661b", "#8a6bb1", "#2a78b8", "#1a7f4b")
_WIDE, _HIGH, _LEFT, _TOP = 220, 180, 50, 60
_APART = _WIDE + 70


def picture(outcomes: Sequence[Outcome], strategies: Sequence[str]) -> str:
    """Draw three charts beside each other, in SVG."""
    parts = [
        *_frame(0, "right, by strength of the student"),
        *_frame(1, "claimed wrong, by strength of the student"),
        *_frame(2, "right, by confidence told"),
    ]
    for strategy, colour in zip(strategies, _COLOURS, strict=False):
        mine = [each for each in outcomes if each.strategy == strategy]
        for chart, value in enumerate((right, claimed_wrong)):
            levels = sorted({each.level for each in mine})
            points = [
                (level, share([o for o in mine if o.level == level], value))
                for level in levels
            ]
            parts += _line(chart, points, colour)
        if strategy.startswith("forge"):
            parts += _dots(2, _tenths(mine), colour)
    parts += _line(2, [(0.0, 0.0), (1.0, 1.0)], "#c9ccd1")
    for number, strategy in enumerate(strategies):
        at = _LEFT + number * 170
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<rect x="{at}" y="12" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{at + 18}" y="22">{escape(strategy)}</text>')
    size = f'width="{3 * _APART + 20}" height="{_TOP + _HIGH + 40}"'
    style = 'font-family="sans-serif" font-size="12" fill="#333"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _tenths(outcomes: Iterable[Outcome]) -> list[tuple[float, float]]:
    told = [(o.confidence, o) for o in outcomes if o.confidence is not None]
    points = []
    for tenth in range(10):
        rows = [o for sure, o in told if min(int(sure * 10), 9) == tenth]
        if rows:
            mean = sum(o.confidence or 0.0 for o in rows) / len(rows)
            points.append((mean, share(rows, right)))
    return points


def _frame(chart: int, title: str) -> Iterator[str]:
    left = _LEFT + chart * _APART
    yield f'<text x="{left}" y="{_TOP - 10}" font-weight="bold">{title}</text>'
    for step in range(5):
        part = step / 4
        x, y = _place(chart, part, part)
        ends = f'x1="{left}" x2="{left + _WIDE}" y1="{y}" y2="{y}"'
        yield f'<line {ends} stroke="#e4e6ea"/>'
        yield f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{part:.0%}</text>'
        yield (
            f'<text x="{x}" y="{_TOP + _HIGH + 18}" text-anchor="middle">{part:.0%}'
            "</text>"
        )


def _line(
    chart: int, points: Sequence[tuple[float, float]], colour: str
) -> Iterator[str]:
    places = " ".join("{},{}".format(*_place(chart, *point)) for point in points)
    pen = f'fill="none" stroke="{colour}" stroke-width="2"'
    yield f'<polyline points="{places}" {pen}/>'


def _dots(
    chart: int, points: Sequence[tuple[float, float]], colour: str
) -> Iterator[str]:
    for point in points:
        x, y = _place(chart, *point)
        yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'


def _place(chart: int, x: float, y: float) -> tuple[int, int]:
    left = _LEFT + chart * _APART
    return round(left + x * _WIDE), round(_TOP + (1 - y) * _HIGH)
