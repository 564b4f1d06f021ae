"""Background jobs: work that is done chunk by chunk by Odoo's scheduler.

Read in this order: stock_count_job (what a job is, and who may change it), run (how the
scheduler runs it), stock_count_job_pulse (how far a running chunk is),
stock_count_job_stop (how a running chunk is asked to stop). ``docs/jobs.md`` says how
another model starts a job.
"""

from . import stock_count_job  # isort: split

from . import (
    run,
    stock_count_job_pulse,
    stock_count_job_stop,
)
