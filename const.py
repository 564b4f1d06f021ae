"""Constants that several rooms use: groups, sets of states, sizes of chunks.

SQL gets them as parameters, the count sheet gets them with its data.
"""

# Groups, see ``security/stock_count_groups.xml``
COUNTER = "stock_count.group_count_counter"
LEAD = "stock_count.group_count_lead"
APPROVER = "stock_count.group_count_approver"
MANAGER = "stock_count.group_count_manager"

# Usages of locations whose stock is counted
COUNTED_USAGES = ("internal", "transit")

# States of a session: neither posted nor cancelled; of these, not waiting for approval
OPEN_STATES = ("open", "pending_approval", "partial")
WORKING_STATES = ("open", "partial")
CLOSED_STATES = ("posted", "cancelled")

# States of a line: not counted in this round; of these, not put off by a counter, or
# never counted at all
UNCOUNTED_STATES = ("to_count", "skipped", "recount")
LEFT_STATES = ("to_count", "recount")
NEW_STATES = ("to_count", "skipped")
# Counted and not posted; of these, not held by a transfer
UNPOSTED_COUNT_STATES = ("counted", "held", "failed")
UNHELD_STATES = ("counted", "failed")
UNPOSTED_STATES = (*UNCOUNTED_STATES, *UNPOSTED_COUNT_STATES)
POSTABLE_STATES = (*UNPOSTED_COUNT_STATES, "superseded")
SETTLED_STATES = ("posted", "superseded")
PROBLEM_STATES = ("failed", "superseded")

# States of an exception and of a background job
OPEN_EXCEPTION_STATES = ("open", "in_progress")
ACTIVE_JOB_STATES = ("waiting", "running")

# Fields that say what a session counts
SCOPE = {"warehouse_id", "location_ids", "supplier_ids", "categ_ids", "count_type"}

# Entries of one call: a hundred times what the counting app sends at once. They are
# recorded in one transaction, which takes ten thousand about five seconds.
MAX_ENTRIES = 10_000
# What else a client may name in one call: these are worked on one by one.
MAX_ITEMS = 1000

# Lines with a stock move that one savepoint posts.
POSTING_CHUNK = 500
# Lines with a stock move in one step of a job, which takes about half a second.
JOB_CHUNK = 100
# Lines that one step of a job makes, in about a second.
GENERATING_CHUNK = 5000
# The work for a line without a stock move, if a line with a move takes 1.
LIGHT = 1 / 20

# From this tolerance ratio on, messages say "far over" instead of a number: where no
# stock was expected, the ratio is infinite.
FAR = 100
