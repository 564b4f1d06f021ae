"""One thing to count at one location: the fields of a line, and the one writer of its
state. Read stock_count_line first, then states."""

from . import stock_count_line  # isort: split

from . import (
    matches,
    serial2,
    states,
    supplier,
    to_post,
)
