from . import (
    count_report,
    count_workbook,
    stock_count_report,
    stock_count_report_excel,
    stock_count_report_print,
    stock_count_review_report,
)
