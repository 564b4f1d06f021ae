"""Posting: the only code that changes stock, and takes the change back.

Read in this order: poster (the whole way), then its parts lots, found_elsewhere, moves,
opening_cost and backdating; undo; stock_count_match (location moves that pair a
shortage with an overage); promise (who loses reserved stock); chunks (what a job posts
together); stock_count_history (what was posted).
"""

from ..shared.signals import listen
from . import poster, undo  # isort: split

from . import (
    backdating,
    chunks,
    containers,
    found_elsewhere,
    lots,
    moves,
    opening_cost,
    promise,
    stock_count_history,
    stock_count_match,
    stock_count_reason,
)

listen("counts_changed", "stock.count.match", "_forget_proposed")
