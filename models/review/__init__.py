"""Review: what people look at before they post.

stock_count_approval and stock_count_approval_line (who allows it), posting_block (who
forbids it), cause and line_causes (why a line may differ).
"""

from . import posting_block, stock_count_approval  # isort: split

from . import (
    cause,
    line_causes,
    stock_count_approval_line,
)
