"""One thing to count in one place: its fields, and the one writer of its state."""

from . import stock_count_line  # isort: split

from . import (
    states,
    supplier,
)
