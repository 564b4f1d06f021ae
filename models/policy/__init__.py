"""Policy: how often an item is counted, and how much a count may differ.

Read stock_count_class and stock_count_class_item first, then stock_count_tolerance.
"""

from . import limits  # isort: split

from . import stock_count_class, stock_count_class_item, stock_count_tolerance
