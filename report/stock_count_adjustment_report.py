import hashlib
import json
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain

from .engine.definition import Column, Figure, Values


def new_digest():
    return hashlib.sha256()


@dataclass
class MoveTotals(Values):
    """Sums over posted moves. A location move has no value of its own."""

    moves: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    digest: object = field(default_factory=new_digest)

    def add(self, row):
        """Add a row of the report."""
        self.moves += 1
        self.kinds[row["sort"]] = self.kinds.get(row["sort"], 0) + 1
        self.shortage_value += row["issue"] or 0
        self.overage_value += row["receipt"] or 0
        self.digest.update(json.dumps(row["evidence"], default=str).encode() + b"\n")


class StockCountAdjustmentReport(models.AbstractModel):
    """Report P19: the moves that counts posted, with reason, value and people."""

    _name = "report.stock_count.report_adjustment_document"
    _inherit = ["stock.count.report"]
    _description = "Cycle Count Adjustments"

    _report_number = "P19"
    _report_model = "stock.move"
    _report_order = "count_session_id desc, id"
    _report_date = "date"
    _report_filters = (
        *("date_from", "date_to", "session_ids", "warehouse_ids", "location_ids"),
        *("product_ids", "categ_ids", "supplier_ids"),
    )
    _report_groups = ("session", "location", "category")

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Adjustment Report")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("session", _("Cycle Count"), width=9),
            Column("move", _("Move"), "integer", width=6, order="id"),
            Column("date", _("Date"), "datetime", width=9, order="date"),
            Column("kind", _("Kind"), width=7),
            Column("item", _("Item ID"), width=9),
            Column("description", _("Description"), width=16, order="product_id"),
            Column("lot", _("Serial/Lot"), width=9),
            Column("category", _("Category"), width=20, printed=False),
            Column("source", _("From"), width=12, order="location_id"),
            Column("target", _("To"), width=12, order="location_dest_id"),
            Column("quantity", _("Quantity"), "quantity", 13),
            Column("unit", _("Unit"), width=5),
            Column("issue", _("Shortage"), "money", 14, total=True),
            Column("receipt", _("Overage"), "money", 14, total=True),
            Column("reason", _("Reason"), width=10, order="count_reason_id"),
            Column("counter", _("Counted By"), width=8),
            Column("poster", _("Posted By"), width=8),
            Column("approver", _("Approved By"), width=10, printed=False),
            Column("found", _("Found"), "quantity", 9, printed=False),
            Column("note", _("Remarks"), width=20, printed=False),
        ]

    @api.model
    def _get_domain(self, filters):
        posted = Domain("state", "=", "done") & Domain("count_session_id", "!=", False)
        return posted & self._narrow(
            filters,
            {
                "session_ids": "count_session_id",
                "warehouse_ids": "count_session_id.warehouse_id",
                "location_ids": "count_line_id.location_id",
                "product_ids": "product_id",
                "categ_ids": "product_id.categ_id",
                "supplier_ids": "product_id.count_supplier_ids",
            },
        )

    @api.model
    def _prepare_rows(self, moves):
        approvers = self._read_approvers(moves.count_session_id)
        for move in moves:
            row = self._prepare_row(move)
            yield {"id": move.id, **row, "approver": approvers.get(row["session"])}

    @api.model
    def _prepare_row(self, move):
        line, product = move.count_line_id, move.product_id
        sort, value = self._get_sort(move), self._get_value(move)
        # In sudo mode because a counting lead need not be an Inventory user.
        lots = move.sudo().move_line_ids.lot_id
        row = {
            "session": move.count_session_id.name,
            "move": move.id,
            "date": move.date,
            "sort": sort,
            "kind": self._get_kinds()[sort],
            "item": product.default_code or product.barcode,
            "description": product.with_context(
                display_default_code=False
            ).display_name,
            "lot": ", ".join(lots.mapped("name")),
            "category": product.categ_id.complete_name,
            "location": line.location_id.complete_name,
            "source": move.location_id.complete_name,
            "target": move.location_dest_id.complete_name,
            "quantity": move.product_uom._compute_quantity(
                move.quantity, product.uom_id, round=False
            ),
            "unit": product.uom_id.name,
            "issue": value if sort == "issue" else None,
            "receipt": value if sort == "receipt" else None,
            "reason": move.count_reason_id.display_name,
            "counter": line.counted_by_id.name,
            "poster": move.create_uid.name,
            "found": line.posted_found_qty,
            "note": self._get_note(move),
        }
        names = ("move", "date", "lot", "source", "target", "quantity", "issue")
        evidence = [row[name] for name in (*names, "receipt", "reason", "poster")]
        return {**row, "evidence": [product.id, *evidence]}

    @api.model
    def _get_note(self, move):
        """The note of a move that was undone, or that undoes another one."""
        if move.count_undoes_id:
            return self.env._("undoes move %s", move.count_undoes_id.id)
        if undone := move.count_undone_by_ids:
            return self.env._("undone by move %s", ", ".join(map(str, undone.ids)))
        return move.count_line_id.note or None

    @api.model
    def _get_sort(self, move):
        source, target = move.location_id.usage, move.location_dest_id.usage
        if "inventory" not in (source, target):
            return "relocation"
        return "issue" if target == "inventory" else "receipt"

    @api.model
    def _get_value(self, move):
        """The value of a move, in company currency: its own if moves are valued, or
        else at the cost of the count line.

        It is always positive. The kind of the move says in which direction it went.
        """
        if "value" in move._fields:
            # In sudo mode because only accountants read the value of a move.
            return abs(move.sudo().value)
        currency = move.company_id.sudo().currency_id
        return currency.round(move.product_qty * move.count_line_id.unit_cost)

    @api.model
    def _get_kinds(self):
        _ = self.env._
        return {
            "issue": _("Issue"),
            "receipt": _("Receipt"),
            "relocation": _("Location move"),
        }

    @api.model
    def _read_approvers(self, sessions):
        """Who approved last: dict name of a session → name of the user."""
        approvals = self.env["stock.count.approval"].search(
            [("session_id", "in", sessions.ids), ("state", "=", "approved")],
            order="id",
        )
        return {a.session_id.name: a.approver_id.name for a in approvals}

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        return MoveTotals()

    @api.model
    def _get_figures(self, totals):
        kinds = {
            kind: Figure(kind, label, "integer", totals.kinds.get(kind, 0))
            for kind, label in self._get_kinds().items()
        }
        moves = Figure("moves", self.env._("Moves"), "integer", totals.moves)
        return [moves, *kinds.values(), *self._get_values(totals)]

    @api.model
    def _get_subtotal(self, totals):
        sentence = self.env._("Moves: %s", totals.moves)
        return [Figure("sentence", "", "text", sentence), *self._get_values(totals)]

    @api.model
    def _get_seals(self, totals):
        label = self.env._("Digest (SHA-256) of %s moves", totals.moves)
        return [(label, totals.digest.hexdigest())]
