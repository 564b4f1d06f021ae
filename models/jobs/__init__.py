"""Work that goes on in the background, chunk by chunk: job (what), run (how), pulse and
stop."""

from . import stock_count_job  # isort: split

from . import (
    run,
    stock_count_job_pulse,
    stock_count_job_stop,
)
