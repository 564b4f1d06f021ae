"""The queue of what needs a decision: exception, rule (who gets it), watch (what raises
and closes them), repeats and proof (what comes up again)."""

from ..shared.signals import listen
from . import stock_count_exception, watch  # isort: split

from . import (
    proof,
    repeats,
    session_totals,
    stock_count_exception_rule,
)

listen("products_in_scope", "stock.count.exception", "_products_to_verify")
listen("recount_asked", "stock.count.watch", "_watch_lines")
listen("counted", "stock.count.watch", "_watch_lines")
listen("refused", "stock.count.watch", "_watch_refusals")
listen("posted", "stock.count.watch", "_after_posting")
listen("undone", "stock.count.watch", "_after_undoing")
listen("session_state", "stock.count.watch", "_close_of_closed")
