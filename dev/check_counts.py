"""Checks that the code of today can read, post and undo the counts of
``dev/make_counts.py``.

Read by an Odoo shell; ends with 1 if a claim is wrong.
"""

import sys


class Checks:
    """What has to be true of each count, and what is not."""

    def __init__(self, env):
        self.env = env
        self.wrong = []

    def claim(self, text, found, expected):
        if found != expected:
            self.wrong.append(f"{text}: {found!r} instead of {expected!r}")

    def find(self, name):
        return self.env["stock.count.session"].search(
            [("description", "=", f"Kept {name}")]
        )

    def find_line(self, session):
        [line] = session.line_ids.filtered("is_counted")
        return line

    def booked(self, line):
        """What is booked where the line was counted."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", line.product_id.id),
                ("location_id", "=", line.location_id.id),
            ]
        )
        return sum(quants.mapped("quantity"))

    def check_posted(self, session, qty):
        session.action_check_all()
        session.action_post()
        line = self.find_line(session)
        name = session.description
        self.claim(f"{name} is posted", line.state, "posted")
        self.claim(f"{name} corrects the book", self.booked(line), qty)

    def check_reading(self):
        for name, model in self.env.items():
            if name.startswith("stock.count.") and model._auto:
                model.search([]).read()

    def check_summed(self):
        session = self.find("summed")
        line = self.find_line(session)
        first = min(line.entry_ids.mapped("counted_at"))
        self.claim("A sum has its first entry's time", line.first_counted_at, first)
        self.check_posted(session, 7)

    def check_recounted(self):
        """It is over its tolerance, and needs no approval."""
        session = self.find("recounted")
        line = self.find_line(session)
        first = min(line.entry_ids, key=lambda entry: entry.round)
        asked_at = first.recorded_at.replace(microsecond=0)
        self.claim("A recount is known to be one", line.is_recounted, True)
        self.claim("It came after the round before it", line.recount_at, asked_at)
        self.check_posted(session, 6)

    def check_approved(self):
        session = self.find("approved")
        covered = self.env["stock.count.approval.line"].search(
            [("approval_id.session_id", "=", session.id)]
        )
        submitted = (covered.expected_qty, covered.found_qty, covered.is_changed)
        self.claim("An approval keeps what was submitted", submitted, (10, 8, False))
        session.company_id.count_require_approval = True
        self.check_posted(session, 8)
        session.company_id.count_require_approval = False

    def check_risk(self):
        self.claim(
            "A count by risk is a full one", self.find("risk").count_type, "full"
        )

    def check_undo(self):
        session = self.find("posted")
        line = self.find_line(session)
        history = self.env["stock.count.history"].search(
            [("session_id", "=", session.id)]
        )
        self.claim("What was posted is in the history", history.variance_qty, -3)
        session.action_undo_posting()
        self.claim("What was posted can be undone", self.booked(line), 10)

    def check_demo(self):
        session = self.env.ref("stock_count.session_picking")
        session.action_check_all()
        session.action_post()
        states = set(session.line_ids.mapped("state")) - {"failed", "held", "to_count"}
        self.claim("The demo count is posted as far as it can be", states, {"posted"})

    def run(self):
        self.check_reading()
        self.check_summed()
        self.check_recounted()
        self.check_approved()
        self.check_risk()
        self.check_undo()
        self.check_demo()
        return self.wrong


wrong = Checks(env).run()  # noqa: F821
print("\n".join(wrong) or "The counts of before can be read, posted and undone.")
sys.stdout.flush()
sys.exit(1 if wrong else 0)
