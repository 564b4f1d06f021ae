"""What the book said when something was counted, and what that comes to now: fence
(order), trace (former move lines), book (quantities), verdicts (variance, state,
explaining transfers)."""

from . import book  # isort: split

from . import (
    stock_around,
    stock_count_fence,
    stock_count_trace,
    verdicts,
)
