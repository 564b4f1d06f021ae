from odoo import fields, models
from odoo.exceptions import AccessError


class StockCountEvent(models.Model):
    """An event: what a counter did besides counting, such as skipping a line, claiming
    or finishing a bin, or attaching a photo.

    The device chooses its uuid. Like an entry, an event never changes.
    """

    _name = "stock.count.event"
    _inherit = ["stock.count.append.only"]
    _description = "Count Event"
    _order = "happened_at desc, id desc"
    _rec_name = "kind"
    _log_access = False

    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    uuid = fields.Char(string="Identifier", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ("skip", "Skipped"),
            ("unskip", "Taken up again"),
            ("bin_claim", "Counting here"),
            ("bin_release", "Left"),
            ("bin_finished", "Finished"),
            ("evidence", "Remark"),
            ("submit", "Submitted"),
        ],
        required=True,
        readonly=True,
    )
    line_id = fields.Many2one(
        string="Count Line",
        comodel_name="stock.count.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    location_id = fields.Many2one(
        comodel_name="stock.location", readonly=True, ondelete="restrict"
    )
    product_id = fields.Many2one(
        comodel_name="product.product", readonly=True, ondelete="restrict"
    )
    exception_id = fields.Many2one(
        comodel_name="stock.count.exception", readonly=True, ondelete="set null"
    )
    barcode = fields.Char(readonly=True)
    note = fields.Char(readonly=True)
    attachment_ids = fields.Many2many(
        string="Photos",
        comodel_name="ir.attachment",
        relation="stock_count_event_attachment_rel",
        readonly=True,
    )
    happened_at = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        string="Who", comodel_name="res.users", required=True, readonly=True
    )
    device = fields.Char(readonly=True)

    _one_per_uuid = models.Constraint(
        "UNIQUE (uuid)", "An event with this identifier is recorded already."
    )
    _session_index = models.Index("(session_id, kind, location_id)")

    # === CRUD METHODS === #

    def _refuse_change(self):
        if not (self.env.su and self.env.context.get("count_internal")):
            raise AccessError(
                self.env._("What happened at a count is evidence and does not change.")
            )
