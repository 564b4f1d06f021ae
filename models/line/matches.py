from odoo import api, fields, models

from ...const import LEAD


class StockCountLine(models.Model):
    """The location moves that pair a line's shortage or overage with another line's."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    match_out_ids = fields.One2many(
        string="Moved To",
        comodel_name="stock.count.match",
        inverse_name="shortage_line_id",
        groups=LEAD,
    )
    match_in_ids = fields.One2many(
        string="Moved From",
        comodel_name="stock.count.match",
        inverse_name="overage_line_id",
        groups=LEAD,
    )
    match_text = fields.Char(
        string="Proposed Move", compute="_compute_match", groups=LEAD
    )
    match_state = fields.Char(compute="_compute_match", groups=LEAD)

    # === COMPUTE METHODS === #

    @api.depends("match_out_ids.state", "match_in_ids.state")
    def _compute_match(self):
        for line in self:
            states = (line.match_out_ids | line.match_in_ids).mapped("state")
            line.match_text = ", ".join(line._describe_matches()) or False
            line.match_state = (
                "proposed" if "proposed" in states else states and states[0]
            )

    # === BUSINESS METHODS === #

    def _describe_matches(self):
        """How much moves where, a text for each location move that is not void."""
        _ = self.env._
        to_others = [
            _("%(qty)g to %(place)s", qty=match.qty, place=place.display_name)
            for match in self.match_out_ids
            if (place := match.overage_line_id.location_id) and match.state != "void"
        ]
        from_others = [
            _("%(qty)g from %(place)s", qty=match.qty, place=place.display_name)
            for match in self.match_in_ids
            if (place := match.shortage_line_id.location_id) and match.state != "void"
        ]
        return [*to_others, *from_others]
