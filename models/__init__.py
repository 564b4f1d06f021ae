# Mixins before the models that inherit from it.
from . import stock_count_guard, stock_count_hold  # isort: split

from . import (
    product_product,
    product_supplierinfo,
    product_template,
    res_company,
    res_config_settings,
    res_users,
    stock_count_approval,
    stock_count_book,
    stock_count_entry,
    stock_count_fence,
    stock_count_generator,
    stock_count_line,
    stock_count_poster,
    stock_count_reason,
    stock_count_recorder,
    stock_count_session,
    stock_count_sheet,
    stock_count_tolerance,
    stock_count_undo,
    stock_location,
    stock_lot,
    stock_move,
    stock_move_line,
    stock_quant,
)
