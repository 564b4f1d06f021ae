from ..models.shared.signals import listen

# The engine before the reports, and a report before those that inherit from it.
from . import engine  # isort: split

from . import stock_count_review_report  # isort: split

from . import stock_count_expiry_report  # isort: split

from . import (
    session_reports,
    stock_count_adjustment_report,
    stock_count_coverage_report,
    stock_count_differences_report,
    stock_count_history_report,
    stock_count_kept_report,
    stock_count_list_report,
    stock_count_paper_report,
    stock_count_report_choice,
    stock_count_serial_report,
)

listen("session_state", "stock.count.session", "_keep_reports_of")
