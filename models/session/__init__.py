"""A count and what people do with it: session (what, who, when), verbs and line_verbs
(the buttons and record_entries), checks (who may), background (the verbs' jobs)."""

from ..shared.signals import listen
from . import stock_count_session  # isort: split

from . import (
    accounting_date,
    app_totals,
    background,
    checks,
    document_verbs,
    line_verbs,
    locking,
    next_step,
    sheet_header,
    totals,
    verbs,
)

listen("counted", "stock.count.session", "_answer_by_rule")
