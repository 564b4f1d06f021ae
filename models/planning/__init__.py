"""What is counted, how often, and how much may differ: classes and tolerances, scope
and selection, and the lines made of it (generator)."""

from . import generator, limits  # isort: split

from . import (
    selection,
    stock_count_class,
    stock_count_class_item,
    stock_count_tolerance,
)
