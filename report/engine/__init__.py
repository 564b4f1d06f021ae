from . import stock_count_report  # isort: skip
from . import (
    actions,
    chart,
    definition,
    excel,
    names,
    print,
    screen,
    workbook,
)
