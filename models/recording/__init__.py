"""Recording: from what a client sends to entries and counted lines.

Read in this order, which is the order of the steps: recorder (the whole way), resolve
and former_lots (names become records), checks, kits, serials and tags (refusals, whose
texts are in words), entries (what is written), sums (what a line says after its
entries), recount (the next round).
"""

from . import recorder, stock_count_entry  # isort: split

from . import (
    checks,
    entries,
    former_lots,
    kits,
    recount,
    remarks,
    resolve,
    serials,
    stock_count_event,
    sums,
    tags,
    words,
)
