"""How good the stock record is: figures (sums of the history), dashboard."""

from . import dashboard  # isort: split

from . import (
    dashboard_records,
    figures,
)
