import random
import time
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

CONFLICTS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)
# How often _insist() repeats work after a conflict.
TRIES = 10
# The number of the gates among PostgreSQL's advisory locks. Any number would do.
GATE = 1_907_192_026


class StockCountFence(models.Model):
    """The fence of a location: a row that puts its counts and corrections in order.

    An entry locks the fence FOR SHARE, a correction updates it. So entries run side by
    side, and a correction waits for them and they for it. If the second transaction has
    a snapshot from before the first one's commit, PostgreSQL refuses it with a
    serialization failure, and Odoo repeats the request.

    A lock on quants would not do: Odoo skips a locked quant and inserts a second one.

    See ``docs/concurrency.md``.
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
        """Create the sequence of stamps, and a fence for each existing location."""
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
        """Lock out corrections of some locations until this transaction ends.

        Entries of these locations are not locked out.

        :param location_ids: ids, in any order
        :raise SerializationFailure: when a correction was committed after this
            transaction's snapshot
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_count_fence
                 WHERE location_id = ANY(%s) ORDER BY id FOR SHARE
                """,
                sorted(location_ids),
            ),
            # Odoo retries after a conflict, so it is not worth a log message.
            log_exceptions=False,
        )

    @api.model
    def _close(self, location_ids):
        """Lock out entries and other corrections until this transaction ends.

        The rows are updated, not only locked. A transaction with an older snapshot must
        fail: after a mere lock it would go through as soon as this one has committed.

        :param location_ids: ids, in any order
        :raise SerializationFailure: when an entry or a correction was committed after
            this transaction's snapshot
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
        """Draw the next stamp.

        :return: tuple of the stamp (int), the database's time (UTC, microseconds) and
            the id of this transaction (text)
        """
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
        """Pass the gate of a session to record in it, until this transaction ends.

        Any number of transactions may be behind the gate. Waits while the gate is
        closed.
        """
        self.env.cr.execute(
            SQL("SELECT pg_advisory_xact_lock_shared(%s, %s)", GATE, session.id)
        )

    @api.model
    @contextmanager
    def _closed_gate(self, sessions):
        """Close the gates of sessions while the body of the ``with`` runs.

        Waits until each transaction that records in these sessions has ended. Then this
        transaction starts again, so that its snapshot has all that they recorded.

        Without the gate, a transaction that waits for one recording transaction keeps a
        snapshot from before it. Its first change of a line is then refused, again and
        again while many people count. So a second connection does the waiting.

        Two rules for the caller: the transaction has written nothing yet, because it is
        rolled back here; and the body waits for no lock, because PostgreSQL cannot see
        a deadlock that leads through two connections of one process.

        :param sessions: records of ``stock.count.session``
        """
        with self.env.registry.cursor() as cr:
            for session_id in sorted(sessions.ids):
                cr.execute("SELECT pg_advisory_xact_lock(%s, %s)", [GATE, session_id])
            self.env.cr.rollback()
            yield

    @api.model
    def _insist(self, work, tries=TRIES):
        """Do some work, and repeat it after a conflict with another transaction.

        Odoo repeats a request up to five times, with long pauses. Fifty people who
        count at once need more and shorter tries. Only a transaction that has written
        nothing before can be repeated here; else Odoo repeats the whole request.

        :param work: function without arguments, with no effect outside the database
        :param int tries: how often the work may be repeated
        :return: what ``work`` returns
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
        """Whether this transaction has changed or locked a row.

        If it has, a rollback would lose that: the transaction must not start again.
        """
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
        return self.env.cr.fetchone()[0]
