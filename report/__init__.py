# The base and its renderers before the reports that inherit from them.
from . import (
    count_names,
    count_report,
    count_workbook,
    stock_count_report,
    stock_count_report_actions,
    stock_count_report_excel,
    stock_count_report_print,
    stock_count_report_screen,
    stock_count_review_report,
)  # isort: split

from . import stock_count_expiry_report  # isort: split

from . import (
    stock_count_adjustment_report,
    stock_count_coverage_report,
    stock_count_differences_report,
    stock_count_history_report,
    stock_count_list_report,
    stock_count_paper_report,
    stock_count_serial_report,
)
