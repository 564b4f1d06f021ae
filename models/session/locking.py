from odoo import models
from odoo.tools import SQL

# How often _lock() tries to get behind the gate.
TRIES = 5


class StockCountSession(models.Model):
    """Locks of a session: posting and closing wait for recording, and lock it out.

    See ``docs/concurrency.md``.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === BUSINESS METHODS === #

    def _is_counted_meanwhile(self):
        """Whether entries were committed that this transaction does not see.

        They would stay unposted in a closed session. The session is locked first, so no
        further entries can come.
        """
        self._lock()
        if not self.env.registry.ready:
            # While the addon installs its demo data, nobody else is connected.
            return False
        with self.env.registry.cursor() as cr:
            return self._count_entries(cr) > self._count_entries(self.env.cr)

    def _lock(self):
        """Lock these sessions until this transaction ends.

        Waits for transactions that record, post or change one of them. Later ones wait
        for this transaction.

        Lock sessions before fences: recording does so, too. In another order, the two
        would wait for each other.
        """
        fence = self.env["stock.count.fence"].sudo()
        for _try in range(TRIES):
            if fence._has_written():
                break
            with fence._closed_gate(self):
                if self._lock_rows("SKIP LOCKED"):
                    return
            # Somebody posts or changes a session. Behind the gate nobody may wait for a
            # lock, so wait for them here, and start again after them.
            self._lock_rows()
            self.env.cr.rollback()
        self._lock_rows()

    def _lock_rows(self, waiting=""):
        """Lock the rows of these sessions against recording, posting and changes.

        :param str waiting: ``SKIP LOCKED`` to leave out rows that others have locked,
            empty to wait for them
        :return: whether all rows are locked
        """
        self.env.cr.execute(
            SQL(
                "SELECT id FROM stock_count_session WHERE id = ANY(%s) ORDER BY id"
                " FOR NO KEY UPDATE %s",
                self.ids,
                SQL(waiting),
            ),
            log_exceptions=False,
        )
        return len(self.env.cr.fetchall()) == len(set(self.ids))

    def _count_entries(self, cr):
        cr.execute(
            SQL("SELECT count(*) FROM stock_count_entry WHERE session_id = %s", self.id)
        )
        return cr.fetchone()[0]
