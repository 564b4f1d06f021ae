"""The one door through which counts change stock, and back: poster, then its parts
lots, found_elsewhere, moves; undo; match (pairs); promise (who loses reserved stock);
history."""

from ..shared.signals import listen
from . import poster, undo  # isort: split

from . import (
    accounting_date,
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
