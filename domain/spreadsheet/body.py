"""The rows of a table below its headings, as they are meant: what stands once for
several rows is in each of them, and ``marks`` say what was done and seen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .book import Merged, Row, Value
from .columns import heading_names

# What an empty location below a named one means.
ASK, ABOVE, ANYWHERE = "ask", "above", "anywhere"


class Layout(NamedTuple):
    """Where a table stands and what its columns mean."""

    # The row of the headings, 0 for none, and the headings.
    heading: int
    names: list[str]
    # The column of each field, from 0.
    columns: dict[str, int]
    merged: list[Merged] = []
    empty_location: str = ANYWHERE


def read_body(rows: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """The rows below the heading.

    Marks: ``hidden`` of a row that nobody sees, ``heading`` of a heading that comes
    again, ``filled`` where a merged cell or the row above gave a value,
    ``merged_units`` where one quantity stands for several rows, ``empty_location``
    where only rows above name one.

    >>> layout = Layout(1, ["Item", "Bin"], {"location": 1}, [Merged(2, 3, 1, 1)])
    >>> rows = [Row(2, ["A", "B-01"]), Row(3, ["C"])]
    >>> [row.values for row in read_body(rows, layout)]
    [['A', 'B-01'], ['C', 'B-01']]
    """
    body = (row for row in rows if row.number > layout.heading)
    if layout.heading:
        body = _mark_headings(body, layout)
    if any(cell.bottom > cell.top for cell in layout.merged):
        body = _fill_merged(body, layout)
    if "location" in layout.columns and layout.empty_location != ANYWHERE:
        body = _fill_locations(body, layout)
    return body


def _mark_headings(rows: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """Printed pages repeat their headings."""
    first = next((i for i, name in enumerate(layout.names) if name), 0)
    start = layout.names[first] if layout.names else ""
    for row in rows:
        # Most rows are none by their first cell; a required column is marked Item*.
        value = _get(row.values, first)
        is_first = isinstance(value, str) and value.startswith(start)
        if is_first and heading_names(row.values) == layout.names:
            yield _mark(row, "heading")
        else:
            yield row


def _fill_merged(rows: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """A cell over several rows says the same of all of them; a quantity does not."""
    meant, units = set(layout.columns.values()), layout.columns.get("units")
    starts = defaultdict(list)
    for cell in layout.merged:
        if cell.bottom > cell.top and cell.left in meant:
            starts[cell.top].append(cell)
    active: dict[int, tuple[int, Value]] = {}
    for row in rows:
        for cell in starts.get(row.number, ()):
            active[cell.left] = (cell.bottom, _get(row.values, cell.left))
        active = {c: over for c, over in active.items() if over[0] >= row.number}
        if units in active:
            yield _mark(row, "merged_units")
        else:
            yield _fill(row, {c: value for c, (_end, value) in active.items()})


def _fill_locations(rows: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """Some lists name a bin only in the first row of what lies in it."""
    column, above = layout.columns["location"], None
    for row in rows:
        value = _get(row.values, column)
        if "heading" not in row.marks and value not in (None, ""):
            above = value
            yield row
        elif above is None:
            yield row
        elif layout.empty_location == ABOVE:
            yield _fill(row, {column: above})
        else:
            yield _mark(row, "empty_location")


def _get(values: list[Value], column: int) -> Value:
    return values[column] if column < len(values) else None


def _fill(row: Row, over: dict[int, Value]) -> Row:
    """The row with these values where it has none."""
    missing = {
        column: value
        for column, value in over.items()
        if _get(row.values, column) in (None, "") and value not in (None, "")
    }
    if not missing:
        return row
    values = [*row.values, *[None] * (max(missing) + 1 - len(row.values))]
    for column, value in missing.items():
        values[column] = value
    return _mark(Row(row.number, values, row.marks), "filled")


def _mark(row: Row, mark: str) -> Row:
    return row._replace(marks=(*row.marks, mark))
