"""What a table is, whatever file it came in: rows of values, limits, refusals."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

HEAD = 64 * 1024


class Unreadable(ValueError):
    """A file that is refused: ``code`` is for programs, ``params`` for words."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class CellError(str):
    """What a spreadsheet shows where it could not work a value out, such as #N/A."""

    __slots__ = ()


class Shown(float):
    """A number that the spreadsheet shows as another one: 2.6 as 3, 0.5 as 50 %."""

    __slots__ = ("shown",)

    def __new__(cls, number: float, shown: str):
        self = super().__new__(cls, number)
        self.shown = shown
        return self


class Uncalculated(CellError):
    """A formula that was saved without its value."""

    __slots__ = ()


NO_VALUE = Uncalculated("=")

Value = str | int | float | bool | datetime | None


class Row(NamedTuple):
    """A row as the spreadsheet numbers it, from 1, without the empty cells at its
    end; ``marks`` say what its values do not, such as ``hidden``."""

    number: int
    values: list[Value]
    marks: tuple[str, ...] = ()


class Merged(NamedTuple):
    """Cells that are one: rows from 1, columns from 0, the last ones included."""

    top: int
    bottom: int
    left: int
    right: int


class Book:
    """A file that can be read; ``kind`` is csv, xls or xlsx."""

    kind = ""
    # CSV only: how the text is written.
    encoding = ""
    delimiter = ""

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets; one without a name for CSV."""
        raise NotImplementedError

    def is_hidden(self, sheet: str) -> bool:
        """Whether nobody sees the sheet in a spreadsheet."""
        return False

    def rows(self, sheet: str = "") -> Iterator[Row]:
        """The rows of a sheet that have something in them.

        :raise Unreadable: where the file turns out to be damaged or too large
        """
        raise NotImplementedError

    def merged_cells(self, sheet: str = "") -> list[Merged]:
        """The merged cells of a sheet, of which only the first has a value."""
        return []

    def merged_rows(self, sheet: str = "") -> set[int]:
        """The first rows of merged cells: where one header stands over several
        columns."""
        return {m.top for m in self.merged_cells(sheet) if m.left != m.right}


def is_utf16(head: bytes) -> bool:
    """Whether text is in two bytes a character, with or without a byte order mark.

    >>> is_utf16("Item;".encode("utf-16")), is_utf16("Item;".encode("utf-16-be"))
    (True, True)
    >>> is_utf16(b"Item;")
    False
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    pairs = len(head) // 2
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    # Most letters of a European text have a zero in one half, and never in the other.
    return pairs > 0 and max(even, odd) > pairs * 0.7 and min(even, odd) == 0


def trim(values: list[Value]) -> list[Value]:
    """Without the empty cells at the end; an empty list for an empty row.

    >>> trim(["a", None, "", None])
    ['a']
    """
    while values and (values[-1] is None or values[-1] == ""):
        values.pop()
    return values
