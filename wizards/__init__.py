from . import stock_count_create, stock_count_split
