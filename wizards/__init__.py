from . import stock_count_answer, stock_count_create, stock_count_split
