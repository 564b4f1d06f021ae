from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...const import LEAD

HOLD = {"count_hold_reason", "count_hold_by_id"}
# Whether anything is on hold is asked by every posting, and mostly nothing is.
HOLD_INDEX = "(id) WHERE count_hold_reason <> ''"
HOLDABLE = ("stock.location", "stock.lot", "product.template")


class StockCountHold(models.AbstractModel):
    """What is on hold is counted, but its lines are not posted until it is released."""

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
        return super().create([self._name_holder(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._name_holder(vals))

    @api.model
    def _name_holder(self, vals):
        """Who gives the reason holds it; a client cannot name somebody else.

        :raise AccessError: for whoever is not a counting lead
        """
        if not HOLD & vals.keys():
            return vals
        vals = {name: vals[name] for name in vals if name != "count_hold_by_id"}
        if "count_hold_reason" in vals:
            self._check_may_hold()
            holder = self.env.uid if vals["count_hold_reason"] else False
            vals["count_hold_by_id"] = holder
        return vals

    @api.model
    def _check_may_hold(self):
        if not self.env.su and not self.env.user.has_group(LEAD):
            raise AccessError(
                self.env._("Only a counting lead puts counts on hold or releases them.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _read_held(self, line_ids):
        """Which count lines a hold keeps from being posted.

        A location holds what is below it, too.

        :return: dict line id → (what is held, why, by whom)
        """
        for model in HOLDABLE:
            self.env[model].flush_model(list(HOLD))
        if not self._is_anything_held():
            return {}
        self.env.cr.execute(
            SQL(
                """
                WITH places AS MATERIALIZED (
                    SELECT complete_name, parent_path, count_hold_reason,
                           count_hold_by_id
                      FROM stock_location WHERE count_hold_reason <> '')
                SELECT line.id, held.name, held.reason, partner.name
                  FROM stock_count_line line
                  JOIN stock_location location ON location.id = line.location_id
                  JOIN product_product product ON product.id = line.product_id
                 CROSS JOIN LATERAL (
                       SELECT parent.complete_name AS name,
                              parent.count_hold_reason AS reason,
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
                        LIMIT 1) held
                  LEFT JOIN res_users holder ON holder.id = held.user_id
                  LEFT JOIN res_partner partner ON partner.id = holder.partner_id
                 WHERE line.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return {line_id: held for line_id, *held in self.env.cr.fetchall()}

    @api.model
    def _is_anything_held(self):
        """Whether there is any hold, whatever it holds."""
        held = [
            SQL(
                "EXISTS (SELECT FROM %s WHERE count_hold_reason <> '')",
                SQL.identifier(self.env[model]._table),
            )
            for model in HOLDABLE
        ]
        self.env.cr.execute(SQL("SELECT %s", SQL(" OR ").join(held)))
        return self.env.cr.fetchone()[0]


class StockCountLine(models.Model):
    """Why counts of a line's thing or place are not posted now."""

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
        held = self.env["stock.count.hold"]._read_held(self._origin.ids)
        for line in self:
            what = held.get(line._origin.id)
            line.on_hold = what and " · ".join(part for part in what if part)
