from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...const import LEAD
from ...rights import is_lead

# Fields, and XML IDs of their views, still call a block a "hold".
BLOCK_FIELDS = {"count_hold_reason", "count_hold_by_id"}
# Each posting asks whether there is any block, and mostly there is none.
BLOCK_INDEX = "(id) WHERE count_hold_reason <> ''"
BLOCKABLE = ("stock.location", "stock.lot", "product.template")


class StockCountPostingBlock(models.AbstractModel):
    """A block: a person keeps a location, lot or product from being posted.

    Counting goes on, but lines are not posted until the block is released. A line is
    *held* for another reason: a transfer would explain its variance.
    """

    _name = "stock.count.hold"
    _description = "Hold of Count Postings"

    count_hold_reason = fields.Char(
        string="Count Hold",
        copy=False,
        help="Why counts of it must not be posted now. Empty releases the hold.",
    )
    count_hold_by_id = fields.Many2one(
        string="Held By", comodel_name="res.users", readonly=True, copy=False
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._name_blocker(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._name_blocker(vals))

    @api.model
    def _name_blocker(self, vals):
        """Add the user who writes a reason. A client cannot name another one.

        :raise AccessError: when the user is no counting lead
        """
        if not BLOCK_FIELDS & vals.keys():
            return vals
        vals = {name: vals[name] for name in vals if name != "count_hold_by_id"}
        if "count_hold_reason" in vals:
            self._check_may_block()
            blocker = self.env.uid if vals["count_hold_reason"] else False
            vals["count_hold_by_id"] = blocker
        return vals

    @api.model
    def _check_may_block(self):
        if not is_lead(self.env):
            raise AccessError(
                self.env._("Only a counting lead puts counts on hold or releases them.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _read_blocked(self, line_ids):
        """Find the lines that are blocked.

        A block of a location also blocks the locations below it.

        :param line_ids: ids of lines
        :return: dict line id → list of the name of what is blocked, the reason, and the
            name of the person
        """
        for model in BLOCKABLE:
            self.env[model].flush_model(list(BLOCK_FIELDS))
        if not self._is_anything_blocked():
            return {}
        self.env.cr.execute(
            SQL(
                """
                WITH places AS MATERIALIZED (
                    SELECT complete_name, parent_path, count_hold_reason,
                           count_hold_by_id
                      FROM stock_location WHERE count_hold_reason <> '')
                SELECT line.id, block.name, block.reason, partner.name
                  FROM stock_count_line line
                  JOIN stock_location location ON location.id = line.location_id
                  JOIN product_product product ON product.id = line.product_id
                 CROSS JOIN LATERAL (%s) block
                  LEFT JOIN res_users blocker ON blocker.id = block.user_id
                  LEFT JOIN res_partner partner ON partner.id = blocker.partner_id
                 WHERE line.id = ANY(%s)
                """,
                self._block_of_line(),
                list(line_ids),
            )
        )
        return {line_id: block for line_id, *block in self.env.cr.fetchall()}

    @api.model
    def _block_of_line(self):
        """SQL: one block of a line, with its ``location`` and ``product``.

        ``places`` are the blocked locations.
        """
        return SQL(
            """
            SELECT parent.complete_name AS name, parent.count_hold_reason AS reason,
                   parent.count_hold_by_id AS user_id
              FROM places parent
             WHERE location.parent_path LIKE parent.parent_path || '%%'
             UNION ALL
            SELECT lot.name, lot.count_hold_reason, lot.count_hold_by_id
              FROM stock_lot lot
             WHERE lot.id = line.lot_id AND lot.count_hold_reason <> ''
             UNION ALL
            SELECT COALESCE(template.default_code, template.name->>'en_US'),
                   template.count_hold_reason, template.count_hold_by_id
              FROM product_template template
             WHERE template.id = product.product_tmpl_id
               AND template.count_hold_reason <> ''
             LIMIT 1
            """
        )

    @api.model
    def _is_anything_blocked(self):
        """Whether any location, lot or product is blocked."""
        blocked = [
            SQL(
                "EXISTS (SELECT FROM %s WHERE count_hold_reason <> '')",
                SQL.identifier(self.env[model]._table),
            )
            for model in BLOCKABLE
        ]
        self.env.cr.execute(SQL("SELECT %s", SQL(" OR ").join(blocked)))
        return self.env.cr.fetchone()[0]


class StockCountLine(models.Model):
    """The block of a line, if it has one."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    on_hold = fields.Char(
        compute="_compute_on_hold",
        groups=LEAD,
        help="Why counts of it are not posted now, and who says so.",
    )

    # === COMPUTE METHODS === #

    @api.depends("product_id", "location_id", "lot_id")
    def _compute_on_hold(self):
        blocked = self.env["stock.count.hold"]._read_blocked(self._origin.ids)
        for line in self:
            block = blocked.get(line._origin.id)
            line.on_hold = block and " · ".join(part for part in block if part)
