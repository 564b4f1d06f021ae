"""A session: one count, and what people do with it.

Read in this order: stock_count_session (what is counted, by whom, when, and its state),
verbs, review_verbs and line_verbs (the buttons, and record_entries), checks (who may
press them), locking (who waits for whom), background (the jobs of the verbs). The other
files have the totals and texts that screens show.
"""

from ..shared.signals import listen
from . import stock_count_session  # isort: split

from . import (
    accounting_date,
    app_evidence,
    background,
    checks,
    document_verbs,
    line_verbs,
    locking,
    next_step,
    review_verbs,
    sheet_header,
    totals,
    verbs,
)

listen("counted", "stock.count.session", "_answer_by_rule")
