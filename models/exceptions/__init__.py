"""The queue of exceptions: what needs a decision by a person.

Read in this order: stock_count_exception (an exception and its verbs), raising and
next_actions (its parts), stock_count_exception_rule (who gets it), watch and clearing
(what raises and closes exceptions), repeats and proof (what comes up again, and how it
is verified), session_exceptions (those of a count), posting_preview (what a posting
would do).
"""

from ..shared.signals import listen
from . import stock_count_exception, watch  # isort: split

from . import (
    clearing,
    next_actions,
    posting_preview,
    proof,
    raising,
    repeats,
    session_exceptions,
    stock_count_exception_rule,
)

listen("products_in_scope", "stock.count.exception", "_products_to_verify")
listen("recount_asked", "stock.count.watch", "_watch_lines")
listen("counted", "stock.count.watch", "_watch_lines")
listen("refused", "stock.count.watch", "_watch_refusals")
listen("posted", "stock.count.watch", "_after_posting")
listen("undone", "stock.count.watch", "_after_undoing")
listen("session_state", "stock.count.watch", "_close_of_closed")
