from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .engine.definition import Column, Figure, Totals

VERDICTS = ("verified", "missing", "elsewhere", "surplus", "open")


@dataclass
class SerialTotals(Totals):
    """Sums over serial numbers, by verdict."""

    verdicts: dict[str, int] = field(default_factory=dict)

    def add(self, row):
        Totals.add(self, row)
        verdict = row["verdict"]
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


class StockCountSerialReport(models.AbstractModel):
    """Report RX2: serial numbers, their suppliers, and whether they were found."""

    _name = "report.stock_count.report_serial_document"
    _inherit = ["report.stock_count.report_review_document"]
    _description = "Cycle Counts by Serial and Supplier"

    _report_number = "RX2"
    _report_by_session = False
    _report_order = "product_id, lot_id, id"
    _report_filters = (
        *("date_from", "date_to", "session_ids", "session_states", "states"),
        *("warehouse_ids", "location_ids", "product_ids", "categ_ids"),
        "supplier_ids",
    )
    _report_groups = ("supplier", "location", "category")

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Cycle Counts by Serial & Supplier")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("supplier", _("Supplier"), width=16),
            Column("lot", _("Serial"), width=14, order="lot_id"),
            Column("serial2", _("Serial2"), width=12, printed=False),
            Column("item", _("Item ID"), width=10),
            Column("description", _("Description"), width=22, order="product_id"),
            Column("location", _("Location"), width=18, order="location_id"),
            Column("category", _("Category"), width=20, printed=False),
            Column("receipt", _("Receipt"), width=12),
            Column("received", _("Received"), "date", width=9),
            Column("expected", _("Expected"), "quantity", 8, order="expected_qty"),
            Column("found", _("Found"), "quantity", 8, order="found_qty"),
            Column("outcome", _("Outcome"), width=11),
            Column("other", _("Other Place"), width=16),
            Column("cost", _("Unit Cost"), "money", width=9, order="unit_cost"),
            Column("value", _("Variance Value"), "money", 10, True, "variance_value"),
            Column("session", _("Cycle Count"), width=8),
            Column("counter", _("Counted By"), width=10, printed=False),
            Column("counted_at", _("Counted At"), "datetime", 14, printed=False),
        ]

    @api.model
    def _get_domain(self, filters):
        serials = Domain("product_id.tracking", "=", "serial")
        domain = super()._get_domain(filters) & serials
        return domain if filters.session_ids else self._keep_last(domain)

    @api.model
    def _prepare_rows(self, lines):
        receipts = self._read_receipts(lines)
        places = self._read_other_places(lines)
        for line, row in zip(lines, super()._prepare_rows(lines), strict=True):
            yield {
                **row,
                "serial2": line.serial2,
                **self._prepare_receipt(line, receipts),
                **self._prepare_outcome(row, places.get(line.id)),
            }

    @api.model
    def _prepare_row(self, line, facts):
        return {**super()._prepare_row(line, facts), "origin": facts["origin"]}

    # === BUSINESS METHODS - READING === #

    @api.model
    def _read_receipts(self, lines):
        """Read the receipts of serial numbers.

        Without record rules: a user who sees a count may see where its goods came from.

        :return: dict lot id → [transfer, date (UTC), partner id]
        """
        lots = lines.sudo().lot_id.ids
        if not lots:
            return {}
        self.env["stock.move.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (ml.lot_id) ml.lot_id,
                       COALESCE(picking.name, move.reference), ml.date,
                       COALESCE(picking.partner_id, move.partner_id)
                  FROM stock_move_line ml
                  JOIN stock_move move ON move.id = ml.move_id
                  JOIN stock_location source ON source.id = ml.location_id
             LEFT JOIN stock_picking picking ON picking.id = ml.picking_id
                 WHERE ml.lot_id = ANY(%s) AND ml.state = 'done'
                   AND source.usage = 'supplier'
                 ORDER BY ml.lot_id, ml.date, ml.id
                """,
                lots,
            )
        )
        return {lot: receipt for lot, *receipt in self.env.cr.fetchall()}

    @api.model
    def _read_other_places(self, lines):
        """The other location of a serial number in its session, where it was found or
        missing.

        :return: dict line id → location id
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (line.id) line.id, other.location_id
                  FROM stock_count_line line
                  JOIN stock_count_line other ON other.session_id = line.session_id
                       AND other.product_id = line.product_id
                       AND other.lot_id = line.lot_id AND other.id <> line.id
                       AND other.is_counted
                 WHERE line.id = ANY(%s) AND line.is_counted
                   AND line.found_qty <> line.expected_qty
                   AND sign(other.found_qty - other.expected_qty)
                       = -sign(line.found_qty - line.expected_qty)
                 ORDER BY line.id, other.counted_at DESC
                """,
                lines.ids,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _prepare_receipt(self, line, receipts):
        product = line.product_id.sudo()
        receipt, date, partner = receipts.get(line.sudo().lot_id.id, (None, None, None))
        # In sudo mode because a counting lead may not read contacts.
        partner = self.env["res.partner"].sudo().browse(partner or ())
        supplier = partner or product.count_supplier_ids[:1]
        return {
            "supplier": supplier.display_name or None,
            "receipt": receipt,
            "received": date and self._to_local(date).date(),
        }

    @api.model
    def _prepare_outcome(self, row, other):
        """The verdict on a serial number, and its other location."""
        places = self.env["stock.location"].sudo().browse(other or ())
        place = places.complete_name or row["origin"]
        verdict = self._judge(row, place)
        return {
            "verdict": verdict,
            "outcome": self._get_verdicts()[verdict],
            "other": place or None,
        }

    @api.model
    def _judge(self, row, place):
        """The verdict by what was found. The variance would not do, because posting
        settles it."""
        if not row["counted"]:
            return "open"
        if row["found"] == row["expected"]:
            return "verified"
        if place:
            return "elsewhere"
        return "missing" if row["found"] < row["expected"] else "surplus"

    @api.model
    def _get_verdicts(self):
        _ = self.env._
        return {
            "verified": _("Verified"),
            "missing": _("Missing"),
            "elsewhere": _("Found elsewhere"),
            "surplus": _("Not on the book"),
            "open": _("Not counted"),
        }

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        return SerialTotals()

    @api.model
    def _get_figures(self, totals):
        labels = self._get_verdicts()
        return [
            Figure("lines", self.env._("Serials"), "integer", totals.lines),
            *(
                Figure(name, labels[name], "integer", totals.verdicts.get(name, 0))
                for name in VERDICTS
            ),
            *self._get_values(totals),
        ]

    @api.model
    def _get_subtotal(self, totals):
        labels = self._get_verdicts()
        counts = ", ".join(
            f"{totals.verdicts[name]} {labels[name]}"
            for name in VERDICTS
            if totals.verdicts.get(name)
        )
        values = self._get_values(totals) if totals.differing else []
        return [Figure("sentence", "", "text", counts), *values]
