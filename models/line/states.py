from odoo import api, models
from odoo.tools import SQL

from ...const import UNPOSTED_STATES

TRUE = SQL("TRUE")


class StockCountLine(models.Model):
    """The only writer of the state of an existing line.

    Each verb writes a state together with the columns that belong to it: a posted line
    with its posting, a line in recount with its round.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    # === BUSINESS METHODS === #

    def _is_unposted(self):
        """Whether the line's current round was neither posted nor superseded."""
        return self.round > self.posted_round and self.state in UNPOSTED_STATES

    def _set_state(self, state, **vals):
        """Write the state of a few lines.

        :param str state: the new state
        :param vals: values of other fields, written with it
        """
        self._internal().write({"state": state, **vals})

    @api.model
    def _update_states(self, rows, state, values, where=TRUE):
        """Write the states of many lines in one statement.

        :param SQL rows: what to select FROM, with the lines' ``id`` in ``rows``
        :param SQL state: the new state; may name ``rows`` and the ``line`` as it was
        :param SQL values: assignments of other columns
        :param SQL where: condition; lines that fail it stay as they are
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
            # Two people who count one line conflict here. Odoo retries the second
            # call, so the error is not worth a log message.
            log_exceptions=False,
        )
        ids = {line_id for (line_id,) in self.env.cr.fetchall()}
        self.invalidate_model()
        return ids

    def _rows(self):
        """SQL: the ids of these lines as ``rows``."""
        return SQL("unnest(%s::int[]) AS rows(id)", self.ids)
