"""What several rooms agree on: groups, sets of states, sizes of chunks.

SQL gets these as parameters. ``static/src/const.js`` repeats what JavaScript needs;
``tests/whole/test_const.py`` compares both.
"""

# Groups, see ``security/stock_count_groups.xml``
COUNTER = "stock_count.group_count_counter"
LEAD = "stock_count.group_count_lead"
APPROVER = "stock_count.group_count_approver"
MANAGER = "stock_count.group_count_manager"

# States of a session
OPEN_STATES = ("open", "pending_approval", "partial")
CLOSED_STATES = ("posted", "cancelled")

# States of a line
UNCOUNTED_STATES = ("to_count", "skipped", "recount")
UNPOSTED_COUNT_STATES = ("counted", "held", "failed")
UNPOSTED_STATES = (*UNCOUNTED_STATES, *UNPOSTED_COUNT_STATES)
POSTABLE_STATES = (*UNPOSTED_COUNT_STATES, "superseded")
SETTLED_STATES = ("posted", "superseded")
PROBLEM_STATES = ("failed", "superseded")

# States of an exception and of a background job
OPEN_EXCEPTION_STATES = ("open", "in_progress")
ACTIVE_JOB_STATES = ("waiting", "running")

# Fields that say what a session counts
SCOPE = {"warehouse_id", "location_ids", "supplier_ids", "categ_ids", "count_type"}

# Lines with a stock move that one savepoint posts.
POSTING_CHUNK = 500
# Lines with a stock move in a step of a job: about half a second's work.
JOB_CHUNK = 100
# Lines made in a step of a job: about a second's work.
GENERATING_CHUNK = 5000
# The work for a line without a stock move, where one with a move is 1.
LIGHT = 1 / 20

# From this tolerance ratio on the number says nothing: where no stock was expected it
# is infinite.
FAR = 100
