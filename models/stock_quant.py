from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.stock.models.stock_quant import StockQuant as OdooQuant

from ..const import LEAD
from .shared.context_defaults import without_defaults

# Odoo's buttons that correct stock by a count of its own.
APPLY_BUTTONS = (
    "action_apply_inventory",
    "action_apply_all",
    "stock.action_stock_inventory_adjustement_name",
)
# Fields that say how much of what is where. Odoo's moves write them in sudo mode.
STOCK_FIELDS = {
    "product_id",
    "location_id",
    "lot_id",
    "package_id",
    "owner_id",
    "quantity",
    "reserved_quantity",
}
QUANTITIES = frozenset({"quantity", "reserved_quantity"})
COMPARISONS = ("<", "<=", ">", ">=")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    count_may_apply = fields.Boolean(compute="_compute_count_may_apply")

    count_last_posted_at = fields.Datetime(
        string="Counted On",
        compute="_compute_count_last_posted_at",
        search="_search_count_last_posted_at",
        groups=LEAD,
        help="When a count of the product at this location was posted last, with or"
        " without a variance.",
    )

    # The key of a count line, whose booked quantity is often read. Odoo's own indexes
    # have the product or the location only.
    _count_key_index = models.Index("(product_id, location_id, COALESCE(lot_id, 0))")

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    @api.depends("company_id")
    def _compute_count_may_apply(self):
        allowed = {
            company: self._count_may_apply(company)
            for company in self.company_id | self.env.company
        }
        for quant in self:
            quant.count_may_apply = allowed[quant.company_id or self.env.company]

    def _compute_count_last_posted_at(self):
        history = self.env["stock.count.history"]._read_group(
            [
                ("product_id", "in", self.product_id.ids),
                ("location_id", "in", self.location_id.ids),
            ],
            ["product_id", "location_id"],
            ["posted_at:max"],
        )
        last = {(product, location): at for product, location, at in history}
        for quant in self:
            quant.count_last_posted_at = last.get((quant.product_id, quant.location_id))

    def _search_count_last_posted_at(self, operator, value):
        if operator == "in" and set(value) == {False}:
            return self._counted_domain(SQL("IS NULL"))
        if operator not in COMPARISONS:
            return NotImplemented
        moment = fields.Datetime.to_datetime(value)
        return self._counted_domain(SQL(f"{operator} %s", moment))

    def _counted_domain(self, condition):
        """Domain of quants whose last count was posted at a time.

        :param SQL condition: on this time
        """

        def to_sql(_model, alias, _query):
            return SQL(
                """
                (SELECT max(done.posted_at) FROM stock_count_history done
                  WHERE done.product_id = %s AND done.location_id = %s) %s
                """,
                SQL.identifier(alias, "product_id"),
                SQL.identifier(alias, "location_id"),
                condition,
            )

        return Domain.custom(to_sql=to_sql)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Check rights when stock is created: an Inventory user may do so by RPC."""
        named = {name for vals in vals_list for name in vals}
        # A default of the context is as good as a value.
        clean = without_defaults(self, QUANTITIES)
        quants = super(StockQuant, clean).create(vals_list)
        if not self.env.su and named & QUANTITIES:
            self._check_count_may_apply(quants.company_id)
        return quants

    def write(self, vals):
        """Check rights when stock is written: an Inventory user may do so by RPC."""
        if not self.env.su and STOCK_FIELDS & vals.keys():
            self._check_count_may_apply(self.company_id)
        return super().write(vals)

    @api.private
    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        """Do not lock a quant that posting has locked already, with all others."""
        locked = self.env.context.get("count_locked_quants")
        if self._count_has_locked() and limit == 1 and self[:1].id in locked:
            return self[:1]
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )

    # === ACTION METHODS === #

    def action_apply_all(self):
        """Check rights before Odoo asks for a reason."""
        self._check_count_may_apply(self.env.company)
        return super().action_apply_all()

    # === VIEWS === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._count_may_apply(self.env.company))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Leave out the Apply buttons of the header, which no record can hide."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self._count_may_apply(self.env.company):
            for button in arch.xpath("//button[@name]"):
                if button.get("name") in APPLY_BUTTONS:
                    button.getparent().remove(button)
        return arch, view

    # === BUSINESS METHODS === #

    @api.model
    def _count_has_locked(self):
        """Whether posting finishes its moves now, and has locked their quants.

        A client cannot set this: its context is JSON, which has no frozenset.
        """
        return isinstance(self.env.context.get("count_locked_quants"), frozenset)

    @api.model
    def _gather(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
        qty=0,
    ):
        """Take the quants of a count's moves from the cache, without a search."""
        known = self.env.context.get("quants_cache")
        if known is None or not strict or not self._count_has_locked():
            return super()._gather(
                product_id, location_id, lot_id, package_id, owner_id, strict, qty
            )
        # As in Odoo, first the quants of the lot, then those without a lot.
        lots = (lot_id.id, False) if lot_id else (False,)
        keys = [
            (product_id.id, location_id.id, lot, package_id.id, owner_id.id)
            for lot in lots
        ]
        return self.browse().union(*(known[key] for key in keys))

    @api.model
    def _count_create_empty(self, keys):
        """Create quants without a quantity, in one statement.

        The ``create`` of stock would take one statement for each.

        :param list keys: dicts, the values of the quants
        """
        empty = {"quantity": 0, "inventory_quantity_set": False}
        quants = self.with_context(count_empty_quants=True)
        create = super(OdooQuant, quants).create  # pylint: disable=super-method-mismatch
        return create([{**key, **empty} for key in keys])

    @api.model
    def _add_precomputed_values(self, vals_list):
        """Give new empty quants their properties: Odoo would make a second record of
        each quant to compute them."""
        if self.env.context.get("count_empty_quants"):
            for vals in vals_list:
                vals.setdefault("lot_properties", False)
        return super()._add_precomputed_values(vals_list)

    def _apply_inventory(self, date=None):
        """Refuse Odoo's own counts while Option 170 is on."""
        self._check_count_may_apply(self.company_id)
        return super()._apply_inventory(date)

    @api.model
    def _check_count_may_apply(self, companies):
        """Check that this user may correct the stock of some companies.

        :param companies: by default the current company
        :raise AccessError: naming a company where the user may not
        """
        for company in companies or self.env.company:
            if not self._count_may_apply(company):
                raise AccessError(
                    self.env._(
                        "Option 170 is on in %s: stock is corrected by cycle counts"
                        " that were approved. Run a new cycle count instead.",
                        company.name,
                    )
                )

    @api.model
    def _count_may_apply(self, company):
        # Ask for the user and not for sudo mode, in which Odoo's own buttons run.
        if self.env.uid == SUPERUSER_ID or not company.sudo().count_require_approval:
            return True
        return self.env.user._may_post_counts(company)
