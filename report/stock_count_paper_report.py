from base64 import b64encode

from markupsafe import Markup
from reportlab.graphics.barcode.code128 import Code128

from odoo import api, models
from odoo.fields import Domain

from ..const import UNCOUNTED_STATES, WORKING_STATES
from .engine.definition import Column
from .engine.print import mark_numbers

# Blank modules at each end, which a scanner needs to find the barcode.
QUIET = 10


def draw_barcode(value, height=30):
    """A Code 128 barcode as SVG; empty for a text that it cannot encode.

    It is drawn as one path. An image of Odoo's own barcode route would take
    milliseconds for each of thousands of lines.

    :rtype: Markup
    """
    if not value or not value.isascii() or not value.isprintable():
        return Markup("")
    code = Code128(value)
    code.validate()
    code.encode()
    code.decompose()
    path, left = [], QUIET
    for stripe in code.decomposed:
        width = "abcd".index(stripe.lower()) + 1
        if stripe.isupper():
            path.append(f"M{left} 0h{width}v{height}h-{width}z")
        left += width
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + QUIET} {height}"'
        f' preserveAspectRatio="none"><path d="{"".join(path)}"/></svg>'
    )
    source = b64encode(svg.encode()).decode()
    return Markup(
        '<img class="o_count_barcode" src="data:image/svg+xml;base64,{}"/>'
    ).format(source)


class StockCountPaperReport(models.AbstractModel):
    """Report RX3: count sheets on paper, with barcodes and expected quantities."""

    _name = "report.stock_count.report_paper_document"
    _inherit = ["report.stock_count.report_review_document"]
    _description = "Count Sheet on Paper"

    _report_number = "RX3"
    _report_filters = (
        *("session_ids", "session_states", "states", "warehouse_ids"),
        *("location_ids", "product_ids", "categ_ids", "supplier_ids"),
    )
    _report_row_height = 2
    _report_group_height = 2

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Count Sheet")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("session", _("Cycle Count"), width=10, printed=False),
            Column("location", _("Location"), width=18, order="location_id"),
            Column("item", _("Item ID"), width=9),
            Column("barcode", _("Item Barcode"), "barcode", width=22),
            Column("description", _("Description"), width=22, order="product_id"),
            Column("lot", _("Serial/Lot"), width=12, order="lot_id"),
            Column("lot_barcode", _("Serial/Lot Barcode"), "barcode", width=18),
            Column("expected", _("Expected"), "quantity", 11, order="expected_qty"),
            Column("unit", _("Unit"), width=6),
            Column("found", _("Found"), "box", width=11),
            Column("note", _("Note"), "box", width=12),
        ]

    @api.model
    def _get_domain(self, filters):
        domain = super()._get_domain(filters)
        if not filters.states:
            domain &= Domain("state", "in", UNCOUNTED_STATES)
        if not filters.session_ids and not filters.session_states:
            domain &= Domain("session_id.state", "in", WORKING_STATES)
        return domain

    @api.model
    def _prepare_row(self, line, facts):
        return {
            **super()._prepare_row(line, facts),
            "item": line.product_id.default_code,
            "barcode": facts["product"].barcode,
            "lot_barcode": facts["lot"],
            "place_barcode": line.location_id.barcode or line.location_id.name,
            # A sheet to count on has no results.
            **dict.fromkeys(("counted", "variance", "value"), False),
            **dict.fromkeys(("found", "note", "remark")),
        }

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _get_figures(self, totals):
        return [
            figure for figure in super()._get_figures(totals) if figure.key == "lines"
        ]

    @api.model
    def _get_subtotal(self, totals):
        return []

    @api.model
    def _get_signature(self):
        return self.env._("Counted by")

    # === BUSINESS METHODS - PRINTING === #

    @api.model
    def _print_cell(self, value, column, currency):
        if column.type == "barcode":
            return draw_barcode(value)
        return super()._print_cell(value, column, currency)

    @api.model
    def _print_group(self, name, row):
        barcode = draw_barcode(row["place_barcode"])
        return Markup("{} {}").format(mark_numbers(name), barcode)


class StockCountBlindPaperReport(models.AbstractModel):
    """Report RX3, blind: without expected quantities."""

    _name = "report.stock_count.report_blind_paper_document"
    _inherit = ["report.stock_count.report_paper_document"]
    _description = "Blind Count Sheet on Paper"

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Blind Count Sheet")

    @api.model
    def _get_columns(self):
        return [c for c in super()._get_columns() if c.key != "expected"]

    @api.model
    def _prepare_row(self, line, facts):
        return {**super()._prepare_row(line, facts), "expected": None}
