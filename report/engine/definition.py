"""The parts of a report that need no database: columns, filters, totals, pages."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from math import ceil
from typing import Any, NamedTuple

# Widths of characters in font sizes, as in Noto Sans. All others have the width of a
# letter or of an ideograph.
WIDTHS = {
    **dict.fromkeys(" !'(),-.:;J[]ijl", 0.3),
    **dict.fromkeys('"/I\\frt{}', 0.4),
    **dict.fromkeys("?FL_csvxyz", 0.5),
    **dict.fromkeys("#ABCG", 0.7),
    **dict.fromkeys("&DHNOQUw", 0.8),
    **dict.fromkeys("%@MWm", 0.95),
}
LETTER, IDEOGRAPH = 0.6, 1.0
NUMBERS = frozenset(
    {"quantity", "difference", "money", "integer", "decimal", "percent"}
)


class Column(NamedTuple):
    """A column of a report in PDF, Excel and on screen.

    :param key: of the value in a row
    :param type: ``text``, ``quantity``, ``difference`` (a quantity with its sign),
        ``money``, ``integer``, ``decimal``, ``percent`` (50 is 50 %), ``date``,
        ``datetime`` (UTC), ``barcode`` (drawn in PDF) or ``box`` (room to write). It
        decides on alignment and format
    :param width: relative width on a page
    :param total: whether its values may be added up. Quantities of different items may
        not
    :param order: field of the report's records by which the screen sorts this column;
        empty if it cannot
    :param printed: whether it is in PDF and on screen, or only in Excel, which has more
        room
    """

    key: str
    label: str
    type: str = "text"
    width: int = 10
    total: bool = False
    order: str = ""
    printed: bool = True

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS


class Figure(NamedTuple):
    """A figure over the rows of a report, such as its net variance.

    :param type: see ``Column``
    """

    key: str
    label: str
    type: str
    value: Any


class Chart(NamedTuple):
    """The chart of a table. The first column names the points, the others are series.

    :param kind: ``line``, ``column``, ``bar``, ``pie`` or ``pareto`` (columns, and the
        table's last column as a line in percent)
    :param keys: keys of the columns to draw; empty for all numbers
    """

    kind: str
    keys: tuple[str, ...] = ()


class Table(NamedTuple):
    """A small table beside the rows, such as the accuracy of each month.

    :param rows: dicts by column key
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    chart: Chart | None = None

    @property
    def series(self) -> list[Column]:
        """The columns that the chart draws."""
        keys = self.chart.keys if self.chart else ()
        numbers = [column for column in self.columns[1:] if column.is_number]
        return [column for column in numbers if not keys or column.key in keys]


@dataclass(frozen=True, repr=False)
class Filters:
    """The filters of a report. An empty filter selects everything."""

    session_ids: tuple[int, ...] = ()
    warehouse_ids: tuple[int, ...] = ()
    product_ids: tuple[int, ...] = ()
    location_ids: tuple[int, ...] = ()
    categ_ids: tuple[int, ...] = ()
    supplier_ids: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    session_states: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    days: int | None = None
    group: str = ""

    @classmethod
    def parse(cls, raw: Mapping[str, Any] | None) -> "Filters":
        """Read filters as a client sent them. Unknown names are ignored.

        >>> Filters.parse({"product_ids": [3, "4"], "date_from": "2026-01-31", "x": 1})
        Filters(product_ids=(3, 4), date_from=datetime.date(2026, 1, 31))
        """
        raw = raw or {}
        known = [f.name for f in fields(cls) if raw.get(f.name)]
        return cls(**{name: _read_filter(name, raw[name]) for name in known})

    def dump(self) -> dict[str, Any]:
        """The filters for ``parse``, without empty ones.

        >>> Filters(product_ids=(3,), date_to=date(2026, 1, 31)).dump()
        {'product_ids': [3], 'date_to': '2026-01-31'}
        """
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: _dump(value) for name, value in values.items() if value}

    def __repr__(self) -> str:
        set_ = {f.name: getattr(self, f.name) for f in fields(self)}
        inside = ", ".join(f"{name}={value!r}" for name, value in set_.items() if value)
        return f"Filters({inside})"


def _dump(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _read_filter(name: str, value: Any) -> Any:
    if name.startswith("date_"):
        return value if isinstance(value, date) else date.fromisoformat(value)
    if name.endswith("_ids"):
        ids = tuple(int(item) for item in value)
        if not all(0 < item < 2**31 for item in ids):
            raise ValueError(f"{name} has ids")
        return ids
    if name == "days":
        return int(value)
    if name == "group":
        return str(value)
    if isinstance(value, str):
        raise TypeError(f"{name} is a list")
    return tuple(str(item) for item in value)


@dataclass
class Values:
    """Values of variances.

    A net value hides that shortages and overages cancel out. So it is always shown with
    both, and with their absolute sum.

    >>> values = Values(shortage_value=8.4, overage_value=9.4)
    >>> values.net, round(values.absolute, 2)
    (1.0, 17.8)
    """

    shortage_value: float = 0.0
    overage_value: float = 0.0

    @property
    def net(self) -> float:
        return self.overage_value - self.shortage_value

    @property
    def absolute(self) -> float:
        return self.overage_value + self.shortage_value


@dataclass
class Totals(Values):
    """Sums over count lines.

    >>> totals = Totals()
    >>> totals.add({"counted": True, "variance": -2, "value": -8.4})
    >>> totals.add({"counted": True, "variance": 1, "value": 9.4})
    >>> totals.add({"counted": False, "variance": 0, "value": 0})
    >>> totals.net, round(totals.absolute, 2), totals.accuracy
    (1.0, 17.8, 0.0)
    """

    lines: int = 0
    counted: int = 0
    shortages: int = 0
    overages: int = 0
    states: dict[str, int] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row with ``counted``, ``variance``, ``value`` and perhaps ``state``."""
        self.lines += 1
        state = row.get("state")
        self.states[state] = self.states.get(state, 0) + 1
        if not row["counted"]:
            return
        self.counted += 1
        if row["variance"] < 0:
            self.shortages += 1
            self.shortage_value -= row["value"]
        elif row["variance"] > 0:
            self.overages += 1
            self.overage_value += row["value"]

    def merge(self, state: str, *, lines: int, **sums: float) -> None:
        """Add sums of lines in one state.

        :param int lines: number of lines
        :param sums: values of other fields of this class
        """
        self.lines += lines
        self.states[state] = self.states.get(state, 0) + lines
        for name, value in sums.items():
            setattr(self, name, getattr(self, name) + value)

    def in_states(self, states: Iterable[str]) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def differing(self) -> int:
        return self.shortages + self.overages

    @property
    def matching(self) -> int:
        return self.counted - self.differing

    @property
    def accuracy(self) -> float | None:
        """Counted lines without a variance, in percent; None without counted lines."""
        return 100 * self.matching / self.counted if self.counted else None


class Item(NamedTuple):
    """An item on a page.

    :param kind: ``group`` (a heading), ``row``, ``subtotal`` or ``total``
    :param height: in rows of one line of text
    """

    kind: str
    content: Any
    height: float = 1


def text_width(text: str) -> float:
    """The width of a text in font sizes. It is rather too wide, for a font like Noto
    Sans.

    >>> round(text_width("illi"), 2), round(text_width("MWMW"), 2), text_width("螺丝")
    (1.2, 3.8, 2.0)
    """
    return sum(WIDTHS.get(char) or _letter_width(char) for char in text)


def _letter_width(char: str) -> float:
    return IDEOGRAPH if unicodedata.east_asian_width(char) in "WF" else LETTER


def lines_of(text: Any, width: float) -> int:
    """How many lines a text takes in a cell.

    :param width: of the cell, in font sizes

    >>> [lines_of(text, 5) for text in ("", "M8", "Hex Screw M8 x 40", "0" * 20)]
    [1, 1, 3, 3]
    """
    text, width = str(text or ""), max(width, 1)
    if len(text) <= width:
        return 1
    lines, left = 1, width
    for word in text.split():
        size = text_width(word)
        if size > left:
            lines += ceil(size / width) - (left == width)
            left = width - (size % width or width)
        else:
            left -= size
        left -= WIDTHS[" "]
    return lines


def height_of(lines: int) -> float:
    """The height of a row with some lines of text, in rows of one line.

    >>> height_of(1), height_of(3)
    (1.0, 2.5)
    """
    return 1 + 0.75 * (lines - 1)


def paginate(items: Sequence[Item], first: float, others: float) -> list[list[Item]]:
    """Cut items into pages. The heading of a group is repeated on each of its pages.

    :param first: room on the first page, in rows of one line of text
    :param others: room on each other page

    >>> items = [Item("group", "A"), Item("row", 1), Item("row", 2), Item("group", "B"),
    ...          Item("row", 3)]
    >>> [[item.content for item in page] for page in paginate(items, 2, 3)]
    [['A', 1], ['A', 2], ['B', 3]]
    """
    pages: list[list[Item]] = [[]]
    left, group = first, None
    for item, following in zip(items, [*items[1:], None], strict=True):
        # A heading is never alone at the end of a page.
        with_next = following.height if item.kind == "group" and following else 0
        if item.height + with_next > left and pages[-1]:
            pages.append([])
            left = others
            if group and item.kind in ("row", "subtotal"):
                pages[-1].append(group)
                left -= group.height
        if item.kind == "group":
            group = item
        pages[-1].append(item)
        left -= item.height
    return pages
