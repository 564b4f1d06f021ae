from odoo import api, fields, models

from ...const import LEAD
from ...rights import check_lead


class StockCountSession(models.Model):
    """What posting a session would do, said before it is done."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === ACTION METHODS === #

    def get_posting_preview(self):
        """What posting the ticked lines would do: their value, and broken promises.

        :return: text of some sentences, one in each line
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        session = self.sudo()
        lines = self.env["stock.count.line"].sudo()._find_postable(session)
        Promises = self.env["stock.count.promise"].sudo()
        promises = [
            promise
            for found in Promises._read_promises(lines).values()
            for promise in found
        ]
        sentences = [session._booked_text(), self._describe_values(lines)]
        if promises:
            sentences.append(
                self.env._("It takes reserved stock: %s.", Promises._describe(promises))
            )
        return "\n".join(filter(None, sentences))

    @api.model
    def _describe_values(self, lines):
        values = lines.mapped("variance_value")
        return self.env._(
            "Checked lines: %(lines)s. Shortages: %(shortage)s, overages: %(overage)s.",
            lines=len(lines),
            shortage=self._format(-sum(value for value in values if value < 0)),
            overage=self._format(sum(value for value in values if value > 0)),
        )

    @api.model
    def _format(self, value):
        return (self.currency_id or self.env.company.currency_id).format(value)


class StockCountLine(models.Model):
    """The promises that a line's shortage would break."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    promise_text = fields.Char(
        string="Promised",
        compute="_compute_promise_text",
        groups=LEAD,
        help="Which transfers, customers and orders the shortage would break.",
    )

    @api.depends("variance_qty", "state", "round")
    def _compute_promise_text(self):
        # In sudo mode because a counting lead need not be an Inventory user.
        Promises = self.env["stock.count.promise"].sudo()
        promises = Promises._read_promises(self._origin.sudo())
        for line in self:
            line.promise_text = Promises._describe(promises.get(line._origin.id, ()))
