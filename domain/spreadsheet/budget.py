"""How much of a file is read, by every reader: bytes, characters, rows and seconds.

A file that takes more is refused in words instead of filling the memory or a worker.
"""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from .book import Unreadable

Step = TypeVar("Step")

# === BYTES === #

# Of a file as it comes.
MAX_FILE = 64 * 1024 * 1024
# Of XLS: its library keeps all of it at once, and 65,536 rows of counts are 10 MB.
MAX_XLS = 24 * 1024 * 1024
# Of a part once it is unpacked. A million rows of a count are 300 MB.
MAX_PART = 640 * 1024 * 1024
MAX_STRINGS = 64 * 1024 * 1024

# === CHARACTERS === #

# Of a cell: what Excel itself can hold.
MAX_CELL = 32_767
# Of a row of a text, with its quoted line breaks: what is longer has an unclosed
# quotation mark or no rows at all.
MAX_RECORD = 1024 * 1024
# Of one tag, or of one cell's text, as far as it has come: what is longer is made to
# fill the memory.
MAX_TOKEN = 1024 * 1024

# Elements of XML within each other; tables have a dozen.
MAX_DEPTH = 200

# === ROWS AND COLUMNS === #

# What Excel itself can hold; a file with more was not made by a person.
MAX_ROWS = 1_048_576
# Rows without a value, one after the other: a style that was given to whole columns.
MAX_EMPTY = 100_000
# A count has a dozen columns; an export of everything may have some hundred.
MAX_COLUMNS = 500
# Texts that cells share.
MAX_TEXTS = 1_000_000

# === SECONDS === #

# Of a processor, for all readings of an opened file. 250,000 rows of a count take four.
MAX_SECONDS = 15.0


class Meter:
    """The seconds that reading one file has taken."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, steps: Iterable[Step], size: int = 1) -> Iterator[Step]:
        """The steps of a reader, without the time of the code that takes them.

        :param size: how many are read before the clock is asked, which takes longer
            than a small step
        :raise Unreadable: once they have taken too long

        >>> list(Meter().timed("ab"))
        ['a', 'b']
        """
        steps, ended, is_last = iter(steps), None, False
        while not is_last:
            since, batch = time.thread_time(), []
            try:
                batch.extend(islice(steps, size))
            except Exception as error:  # raised behind the steps before it
                ended = error
            is_last = ended or len(batch) < size
            self.seconds += time.thread_time() - since
            if self.seconds > MAX_SECONDS:
                raise Unreadable("too_slow", limit=int(MAX_SECONDS))
            yield from batch
        if ended:
            raise ended


class RowCount:
    """The rows of a sheet that were read, and how many of the last ones were empty."""

    __slots__ = ("_empty", "rows")

    def __init__(self) -> None:
        self.rows = self._empty = 0

    def add(self, number: int, is_filled: bool) -> None:
        """Count a row.

        :raise Unreadable: where it is one too many

        >>> count = RowCount()
        >>> count.add(7, True), count.rows
        (None, 1)
        """
        self.rows += 1
        self._empty = 0 if is_filled else self._empty + 1
        if self.rows > MAX_ROWS or number > MAX_ROWS:
            raise Unreadable("too_many_rows", limit=MAX_ROWS)
        if self._empty > MAX_EMPTY:
            raise Unreadable("too_many_empty", limit=MAX_EMPTY)


def check_columns(number: int) -> None:
    """Refuse a row that is too wide.

    >>> check_columns(500)
    """
    if number > MAX_COLUMNS:
        raise Unreadable("too_many_columns", columns=number, limit=MAX_COLUMNS)


def check_cell(row: int, text: str) -> None:
    """Refuse a text that is too long for a cell.

    >>> check_cell(2, "SCR")
    """
    if len(text) > MAX_CELL:
        raise Unreadable("long_cell", row=row, limit=MAX_CELL)


def check_size(size: int, limit: int, name: str = "") -> None:
    """Refuse a file of too many bytes.

    >>> check_size(5, MAX_FILE)
    """
    if size > limit:
        params = {"size": size // 1024**2, "limit": limit // 1024**2}
        raise Unreadable("too_large", name=name, **params)
