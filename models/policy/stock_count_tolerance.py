from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...domain.tolerance import Tolerance, most_specific, tolerance_ratio


class StockCountTolerance(models.Model):
    """A tolerance: how much a count of an item, category, warehouse or company may
    differ.

    The most specific limits apply, in this order: item, class, category, warehouse,
    company. Classes have limits of their own. A limit of 0 does not limit, so a
    tolerance has at least one limit above 0.
    """

    _name = "stock.count.tolerance"
    _description = "Count Tolerance"
    _inherit = ["stock.count.limits"]
    _order = "company_id, applied_on, id"
    _check_company_auto = True

    applied_on = fields.Selection(
        selection=[
            ("company", "Company"),
            ("warehouse", "Warehouse"),
            ("category", "Category"),
            ("product", "Product"),
        ],
        required=True,
        default="company",
    )
    warehouse_id = fields.Many2one(
        comodel_name="stock.warehouse", check_company=True, ondelete="cascade"
    )
    categ_id = fields.Many2one(
        string="Category", comodel_name="product.category", ondelete="cascade"
    )
    product_tmpl_id = fields.Many2one(
        string="Product",
        comodel_name="product.template",
        check_company=True,
        ondelete="cascade",
    )

    _one_per_target = models.UniqueIndex(
        """(company_id, applied_on, COALESCE(warehouse_id, 0), COALESCE(categ_id, 0),
            COALESCE(product_tmpl_id, 0))""",
        "There is a tolerance for this already: change that one.",
    )
    _limits_something = models.Constraint(
        "CHECK (COALESCE(GREATEST("
        "percent_minus, percent_plus, value_minus, value_plus), 0) > 0)",
        "A tolerance of nothing but 0 limits nothing: enter a limit, or delete it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("applied_on", "warehouse_id", "categ_id", "product_tmpl_id")
    def _compute_display_name(self):
        for tolerance in self:
            target = tolerance._target() or tolerance.company_id
            tolerance.display_name = target.display_name

    # === CONSTRAINT METHODS === #

    @api.constrains("applied_on", "warehouse_id", "categ_id", "product_tmpl_id")
    def _check_target(self):
        for tolerance in self:
            if tolerance.applied_on != "company" and not tolerance._target():
                labels = self._fields["applied_on"]._description_selection(self.env)
                raise ValidationError(
                    self.env._(
                        "Choose the %s that the tolerance is for.",
                        dict(labels)[tolerance.applied_on].lower(),
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._only_its_target(vals) for vals in vals_list])

    @api.model
    def _only_its_target(self, vals):
        """Values without the targets that ``applied_on`` excludes: a form may have left
        them there."""
        fields_ = {
            "warehouse": "warehouse_id",
            "category": "categ_id",
            "product": "product_tmpl_id",
        }
        kept = fields_.pop(str(vals.get("applied_on", "company")), None)
        dropped = set(fields_.values())
        return {
            name: value
            for name, value in vals.items()
            if name == kept or name not in dropped
        }

    # === BUSINESS METHODS === #

    def _target(self):
        """The warehouse, category or product; None for the whole company."""
        self.ensure_one()
        return {
            "warehouse": self.warehouse_id,
            "category": self.categ_id,
            "product": self.product_tmpl_id,
        }.get(self.applied_on)

    @api.model
    def _read_ratios(self, verdicts):
        """How much of its tolerance each variance uses.

        :param dict verdicts: line id → (Facts, Verdict)
        :return: dict line id → ratio, above 1 for over the tolerance; without lines
            whose ratio is 0
        """
        differing = [i for i, (_fact, verdict) in verdicts.items() if verdict.variance]
        limits = self._read_limits() if differing else {}
        if not limits:
            return {}
        ratios = {}
        for line_id, cost, *where in self._read_targets(differing):
            fact, verdict = verdicts[line_id]
            ratios[line_id] = tolerance_ratio(
                verdict.variance,
                fact.book + fact.picked + fact.corrected,
                verdict.variance * (cost or 0),
                self._most_specific(limits, *where),
            )
        return ratios

    @api.model
    def _read_limits(self):
        """Read the limits of all tolerances and classes.

        :return: dict (company id, kind of target, target id) → ``Tolerance``
        """
        tolerances = self.sudo().search([("company_id", "!=", False)])
        classes = self.env["stock.count.class"].sudo()
        classes = classes.search([("company_id", "!=", False)])
        limits = {
            **{tolerance._key(): tolerance._limits() for tolerance in tolerances},
            **{(c.company_id.id, "class", c.id): c._limits() for c in classes},
        }
        return {key: limit for key, limit in limits.items() if limit.is_set}

    @api.model
    def _read_targets(self, line_ids):
        """Read what decides on the tolerance of lines.

        A class that a product was given by hand goes before the computed one.

        :return: rows (line id, unit cost, company id, warehouse id, product template
            id, path of category ids, class id)
        """
        self.env["stock.count.class.item"].flush_model()
        self.env["product.template"].flush_model(["categ_id", "count_class_id"])
        self.env["product.category"].flush_model(["parent_path"])
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.unit_cost, line.company_id, session.warehouse_id,
                       template.id, categ.parent_path,
                       COALESCE(by_hand.id, item.class_id)
                  FROM stock_count_line line
                  JOIN stock_count_session session ON session.id = line.session_id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                  LEFT JOIN product_category categ ON categ.id = template.categ_id
                  LEFT JOIN stock_count_class by_hand ON by_hand.id =
                       (template.count_class_id ->> line.company_id::text)::int
                  LEFT JOIN stock_count_class_item item
                    ON item.product_id = line.product_id
                   AND item.warehouse_id = session.warehouse_id
                 WHERE line.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return self.env.cr.fetchall()

    def _key(self):
        """The key of this tolerance in ``_read_limits``."""
        target = self._target()
        return self.company_id.id, self.applied_on, target.id if target else None

    @api.model
    def _most_specific(
        self, limits, company_id, warehouse_id, template_id, path, class_id
    ):
        """The limits that apply to a line; without any, a ``Tolerance`` that does not
        limit.

        :param dict limits: see ``_read_limits``
        :param str path: category ids from the root, as in ``1/4/``
        """
        categories = [int(part) for part in (path or "").split("/") if part]
        keys = [
            (company_id, "product", template_id),
            (company_id, "class", class_id),
            *((company_id, "category", categ) for categ in reversed(categories)),
            (company_id, "warehouse", warehouse_id),
            (company_id, "company", None),
        ]
        return most_specific(limits.get(key, Tolerance()) for key in keys)
