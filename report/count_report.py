"""The parts of a report's definition that need no database: columns, filters, totals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple


class Column(NamedTuple):
    """One column of a report, the same in print, in a sheet and on screen.

    :param key: of the value in a row
    :param type: ``text``, ``quantity``, ``difference`` (a quantity with its sign) or
        ``money``; it decides about alignment and format
    :param width: share of the printed page's width; only their proportion counts
    :param total: whether adding its values up means something. Quantities of different
        items never do
    """

    key: str
    label: str
    type: str = "text"
    width: int = 10
    total: bool = False

    @property
    def is_number(self) -> bool:
        return self.type != "text"


@dataclass(frozen=True)
class Filters:
    """What a report is narrowed to; an empty filter narrows nothing."""

    session_ids: tuple[int, ...] = ()
    warehouse_ids: tuple[int, ...] = ()
    product_ids: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None

    @classmethod
    def read(cls, raw: Mapping[str, Any] | None) -> "Filters":
        """Read filters as a client sent them; what is no filter is left out.

        >>> Filters.read({"product_ids": [3, "4"], "date_from": "2026-01-31", "x": 1})
        Filters(session_ids=(), warehouse_ids=(), product_ids=(3, 4), states=(), \
date_from=datetime.date(2026, 1, 31), date_to=None)
        """
        raw = raw or {}
        known = [f.name for f in fields(cls) if raw.get(f.name)]
        return cls(**{name: _read_filter(name, raw[name]) for name in known})


def _read_filter(name: str, value: Any) -> Any:
    if name.startswith("date_"):
        return value if isinstance(value, date) else date.fromisoformat(value)
    if name.endswith("_ids"):
        return tuple(int(item) for item in value)
    return tuple(value)


@dataclass
class Totals:
    """Sums over rows. A net alone hides that shortages and overages cancel out, so it
    never stands without both and their absolute sum.

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
    shortage_value: float = 0.0
    overage_value: float = 0.0
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

    def in_states(self, states: Iterable[str]) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def differing(self) -> int:
        return self.shortages + self.overages

    @property
    def matching(self) -> int:
        return self.counted - self.differing

    @property
    def net(self) -> float:
        return self.overage_value - self.shortage_value

    @property
    def absolute(self) -> float:
        return self.overage_value + self.shortage_value

    @property
    def accuracy(self) -> float | None:
        """Counted lines without a variance in percent; None when nothing is counted."""
        return 100 * self.matching / self.counted if self.counted else None
