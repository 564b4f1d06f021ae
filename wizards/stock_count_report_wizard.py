from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils

MANY = (
    "session_ids",
    "warehouse_ids",
    "location_ids",
    "product_ids",
    "categ_ids",
    "supplier_ids",
)
# Choices that are remembered. A period is remembered by its name, so that "this month"
# is the current month each time.
REMEMBERED = (
    *MANY,
    "period",
    "date_from",
    "date_to",
    "state",
    "session_state",
    "days",
    "group",
)


class StockCountReportWizard(models.TransientModel):
    """The dialog of count reports: the report, its filters, and its form."""

    _name = "stock.count.report.wizard"
    _description = "Count Report"
    _inherit = ["stock.count.named.records"]

    report = fields.Selection(
        selection="_select_report",
        required=True,
        default="report.stock_count.report_review_document",
    )
    accepts = fields.Char(compute="_compute_accepts")
    accepted_groups = fields.Char(compute="_compute_accepts")
    hint = fields.Char(compute="_compute_accepts")
    period = fields.Selection(
        selection=[
            ("all", "Any time"),
            ("today", "Today"),
            ("week", "This week"),
            ("month", "This month"),
            ("last_month", "Last month"),
            ("quarter", "This quarter"),
            ("year", "This fiscal year"),
            ("last_year", "Last fiscal year"),
            ("custom", "From … to …"),
        ],
        required=True,
        default="all",
    )
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To", help="The last day that is included.")
    warehouse_ids = fields.Many2many(
        string="Warehouses",
        comodel_name="stock.warehouse",
        relation="stock_count_report_warehouse_rel",
        domain="[('company_id', 'in', allowed_company_ids)]",
    )
    session_ids = fields.Many2many(
        string="Cycle Counts",
        comodel_name="stock.count.session",
        relation="stock_count_report_session_rel",
    )
    location_ids = fields.Many2many(
        string="Locations",
        comodel_name="stock.location",
        relation="stock_count_report_location_rel",
        domain="[('usage', 'in', ('view', 'internal', 'transit'))]",
        help="With the locations below them.",
    )
    product_ids = fields.Many2many(
        string="Items",
        comodel_name="product.product",
        relation="stock_count_report_product_rel",
        domain="[('is_storable', '=', True)]",
    )
    categ_ids = fields.Many2many(
        string="Categories",
        comodel_name="product.category",
        relation="stock_count_report_categ_rel",
        help="With the categories below them.",
    )
    supplier_ids = fields.Many2many(
        string="Suppliers",
        comodel_name="res.partner",
        relation="stock_count_report_supplier_rel",
    )
    state = fields.Selection(string="Line Status", selection="_select_state")
    session_state = fields.Selection(
        string="Count Status", selection="_select_session_state"
    )
    days = fields.Integer(
        string="Expiring Within Days", help="0 for all; expired ones are always in."
    )
    group = fields.Selection(string="Subtotals By", selection="_select_group")

    # === DEFAULTS AND SELECTIONS === #

    @api.model
    def _select_report(self):
        reports = self.env["stock.count.report"]._get_reports()
        return [(report._name, report._get_full_title()) for report in reports]

    @api.model
    def _select_state(self):
        states = self.env["stock.count.line"]._fields["state"]
        return states._description_selection(self.env)

    @api.model
    def _select_session_state(self):
        states = self.env["stock.count.session"]._fields["state"]
        return states._description_selection(self.env)

    @api.model
    def _select_group(self):
        return list(self.env["stock.count.report"]._get_group_labels().items())

    @api.model
    def default_get(self, fields_list):
        """Start with the user's last choice for the report, where the context has no
        other one."""
        values = super().default_get(fields_list)
        report = values.get("report")
        if not report:
            return values
        given = {name.removeprefix("default_") for name in self.env.context}
        period = self.env["stock.count.report"]._find_report(report)._report_period
        recalled = {"period": period, **self._recall(report)}
        return {
            **values,
            **{
                k: v for k, v in recalled.items() if k in fields_list and k not in given
            },
        }

    @api.model
    def _recall(self, report):
        """The user's last choice for a report, without deleted records."""
        recalled = self.env["stock.count.report.choice"]._recall(report)
        values = {k: v for k, v in recalled.items() if k in REMEMBERED}
        for name in MANY:
            if values.get(name):
                records = self.env[self._fields[name].comodel_name]
                values[name] = records.browse(values[name]).exists().ids
        return values

    # === COMPUTE METHODS === #

    @api.depends("report")
    def _compute_accepts(self):
        for wizard in self:
            report = self.env["stock.count.report"]
            if wizard.report:
                report = report._find_report(wizard.report)
            wizard.accepts = f",{','.join(report._report_filters)},"
            wizard.accepted_groups = ",".join(report._report_groups)
            available = report._is_available()
            wizard.hint = False if available is True else available

    # === ACTION METHODS === #

    def action_show(self):
        """Open the report on screen.

        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used
        """
        report = self._choose()
        return {
            "type": "ir.actions.client",
            "tag": "stock_count.report",
            "name": report._get_full_title(),
            "params": {"report": report._name, "filters": self._get_filters()},
        }

    def action_excel(self):
        """Download the report as an Excel file.

        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used
        """
        report = self._choose()
        return report.action_excel(self._get_filters())

    def action_pdf(self):
        """Print the report as PDF.

        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a filter cannot be used, or the server cannot make PDF
        :raise RedirectWarning: when there are too many lines for PDF; offers Excel
        """
        report = self._choose()
        return report.action_pdf(self._get_filters())

    # === BUSINESS METHODS === #

    def _choose(self):
        """The chosen report. Checks the filters, and remembers them."""
        self.ensure_one()
        self.check_access("read")
        self.env["stock.count.report"]._check_may_read()
        report = self._find_report()
        report._check_may_read()
        if self.period == "custom" and not (self.date_from or self.date_to):
            raise UserError(
                self.env._("Choose the first or the last day of the range.")
            )
        report._read_filters(None, self._get_filters())
        self.env["stock.count.report.choice"]._remember(
            self.report, self._get_remembered()
        )
        return report

    def _find_report(self):
        return self.env["stock.count.report"]._find_report(self.report)

    def _get_remembered(self):
        values = {name: self[name] for name in REMEMBERED if self[name]}
        for name in MANY:
            values[name] = self[name].ids
        for name in ("date_from", "date_to"):
            if values.get(name):
                values[name] = fields.Date.to_string(values[name])
        return values

    def _get_filters(self):
        """The chosen filters that the report accepts.

        :return: dict, see ``Filters``
        """
        start, end = self._get_dates()
        chosen = {
            **{name: self[name].ids for name in MANY},
            "date_from": fields.Date.to_string(start) if start else None,
            "date_to": fields.Date.to_string(end) if end else None,
            "states": [self.state] if self.state else [],
            "session_states": [self.session_state] if self.session_state else [],
            "days": self.days,
        }
        report = self._find_report()
        filters = {
            name: value
            for name, value in chosen.items()
            if value and name in report._report_filters
        }
        if self.group in report._report_groups:
            filters["group"] = self.group
        return filters

    def _get_dates(self):
        """The first and the last day of the period, by the user's today."""
        if self.period == "custom":
            return self.date_from, self.date_to
        if self.period == "all":
            return None, None
        today = fields.Date.context_today(self)
        if self.period == "today":
            return today, today
        if self.period == "last_year":
            today = date_utils.subtract(today, years=1)
        if self.period in ("year", "last_year"):
            return self._find_report()._get_fiscal_year(today)
        if self.period == "last_month":
            today = date_utils.subtract(today, months=1)
        unit = "month" if self.period == "last_month" else self.period
        return date_utils.start_of(today, unit), date_utils.end_of(today, unit)
