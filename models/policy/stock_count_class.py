from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...rights import is_manager

# How far back usage is added up.
USAGE_PERIOD = relativedelta(years=1)
# The default classes: name, upper share of the usage value (percent), counts a year.
DEFAULTS = (("A", 80, 12), ("B", 95, 4), ("C", 100, 1))


class StockCountClass(models.Model):
    """A class of items with a similar usage value (ABC analysis).

    It says how often its items are counted, and how much a count may differ. The first
    class has the few items that make most of the usage.
    """

    _name = "stock.count.class"
    _description = "Count Class"
    _inherit = ["stock.count.limits"]
    _order = "company_id, share, id"

    name = fields.Char(required=True)
    share = fields.Float(
        string="Up to %",
        required=True,
        default=100,
        digits=(5, 2),
        aggregator=None,
        help="The items with the highest usage value are in it that together make this"
        " share of a warehouse's usage value, less those of the classes before it.",
    )
    counts_per_year = fields.Integer(
        string="Counts/Year",
        default=1,
        aggregator=None,
        help="How often each of its items is counted in a year; 0 for never.",
    )
    item_ids = fields.One2many(
        string="Items",
        comodel_name="stock.count.class.item",
        inverse_name="class_id",
        readonly=True,
    )
    item_count = fields.Integer(
        string="Items in It", compute="_compute_items", help="In all warehouses."
    )
    computed_at = fields.Datetime(string="Computed On", compute="_compute_items")

    _name_is_unique = models.UniqueIndex(
        "(company_id, name)", "There is a class of this name already."
    )
    _share_is_unique = models.UniqueIndex(
        "(company_id, share)", "Two classes cannot reach up to the same share of usage."
    )
    _share_in_range = models.Constraint(
        "CHECK (share > 0 AND share <= 100)",
        "A class reaches up to more than 0 and at most 100 % of the usage value.",
    )
    _counts_in_range = models.Constraint(
        "CHECK (counts_per_year BETWEEN 0 AND 366)",
        "An item is counted 0 to 366 times a year.",
    )

    # === COMPUTE METHODS === #

    @api.depends("item_ids")
    def _compute_items(self):
        groups = self.env["stock.count.class.item"]._read_group(
            [("class_id", "in", self.ids)],
            ["class_id"],
            ["__count", "computed_at:max"],
        )
        figures = {group[0]: group[1:] for group in groups}
        for class_ in self:
            class_.item_count, class_.computed_at = figures.get(
                class_._origin, (0, False)
            )

    # === ACTION METHODS === #

    def action_classify(self):
        """Compute the classes of all items of the current companies.

        :return: a notification with the number of items
        :raise AccessError: when the user is no count manager
        :raise UserError: when a company has no class
        """
        if not is_manager(self.env):
            raise AccessError(self.env._("Only a count manager computes classes."))
        classes = self.search([("company_id", "in", self.env.companies.ids)])
        for company in self.env.companies - classes.company_id:
            raise UserError(
                self.env._("%s has no count classes: create one first.", company.name)
            )
        number = self.sudo()._classify(self.env.companies)
        return self._notify_classified(number)

    @api.model
    def _notify_classified(self, number):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Items classified: %s.", number),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_items(self):
        """Open the items of these classes, those with the highest usage value first.

        :return: action
        :raise AccessError: when the user may not read classes
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_class_item_action"
        )
        action["domain"] = [("class_id", "in", self.ids)]
        action["context"] = {}
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _create_defaults(self, companies):
        """Create the classes A, B and C for companies without classes."""
        known = self.sudo().search([("company_id", "in", companies.ids)]).company_id
        self.sudo().create(
            [
                {
                    "name": name,
                    "company_id": company.id,
                    "share": share,
                    "counts_per_year": counts,
                }
                for company in companies - known
                for name, share, counts in DEFAULTS
            ]
        )

    @api.model
    def _cron_classify(self):
        """Classes follow the usage, company by company."""
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        left = len(companies)
        for company in companies:
            self.sudo()._classify(company)
            left -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    @api.model
    def _classify(self, companies):
        """Compute class, usage value and share of each item in each warehouse.

        One statement for each company, because each has its own costs.

        :return: number of items with a class
        """
        self.env.flush_all()
        number = 0
        for company in companies:
            self.env.cr.execute(self._classify_query(company))
            [(found,)] = self.env.cr.fetchall()
            number += found
        self.env["stock.count.class.item"].invalidate_model()
        self.invalidate_model(["item_ids", "item_count", "computed_at"])
        return number

    @api.model
    def _classify_query(self, company):
        """SQL: write the items of a company's classes, and return their number."""
        return SQL(
            """
            WITH ranked AS (%(ranked)s),
            kept AS (
                INSERT INTO stock_count_class_item AS item (product_id, warehouse_id,
                       company_id, class_id, usage_value, share, computed_at)
                SELECT product_id, warehouse_id, %(company)s, class.id, value, position,
                       now() AT TIME ZONE 'UTC'
                  FROM ranked CROSS JOIN LATERAL (
                       SELECT id FROM stock_count_class
                        WHERE company_id = %(company)s
                        -- An item without usage is in the last class.
                        ORDER BY share > position DESC,
                              CASE WHEN share > position THEN share ELSE -share END
                        LIMIT 1) class
                    ON CONFLICT (warehouse_id, product_id) DO UPDATE
                   SET class_id = excluded.class_id, share = excluded.share,
                       usage_value = excluded.usage_value,
                       computed_at = excluded.computed_at
             RETURNING id),
            gone AS (
                DELETE FROM stock_count_class_item
                 WHERE company_id = %(company)s AND id NOT IN (SELECT id FROM kept))
            SELECT count(*) FROM kept
            """,
            ranked=self._ranked(company),
            company=company.id,
        )

    @api.model
    def _ranked(self, company):
        """SQL: the items of each warehouse with their usage ``value`` and ``position``.

        The position is the usage of all items above, in percent of the warehouse's
        usage. Values are in company currency.
        """
        cost = self.env["product.product"].with_company(company)
        return SQL(
            """
            SELECT product_id, warehouse_id, value,
                   CASE WHEN value > 0 THEN 100 * (sum(value) OVER higher - value)
                        / sum(value) OVER (PARTITION BY warehouse_id)
                        ELSE 100 END AS position
              FROM (SELECT item.product_id, item.warehouse_id,
                           GREATEST(sum(item.qty) * %(cost)s, 0) AS value
                      FROM (%(usage)s UNION ALL %(stock)s) item
                      JOIN product_product product ON product.id = item.product_id
                      JOIN product_template template
                        ON template.id = product.product_tmpl_id
                      JOIN stock_warehouse warehouse ON warehouse.id = item.warehouse_id
                     WHERE template.is_storable
                       AND warehouse.company_id = %(company)s
                     GROUP BY item.product_id, item.warehouse_id, product.id) valued
            WINDOW higher AS (PARTITION BY warehouse_id
                   ORDER BY value DESC, product_id ROWS UNBOUNDED PRECEDING)
            """,
            cost=SQL(
                "COALESCE(%s, 0)", cost._field_to_sql("product", "standard_price")
            ),
            usage=self._usage(company),
            stock=self._stock(),
            company=company.id,
        )

    @api.model
    def _usage(self, company):
        """SQL: the usage of items by warehouse, in product units.

        Usage is what left a warehouse for customers, production or another warehouse,
        less what customers returned. Corrections, scrap and returns to suppliers are no
        usage.

        For a module to add other moves, override this method.
        """
        return SQL(
            """
            SELECT ml.product_id, source.warehouse_id, ml.quantity_product_uom AS qty
              FROM stock_move_line ml
              JOIN stock_location source ON source.id = ml.location_id
              JOIN stock_location dest ON dest.id = ml.location_dest_id
             WHERE ml.state = 'done' AND ml.date >= %(since)s
               AND ml.company_id = %(company)s AND source.usage = 'internal'
               AND (dest.usage IN ('customer', 'production')
                    OR (dest.usage IN ('internal', 'transit')
                        AND source.warehouse_id IS DISTINCT FROM dest.warehouse_id))
             UNION ALL
            SELECT ml.product_id, dest.warehouse_id, -ml.quantity_product_uom
              FROM stock_move_line ml
              JOIN stock_location source ON source.id = ml.location_id
              JOIN stock_location dest ON dest.id = ml.location_dest_id
             WHERE ml.state = 'done' AND ml.date >= %(since)s
               AND ml.company_id = %(company)s AND source.usage = 'customer'
               AND dest.usage = 'internal'
            """,
            since=fields.Datetime.now() - USAGE_PERIOD,
            company=company.id,
        )

    @api.model
    def _stock(self):
        """SQL: the items with stock in a warehouse. They have a class there even
        without usage."""
        return SQL(
            """
            SELECT quant.product_id, location.warehouse_id, 0
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE location.usage = 'internal' AND quant.quantity <> 0
            """
        )
