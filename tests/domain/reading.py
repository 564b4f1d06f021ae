"""How tests read the files of tests/files and those that they make."""

import io
from pathlib import Path

from domain.spreadsheet.open_book import open_book

FILES = Path(__file__).parents[1] / "files"


def read_real(name):
    return (FILES / name).read_bytes()


def read(content, name="count.xlsx", **options):
    book = open_book(io.BytesIO(content), name, **options)
    return [row.values for row in book.rows()]


def trimmed(rows):
    """As the reader gives them: without empty rows, and cells at the ends of rows."""
    found = []
    for row in rows:
        values = list(row)
        while values and values[-1] in (None, ""):
            values.pop()
        if values:
            found.append(values)
    return found
