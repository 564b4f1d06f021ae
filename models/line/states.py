from odoo import api, models
from odoo.tools import SQL

from ...const import UNPOSTED_STATES

TRUE = SQL("TRUE")


class StockCountLine(models.Model):
    """The only writer of a line's state, once the line is there.

    A state is written together with what it says: a posted line with its posting, a
    line in recount with its round. So each verb gives its other columns along."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    # === BUSINESS METHODS === #

    def _is_unposted(self):
        return self.round > self.posted_round and self.state in UNPOSTED_STATES

    def _set_state(self, state, **vals):
        """Bring a few lines to a state.

        :param vals: other fields to write along
        """
        self._internal().write({"state": state, **vals})

    @api.model
    def _update_states(self, rows, state, values, where=TRUE):
        """Bring many lines to their states, in one statement.

        :param SQL rows: what to select from, among it ``rows`` with the lines' ``id``
        :param SQL state: the new state, of ``rows`` and the former ``line``
        :param SQL values: assignments of other columns
        :param SQL where: which of the lines are written; the others stay as they are
        :return: set of the ids of the lines that were written
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line SET state = %s, %s FROM %s
                 WHERE line.id = rows.id AND %s
             RETURNING line.id
                """,
                state,
                values,
                rows,
                where,
            ),
            # Two counters on one line conflict here, and the second is retried.
            log_exceptions=False,
        )
        ids = {line_id for (line_id,) in self.env.cr.fetchall()}
        self.invalidate_model()
        return ids

    def _rows(self):
        """SQL: the ids of these lines as ``rows``."""
        return SQL("unnest(%s::int[]) AS rows(id)", self.ids)
