"""The inside of the one door, step by step: recorder, resolve (names to records),
checks (refusals), entries (what is written), sums (what the line says), recount (the
next round)."""

from . import recorder, stock_count_entry  # isort: split

from . import (
    checks,
    entries,
    recount,
    resolve,
    stock_count_event,
    sums,
    words,
)
