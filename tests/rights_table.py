"""The tables of ``tests/files/rights``: what each role gets, for people to read."""

from pathlib import Path

FILES = Path(__file__).parent / "files" / "rights"


def read_table(name):
    """The rows of a table.

    :param str name: of a file, such as ``models``
    :return: dict of dicts: what a row is about (a tuple of its cells to the left of the
        roles) → role → cell
    """
    text = (FILES / f"{name}.md").read_text(encoding="utf-8")
    head, _line, *rows = [
        [cell.strip() for cell in line.strip("| ").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    first = head.index("public")
    return {
        tuple(row[:first]): dict(zip(head[first:], row[first:], strict=True))
        for row in rows
    }


def print_row(key, cells):
    """A row as the file has it."""
    return f"| {' | '.join((*key, *cells.values()))} |"


def join_ways(off, on=None):
    """A cell for both ways of Option 170; without the second, for either.

    >>> join_ways("ok", "ok"), join_ways("ok", "words")
    ('ok', 'ok, on: words')
    """
    return off if on in (None, off) else f"{off}, on: {on}"
