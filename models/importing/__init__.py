"""Importing: from a file to entries.

Read in this order: stock_count_import (the form that a user sees) and outcome (its
texts), then the steps step_read, step_check and step_run. A check of a file uses
row_rules (what each row means, and what is wrong with it), check_memory (what the check
knows of the rows before) and lookup (the records that texts mean). downloads writes the
files that people get: templates, and rows that came to nothing.
"""

from ..shared.signals import listen
from . import stock_count_import  # isort: split

from . import (
    check_memory,
    column_judge,
    downloads,
    lookup,
    outcome,
    row_rules,
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

listen("counters", "stock.count.import", "_find_typists")
