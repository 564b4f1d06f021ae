"""Draws the chart of a table as SVG for PDF, without Odoo and without a browser.

wkhtmltopdf draws SVG as vectors, with or without patched Qt. Series differ in their
brightness and dashes, so that a black and white print shows which is which.
"""

from collections.abc import Callable, Sequence
from html import escape
from math import ceil, floor, log10
from textwrap import wrap
from typing import Any, NamedTuple

from .definition import Column, Table

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 44, 10, 52
# Room for the names of bars, in pixels and in characters.
NAMES, NAME_CHARACTERS = 230, 36
BAR_HEIGHT = 17
# Width of a letter in pixels, at the size of all texts in a chart.
CHARACTER = 6.5
MAX_LABELS = 12
MAX_LABEL_LINES = 2
FILLS = ("#1f4e79", "#b9cde5", "#7f7f7f", "#dddddd")
DASHES = ("", "5 3", "2 3", "8 3 2 3")

Show = Callable[[Any, str], str]


class Scale(NamedTuple):
    """A scale between two round values."""

    low: float
    high: float

    def y(self, value: float) -> float:
        height = HEIGHT - TOP - BOTTOM
        return TOP + height * (self.high - value) / (self.high - self.low)


def draw_chart(table: Table, show: Show) -> str:
    """The chart of a table as SVG; empty without numbers.

    :param show: function of a value and a column's type that returns a text
    """
    series = [column for column in table.series if _values(table, column)]
    if not series or not table.chart:
        return ""
    if table.chart.kind in ("bar", "pie"):
        return _draw_bars(table, series[0], show)
    return _draw_columns(table, series, show)


def drawn_height(table: Table) -> float:
    """The height of a table's drawing as a share of its width."""
    if not table.chart or not table.rows:
        return 0.0
    if table.chart.kind in ("bar", "pie"):
        return _bars_height(len(table.rows)) / WIDTH
    return HEIGHT / WIDTH


def _bars_height(bars: int) -> int:
    return 8 + BAR_HEIGHT * bars


def _values(table: Table, column: Column) -> list[float]:
    rows = (row.get(column.key) for row in table.rows)
    return [value for value in rows if value is not None]


def round_up(value: float) -> float:
    """The next round number: 1, 2 or 5 and zeros.

    >>> [round_up(value) for value in (0, 0.7, 13, 260, 999)]
    [1, 1.0, 20, 500, 1000]
    """
    if value <= 0:
        return 1
    power = 10 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def percent_scale(values: Sequence[float]) -> Scale:
    """Percent up to 100, from the round number below the smallest.

    >>> percent_scale([97.5, 99])
    Scale(low=95, high=100)
    >>> percent_scale([42])
    Scale(low=40, high=100)
    """
    smallest = min(values)
    step = 5 if smallest >= 90 else 20
    return Scale(min(step * floor(smallest / step), 100 - step), 100)


def _draw_columns(table: Table, series: Sequence[Column], show: Show) -> str:
    """Columns or lines over the rows, with the line of a Pareto chart."""
    kind = table.chart.kind
    share = series[-1] if kind == "pareto" and len(series) > 1 else None
    drawn = [column for column in series if column is not share]
    values = [value for column in drawn for value in _values(table, column)]
    is_share = all(column.type == "percent" for column in drawn)
    if kind == "line" and is_share:
        scale = percent_scale(values)
    else:
        scale = Scale(-round_up(-min(values)) if min(values) < 0 else 0, 1)
        scale = scale._replace(high=round_up(max(*values, 0)))
    parts = [*_grid(scale, drawn[0].type, show), *_names(table)]
    if kind == "line":
        for number, column in enumerate(drawn):
            parts += _line(table, column, scale, number)
    else:
        parts += _columns(table, drawn, scale)
    if share:
        parts += _line(table, share, Scale(0, 100), 1)
    lines = {share} if kind == "pareto" else set(drawn) if kind == "line" else set()
    parts += _legend([*drawn, *([share] if share else [])], lines)
    return _svg(parts, HEIGHT)


def _x(table: Table, index: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (index + 0.5) / len(table.rows)


def _grid(scale: Scale, kind: str, show: Show) -> list[str]:
    marks = [scale.low + (scale.high - scale.low) * part / 4 for part in range(5)]
    lines = []
    for mark in marks:
        y = scale.y(mark)
        lines.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
            ' stroke="#cccccc" stroke-width="1"/>'
        )
        lines.append(_text(LEFT - 6, y + 4, show(mark, kind), anchor="end"))
    return lines


def _names(table: Table) -> list[str]:
    """The names below the columns, in at most two lines. Where there is no room for
    all, some are left out."""
    key, every = table.columns[0].key, ceil(len(table.rows) / MAX_LABELS)
    room = every * (WIDTH - LEFT - RIGHT) / len(table.rows)
    names = []
    for index, row in list(enumerate(table.rows))[::every]:
        lines = wrap(str(row[key]), max(int(room / CHARACTER), 6))
        if len(lines) > MAX_LABEL_LINES:
            lines[MAX_LABEL_LINES - 1] += "…"
        for number, line in enumerate(lines[:MAX_LABEL_LINES], 1):
            y = HEIGHT - BOTTOM + 2 + 12 * number
            names.append(_text(_x(table, index), y, line, anchor="middle"))
    return names


def _line(table: Table, column: Column, scale: Scale, number: int) -> list[str]:
    """A line with a gap where a row has no value."""
    runs, run = [], []
    for index, row in enumerate(table.rows):
        value = row.get(column.key)
        if value is None:
            runs, run = [*runs, run], []
        else:
            run.append((_x(table, index), scale.y(value)))
    parts = []
    for points in [*runs, run]:
        parts.append(_polyline(points, DASHES[number % len(DASHES)]))
        if not number:
            parts += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{FILLS[0]}"/>'
                for x, y in points
            ]
    return parts


def _polyline(points: Sequence[tuple[float, float]], dash: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{FILLS[0]}"'
        f' stroke-width="2" stroke-dasharray="{dash or "none"}"/>'
    )


def _columns(table: Table, drawn: Sequence[Column], scale: Scale) -> list[str]:
    room = 0.8 * (WIDTH - LEFT - RIGHT) / len(table.rows)
    width = min(room / len(drawn), 40)
    parts = []
    for index, row in enumerate(table.rows):
        left = _x(table, index) - width * len(drawn) / 2
        for number, column in enumerate(drawn):
            value = row.get(column.key) or 0
            top, bottom = sorted((scale.y(value), scale.y(0)))
            parts.append(_box(left + width * number, top, width, bottom - top, number))
    return parts


def _draw_bars(table: Table, column: Column, show: Show) -> str:
    """Bars from the left, each with its name and its value."""
    key = table.columns[0].key
    rows = [(row[key], row.get(column.key) or 0) for row in table.rows]
    biggest = max((abs(value) for _name, value in rows), default=0) or 1
    room, parts = WIDTH - NAMES - 110, []
    for index, (name, value) in enumerate(rows):
        y, width = 4 + index * BAR_HEIGHT, room * abs(value) / biggest
        parts.append(_text(NAMES - 6, y + 11, _shorten(str(name)), anchor="end"))
        parts.append(_box(NAMES, y, width, BAR_HEIGHT - 5, 0))
        parts.append(_text(NAMES + width + 6, y + 11, show(value, column.type)))
    return _svg(parts, _bars_height(len(rows)))


def _shorten(name: str) -> str:
    """A name that fits. Its beginning is cut: the end of a location says more."""
    return name if len(name) <= NAME_CHARACTERS else "…" + name[1 - NAME_CHARACTERS :]


def _legend(drawn: Sequence[Column], lines: set[Column | None]) -> list[str]:
    if len(drawn) < 2:
        return []
    parts, x = [], LEFT
    for number, column in enumerate(drawn):
        if column in lines:
            ends = ((x, HEIGHT - 8), (x + 18, HEIGHT - 8))
            parts.append(_polyline(ends, DASHES[number % len(DASHES)]))
        else:
            parts.append(_box(x, HEIGHT - 13, 18, 9, number))
        parts.append(_text(x + 23, HEIGHT - 5, column.label))
        x += 50 + CHARACTER * len(column.label)
    return parts


def _box(x: float, y: float, width: float, height: float, number: int) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' fill="{FILLS[number % len(FILLS)]}" stroke="{FILLS[0]}" stroke-width="0.5"/>'
    )


def _text(x: float, y: float, text: Any, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}"'
        f' fill="#000000">{escape(str(text))}</text>'
    )


def _svg(parts: Sequence[str], height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}">{"".join(parts)}</svg>'
    )
