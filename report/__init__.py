from . import count_report, stock_count_report, stock_count_review_report
