"""Checks that the counts of ``dev/make_counts.py`` can be read, posted and undone by the
code that is installed now. Read by an Odoo shell, ends with 1 if a claim is wrong.
"""

import sys

WRONG = []


def claim(text, found, expected):
    if found != expected:
        WRONG.append(f"{text}: {found!r} instead of {expected!r}")


def find(name):
    return env["stock.count.session"].search(  # noqa: F821
        [("description", "=", f"Kept {name}")]
    )


def booked(session):
    """What is booked of the product that the session counts."""
    [product] = session.line_ids.filtered("is_counted").product_id
    quants = env["stock.quant"].search(  # noqa: F821
        [("product_id", "=", product.id), ("location_id.name", "=", "Kept")]
    )
    return sum(quants.mapped("quantity"))


def line_of(session):
    [line] = session.line_ids.filtered("is_counted")
    return line


def check_all_can_be_read():
    for model in env:  # noqa: F821
        if model.startswith("stock.count.") and env[model]._auto:  # noqa: F821
            env[model].search([]).read()  # noqa: F821


def check_summed():
    session = find("summed")
    line = line_of(session)
    first = min(line.entry_ids.mapped("counted_at"))
    claim("A sum says when its first entry was counted", line.first_counted_at, first)
    session.action_check_all()
    session.action_post()
    claim("A count that was open is posted", (line.state, booked(session)), ("posted", 7))


def check_recounted():
    session = find("recounted")
    line = line_of(session)
    first = min(line.entry_ids, key=lambda entry: entry.round)
    asked_at = first.recorded_at.replace(microsecond=0)
    claim("A recount is known to be one", line.is_recounted, True)
    claim("It was asked for after the round before it", line.recount_at, asked_at)
    session.action_post()
    claim("It needs no approval", (line.state, booked(session)), ("posted", 6))


def check_approved():
    session = find("approved")
    covered = env["stock.count.approval.line"].search(  # noqa: F821
        [("approval_id.session_id", "=", session.id)]
    )
    claim(
        "An approval keeps what was submitted",
        (covered.expected_qty, covered.found_qty, covered.is_changed),
        (10, 8, False),
    )
    env.company.count_require_approval = True  # noqa: F821
    session.action_post()
    claim(
        "What was approved is posted",
        (line_of(session).state, booked(session)),
        ("posted", 8),
    )
    env.company.count_require_approval = False  # noqa: F821


def check_posted():
    session = find("posted")
    history = env["stock.count.history"].search(  # noqa: F821
        [("session_id", "=", session.id)]
    )
    claim("What was posted is in the history", history.variance_qty, -3)
    session.action_undo_posting()
    claim("What was posted can be undone", booked(session), 10)


def check_demo():
    session = env.ref("stock_count.session_picking")  # noqa: F821
    session.action_check_all()
    session.action_post()
    states = set(session.line_ids.mapped("state")) - {"failed", "held", "to_count"}
    claim("The demo count is posted as far as it can be", states, {"posted"})


for check in (
    check_all_can_be_read,
    check_summed,
    check_recounted,
    check_approved,
    check_posted,
    check_demo,
):
    check()
print("\n".join(WRONG) or "The counts of before can be read, posted and undone.")
sys.stdout.flush()
sys.exit(1 if WRONG else 0)
