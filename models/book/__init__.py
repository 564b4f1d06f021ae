"""What the book said when a line was counted, and what the count comes to now.

Read in this order: stock_count_fence (the order of counts and corrections), book
(quantities), verdicts (variance, state, explaining transfers), stock_around (the stock
around a line). ``docs/concurrency.md`` shows who waits for whom.
"""

from . import book  # isort: split

from . import (
    stock_around,
    stock_count_fence,
    verdicts,
)
