"""What people look at before a posting: causes, blocks, approvals."""

from . import posting_block, stock_count_approval  # isort: split

from . import (
    cause,
    line_causes,
    stock_count_approval_line,
)
