from . import (
    stock_count_answer,
    stock_count_create,
    stock_count_create_sampling,
    stock_count_report_wizard,
    stock_count_split,
)
