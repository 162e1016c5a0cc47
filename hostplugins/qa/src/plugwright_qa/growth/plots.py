"""A small plot as SVG text: points, the curve through them, and words to read it by."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from plugwright_qa.growth.fits import NOT_SURE, Fit, Point

WIDTH, HEIGHT = 480, 280
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 44
STEPS = 48
# It has its own ground, so it is readable on any page, in whatever colours that is.
STYLE = """
.growth .ground { fill: #ffffff; } .growth text { fill: #24292f; }
.growth .axis { stroke: #6e7781; } .growth .grid { stroke: #d8dee4; }
.growth .curve { stroke: #0969da; } .growth .point { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
.growth .ground { fill: #0d1117; } .growth text { fill: #e6edf3; }
.growth .axis { stroke: #8b949e; } .growth .grid { stroke: #30363d; }
.growth .curve { stroke: #58a6ff; } .growth .point { fill: #f0883e; }
}"""


def plot(title: str, size: str, points: Sequence[Point], fit: Fit) -> str:
    """Draw fuel over size; `size` says what the size counts."""
    points = sorted(points, key=lambda point: point.size)
    widest = max((p.size for p in points), default=0) or 1
    highest = max((p.fuel for p in points), default=0) or 1
    said = fit.name if fit.name != NOT_SURE else f"{NOT_SURE}: {fit.why}"

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * size / widest

    def y(fuel: float) -> float:
        height = HEIGHT - TOP - BOTTOM
        return TOP + height * (1 - max(0.0, min(fuel / highest, 1.0)))

    parts = [
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}" rx="6"/>',
        _text(LEFT, 18, f"{title}: {said}", "start"),
    ]
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        across, up = x(part * widest), y(part * highest)
        kind = "grid" if part else "axis"
        parts += [
            _line(kind, LEFT, up, WIDTH - RIGHT, up),
            _text(LEFT - 6, up + 4, short(part * highest), "end"),
            _text(across, HEIGHT - BOTTOM + 16, short(part * widest), "middle"),
        ]
    parts.append(_line("axis", LEFT, TOP, LEFT, HEIGHT - BOTTOM))
    if points and fit.factor + fit.base > 0:
        sizes = [widest * n / STEPS for n in range(STEPS + 1)]
        sizes = [s for s in sizes if s >= points[0].size]
        path = " ".join(f"{x(s):.1f},{y(fit.at(s)):.1f}" for s in sizes)
        style = 'fill="none" stroke-width="2"'
        parts.append(f'<polyline class="curve" {style} points="{path}"/>')
    for p in points:
        at = f'cx="{x(p.size):.1f}" cy="{y(p.fuel):.1f}"'
        note = f"<title>{p.size}: {p.fuel} fuel</title>"
        parts.append(f'<circle class="point" r="4" {at}>{note}</circle>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 10, size, "middle"))
    inside = "\n".join(parts)
    label = escape(f"{title}: fuel over {size}, {said}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="growth" role="img" '
        f'aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="system-ui, sans-serif" font-size="12">\n'
        f"<style>{STYLE}</style>\n{inside}\n</svg>\n"
    )


def short(number: float) -> str:
    """A number in few letters: `1.2M`."""
    for letter, unit in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= unit:
            return f"{number / unit:.3g}{letter}"
    return f"{number:.3g}"


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line class="{kind}" {ends}/>'
