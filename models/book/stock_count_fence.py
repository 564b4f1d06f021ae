import random
import time
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)
# How often what ran into somebody else is done again at once.
TRIES = 10
# The name of the gates among PostgreSQL's advisory locks; any other would do.
GATE = 1_907_192_026


class StockCountFence(models.Model):
    """One row per location that puts counts and corrections of it into one order.

    A lock on quants excludes nobody: Odoo skips a locked quant and inserts a second
    one. A correction updates the rows of its locations, an entry shares them; whoever
    comes with a snapshot older than the other's commit is refused by PostgreSQL and
    retried by Odoo.
    """

    _name = "stock.count.fence"
    _description = "Count Fence"
    _log_access = False
    _rec_name = "location_id"

    location_id = fields.Many2one(
        comodel_name="stock.location", required=True, ondelete="cascade"
    )
    stamp = fields.Integer(help="Stamp of the last correction at the location.")

    _one_per_location = models.Constraint(
        "UNIQUE (location_id)", "A location has one count fence."
    )

    def init(self):
        """The sequence of stamps, and a fence for each location that is there
        already."""
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS stock_count_stamp")
        self.env.cr.execute(
            """
            INSERT INTO stock_count_fence (location_id)
            SELECT id FROM stock_location ORDER BY id
            ON CONFLICT (location_id) DO NOTHING
            """
        )

    @api.model
    def _share(self, location_ids):
        """Keep corrections of the locations out until the end of the transaction."""
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_count_fence
                 WHERE location_id = ANY(%s) ORDER BY id FOR SHARE
                """,
                sorted(location_ids),
            ),
            # A conflict is not an error: Odoo retries the request.
            log_exceptions=False,
        )

    @api.model
    def _close(self, location_ids):
        """Keep entries and other corrections of the locations out until the end.

        The rows are updated, not only locked: a transaction that read its snapshot
        before must fail, and a lock alone would let it pass as soon as this one has
        committed.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_fence fence
                   SET stamp = nextval('stock_count_stamp')
                  FROM (SELECT id FROM stock_count_fence
                         WHERE location_id = ANY(%s) ORDER BY id FOR UPDATE) locked
                 WHERE fence.id = locked.id
                """,
                sorted(location_ids),
            ),
            log_exceptions=False,
        )

    @api.model
    def _draw(self):
        """The next stamp, the database's time (UTC, microseconds) and its
        transaction."""
        self.env.cr.execute(
            """
            SELECT nextval('stock_count_stamp')::int,
                   clock_timestamp() AT TIME ZONE 'UTC',
                   pg_current_xact_id()::text
            """
        )
        return self.env.cr.fetchone()

    # === GATE === #

    @api.model
    def _pass_gate(self, session):
        """Go in to record in a session, with others who record, until the end."""
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock_shared(%s, %s)", GATE, session.id)
        )

    @api.model
    @contextmanager
    def _closed_gate(self, sessions):
        """Nobody goes in to record in the sessions, and who was in there has committed;
        what they did is seen.

        Where people record all the time, a transaction that waited for one of them has
        a snapshot from before, and its first change of a line is refused, again and
        again. So another connection waits, and this one begins anew behind it.

        Only for who has written nothing; and nobody waits for a lock in here, because
        PostgreSQL does not know that the gate waits for them.
        """
        with self.env.registry.cursor() as cr:
            for session_id in sorted(sessions.ids):
                cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [GATE, session_id])
            self.env.cr.rollback()
            yield

    @api.model
    def _insist(self, work, tries=TRIES):
        """Do something, and do it again where it runs into others.

        Odoo does so five times, with long pauses, which fifty people at once use up.
        Who has written something already is left to Odoo: all of it is done again.

        :param work: called without arguments, does nothing but read and write here
        """
        if not tries or self._has_written():
            return work()
        try:
            result = work()
            self.env.flush_all()
        except CONFLICTS:
            self.env.cr.rollback()
            time.sleep(random.uniform(0, 0.1))
            return self._insist(work, tries - 1)
        return result

    @api.model
    def _has_written(self):
        """Whether this transaction has changed or locked any row, so that it cannot
        begin anew."""
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return self.env.cr.fetchone()[0]
