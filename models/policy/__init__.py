"""How often an item is counted and how much it may differ: classes, then tolerances."""

from . import limits  # isort: split

from . import stock_count_class, stock_count_class_item, stock_count_tolerance
