from . import stock_count_create
