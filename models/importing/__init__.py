"""From a file to counted lines: import (what a user sees), files, then the steps read,
check and run."""

from . import stock_count_import  # isort: split

from . import (
    check_memory,
    column_judge,
    files,
    lookup,
    row_checker,
    session_template,
    step_check,
    step_columns,
    step_read,
    step_run,
    stock_count_import_chunk,
    stock_count_import_column,
    stock_count_import_problem,
    stock_count_import_sheet,
    words,
)
