"""What a row of an imported table says was found, before names become records."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from .book import Row, Shown, Value
from .cells import (
    GROUPED,
    Doubtful,
    is_blank,
    read_code,
    read_day_and_clock,
    read_quantity,
    read_text,
    read_time,
)
from .columns import REQUIRED
from .meaning import NEEDLES, fold

CODES = (
    "session",
    "warehouse",
    "location",
    "item",
    "serial",
    "lot",
    "serial2",
    "package",
    "owner",
    "uom",
    "counted_by",
)


NUMBERS = ("units", "cost")
TOTALS = {needle.strip() for needle in NEEDLES["total"]}


class Problem(NamedTuple):
    """What is wrong with a cell, or doubtful in it; nothing is written for errors."""

    row: int
    field: str
    value: str
    code: str
    params: dict[str, Any]
    kind: str = "error"


class Reading(NamedTuple):
    """How the cells of a table are to be read."""

    # The column of each field, from 0.
    columns: dict[str, int]
    decimal: str = "."
    order: str = "dmy"
    # How many cells a row may have; 0 for any number.
    width: int = 0
    # Whether the file shows by itself what comes before decimals.
    is_sure: bool = True
    # The column with the other half of a time, where day and time are two; or none.
    clock: int | None = None


@dataclass(slots=True)
class Found:
    """A row; ids are filled in by code that knows the records."""

    row: int
    session: str = ""
    warehouse: str = ""
    location: str = ""
    item: str = ""
    serial: str = ""
    # Of a file with both: the serial is for items with serials, the lot for lots.
    lot: str = ""
    serial2: str = ""
    package: str = ""
    owner: str = ""
    uom: str = ""
    counted_by: str = ""
    note: str = ""
    # Of a file for a recount; 0 where it names none.
    round: int = 0
    units: float = 0.0
    cost: float | None = None
    counted_at: datetime | None = None
    warehouse_id: int = 0
    # Where it goes to: a number in the list of sessions of the import.
    target: int = -1
    location_id: int = 0
    product_id: int = 0
    package_id: int = 0
    owner_id: int = 0
    uom_id: int = 0
    counter_id: int = 0
    # What it is as an object of ``record_entries``.
    entry: dict[str, Any] = field(default_factory=dict)
    # Without a quantity: nobody has counted it, which is not zero.
    is_empty: bool = False
    marks: tuple[str, ...] = ()
    # The quantity where it could also be read with the other decimals: 1.234.
    grouped: str = ""
    # Of a row without an item, its first texts, which may say why.
    texts: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_bad(self) -> bool:
        return any(problem.kind == "error" for problem in self.problems)

    def doubt(self, name: str, code: str, kind: str = "error", **params: Any) -> None:
        """Say what is wrong with the cell of a field."""
        value = getattr(self, name, "")
        text = f"{value:g}" if isinstance(value, float) else str(value or "")
        self.problems.append(Problem(self.row, name, text[:80], code, params, kind))


def read_row(row: Row, reading: Reading) -> Found:
    """Read the cells of a row; what cannot be read is a problem of the result.

    >>> found = read_row(Row(2, ["WH", "SCR", "many"]),
    ...     Reading({"warehouse": 0, "item": 1, "units": 2}))
    >>> found.item, [problem.code for problem in found.problems]
    ('SCR', ['not_a_quantity'])
    """
    found, values = Found(row.number, marks=row.marks), row.values
    for name, column in reading.columns.items():
        value = values[column] if column < len(values) else None
        try:
            setattr(found, name, _read(name, value, reading, values))
        except Doubtful as doubt:
            _note_doubt(found, name, value, doubt)
        else:
            if value.__class__ is Shown and name in NUMBERS:
                found.doubt(name, "shown", "warning", shown=value.shown)
    _check_row(found, row, reading)
    _read_whole(found, values, reading)
    return found


def _note_doubt(found: Found, name: str, value: Value, doubt: Doubtful) -> None:
    if doubt.code == "no_quantity":
        found.is_empty = True
        return
    text = str(doubt.params.get("value", "" if value is None else value))
    found.problems.append(Problem(found.row, name, text[:80], doubt.code, doubt.params))


def _read_whole(found: Found, values: list[Value], reading: Reading) -> None:
    """What no cell says alone: what is missing, and how sure a quantity is."""
    if "units" not in reading.columns:
        found.units = 1.0
    elif not reading.is_sure:
        found.grouped = find_grouped(values, reading.columns["units"])
    if not found.item:
        found.texts = tuple(v[:80] for v in values[:5] if isinstance(v, str))
    refused = {problem.field for problem in found.problems}
    for name in REQUIRED[:2]:
        if not getattr(found, name) and name not in refused:
            found.doubt(name, "empty")


def spell_rows(rows: list[int], limit: int = 10) -> str:
    """The numbers of rows, those in a line as a range.

    >>> spell_rows([3, 4, 5, 9]), spell_rows([1, 3, 5], limit=2)
    ('3–5, 9', '1, 3, …')
    """
    ranges: list[list[int]] = []
    for row in rows:
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    texts = [f"{a}–{b}" if a != b else str(a) for a, b in ranges[:limit]]
    return ", ".join(texts + ["…"] * (len(ranges) > limit))


def is_total(found: Found) -> bool:
    """Whether a row without an item says that it has the sum of others.

    >>> is_total(Found(9, item="Grand Total:")), is_total(Found(9, item="SUM-2000"))
    (True, False)
    """
    words = [fold(text).split() for text in (found.item, *found.texts) if text]
    return any(w and TOTALS.issuperset(w) for w in words)


def is_subtotal(text: str) -> bool:
    """Whether it may be the sum of an item's rows.

    >>> is_subtotal("FAS-0600 Total"), is_subtotal("TOTAL-0600")
    (True, False)
    """
    words = text.split()
    return len(words) > 1 and fold(words[-1]) in TOTALS


def find_grouped(values: list[Value], column: int) -> str:
    """The text of a number whose only mark may stand before decimals or thousands.

    >>> find_grouped(["1.234"], 0), find_grouped(["1.23"], 0)
    ('1.234', '')
    """
    value = values[column] if column < len(values) else None
    return value if isinstance(value, str) and GROUPED.fullmatch(value.strip()) else ""


def _check_row(found: Found, row: Row, reading: Reading) -> None:
    """What is wrong with a row as a whole."""
    if "merged_units" in row.marks:
        found.doubt("units", "merged_units")
    if "empty_location" in row.marks:
        found.doubt("location", "empty_location")
    if reading.width and len(row.values) > reading.width:
        extra = str(row.values[-1])[:80]
        params = {"cells": len(row.values), "width": reading.width, "value": extra}
        found.problems.append(Problem(row.number, "", extra, "extra_cells", params))


def _read(name: str, value: Value, reading: Reading, values: list[Value]) -> Any:
    if name in CODES:
        return read_code(value)
    if name == "units":
        return read_quantity(value, reading.decimal)
    if name == "round":
        return 0 if value in (None, "") else int(read_quantity(value))
    if name == "counted_at":
        if reading.clock is not None and reading.clock < len(values):
            return read_day_and_clock(value, values[reading.clock], reading.order)
        return read_time(value, reading.order)
    if name == "cost":
        # Not by its refusal: that means that nobody has counted the row.
        return None if is_blank(value) else read_quantity(value, reading.decimal)
    return read_text(value)
