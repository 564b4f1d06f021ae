"""Audit: who configured counting, when, and from what to what.

Read stock_count_setting_log first (the log, which nobody changes), then audited (the
mixin of what is configured). Odoo's own models use them, too: companies for options,
users and groups for roles.
"""

from . import stock_count_setting_log  # isort: split

from . import audited
