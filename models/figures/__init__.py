"""Figures: how good the stock record is.

Read figures first (sums over the history), then dashboard (what it shows) and
dashboard_records (the records behind each figure).
"""

from . import dashboard  # isort: split

from . import (
    dashboard_records,
    figures,
)
