from odoo import models
from odoo.tools import SQL

# How often a session is locked that somebody else has just then.
TRIES = 5


class StockCountSession(models.Model):
    """Posting and closing a count keep recording out, and wait for it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === BUSINESS METHODS === #

    def _is_counted_meanwhile(self):
        """Whether somebody recorded entries that this transaction cannot see.

        They would stay unposted in a closed count. Nobody records while the session is
        locked, so what is committed now is all there is.
        """
        self._lock()
        if not self.env.registry.ready:
            # Nobody else is there while the addon installs its demo data.
            return False
        with self.env.registry.cursor() as cr:
            return self._count_entries(cr) > self._count_entries(self.env.cr)

    def _lock(self):
        """Wait for whoever is recording, and let others wait until this is committed.

        Recording shares the session before it shares fences: whoever closes fences
        locks the session first, or they would wait for each other.
        """
        fence = self.env["stock.count.fence"].sudo()
        for _again in range(TRIES):
            if fence._has_written():
                break
            with fence._closed_gate(self):
                if self._lock_rows("SKIP LOCKED"):
                    return
            # Somebody posts, or changes the session. They are waited for in the open.
            self._lock_rows()
            self.env.cr.rollback()
        self._lock_rows()

    def _lock_rows(self, waiting=""):
        """Lock the sessions against who records, posts or changes them.

        :param str waiting: ``SKIP LOCKED`` not to wait for others
        :return: whether all are locked
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
