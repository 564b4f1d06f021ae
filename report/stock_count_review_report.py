from dataclasses import replace

from odoo import api, models
from odoo.tools import format_date, format_datetime
from odoo.tools.misc import formatLang

from .count_report import Column

# What a reviewer has to decide on before the rest.
REMARKABLE_STATES = ("held", "failed", "superseded")


class StockCountReviewReport(models.AbstractModel):
    """Report 146: expected against counted, line by line, of one or more sessions."""

    _name = "report.stock_count.report_review_document"
    _inherit = ["stock.count.report"]
    _description = "Cycle Count Review"

    _report_number = "146"

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Cycle Count Review")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("session", _("Cycle Count"), width=10, printed=False),
            Column("location", _("Location"), width=20, order="location_id"),
            Column("category", _("Category"), width=20, printed=False),
            Column("item", _("Item ID"), width=10),
            Column("description", _("Description"), width=24, order="product_id"),
            Column("lot", _("Serial/Lot"), width=12, order="lot_id"),
            Column("expected", _("Expected"), "quantity", 10, order="expected_qty"),
            Column("found", _("Found"), "quantity", 10, order="found_qty"),
            Column("variance", _("Variance"), "difference", 10, order="variance_qty"),
            Column("unit", _("Unit"), width=6),
            Column("cost", _("Unit Cost"), "money", width=9, order="unit_cost"),
            Column("value", _("Variance Value"), "money", 11, True, "variance_value"),
            Column("status", _("Status"), width=8, order="state"),
            Column("counter", _("Counted By"), width=10, order="counted_by_id"),
            Column("counted_at", _("Counted At"), "datetime", 14, printed=False),
            Column("reason", _("Reason"), width=14, printed=False),
            Column("note", _("Remarks"), width=30, printed=False),
        ]

    @api.model
    def _get_sections(self, filters):
        """One section per session, also for one without lines that was asked for."""
        sessions = self.env["stock.count.session"].browse(filters.session_ids)
        if not sessions:
            domain = self._get_line_domain(filters)
            found = self.env["stock.count.line"]._read_group(domain, ["session_id"])
            sessions = sessions.union(*(session for (session,) in found))
        sessions.check_access("read")
        return [
            (session, replace(filters, session_ids=tuple(session.ids)))
            for session in sessions
        ] or [(None, filters)]

    @api.model
    def _prepare_row(self, line):
        product = line.product_id
        # A line that nobody counted has neither a found quantity nor a variance.
        counted = line.is_counted
        return {
            "session": line.session_id.name,
            "category": product.categ_id.complete_name,
            "location": line.location_id.complete_name,
            "item": product.default_code or product.barcode or "",
            "description": product.with_context(
                display_default_code=False
            ).display_name,
            "lot": " · ".join(self._get_contents(line)),
            "expected": line.expected_qty,
            "found": line.found_qty if counted else None,
            "variance": line.variance_qty if counted else None,
            "unit": line.product_uom_id.name,
            "cost": line.unit_cost,
            "value": line.variance_value if counted else None,
            "status": self._get_state_label(line.state),
            "counter": line.counted_by_id.name if counted else None,
            "counted_at": line.counted_at if counted else None,
            "reason": line.reason_id.display_name,
            "counted": counted,
            "state": line.state,
            "note": " · ".join(self._get_notes(line)),
            "remark": self._get_remark(line),
        }

    @api.model
    def _get_state_label(self, state):
        field = self.env["stock.count.line"]._fields["state"]
        return dict(field._description_selection(self.env))[state]

    @api.model
    def _get_contents(self, line):
        """Lot or serial number, package and owner, those that there are."""
        names = (
            line.lot_display,
            line.package_id.complete_name,
            line.owner_id.display_name,
        )
        return [name for name in names if name]

    @api.model
    def _get_notes(self, line):
        """What explains the line's figures, where they do not explain themselves."""
        _ = self.env._
        digits = {"dp": "Product Unit"}
        if origin := self._get_origin(line):
            yield _("moved here from %s", origin)
        if line.picked_qty:
            picked = formatLang(self.env, -line.picked_qty, **digits)
            yield _("%s picked and not validated yet, so not expected", picked)
        if line.corrected_qty:
            corrected = formatLang(self.env, line.corrected_qty, **digits)
            yield _("%s corrected after the count", corrected)
        if line.moved_while_counting:
            yield _("stock moved while it was counted: recount")
        if line.reason_id:
            yield line.reason_id.display_name
        if line.note:
            yield line.note

    @api.model
    def _get_origin(self, line):
        """Where a location move of the count took it from, or nothing."""
        moves = line.move_ids.filtered(
            lambda move: (
                move.location_id.usage in ("internal", "transit")
                and move.location_dest_id == line.location_id
            )
        )
        return ", ".join(moves.location_id.mapped("complete_name"))

    @api.model
    def _get_remark(self, line):
        """Why the line waits for a person, or nothing."""
        if line.state not in REMARKABLE_STATES:
            return None
        if line.state == "held":
            return self.env._("%s would explain the variance", line.hold_text)
        if line.state == "superseded":
            return self.env._("A newer count of it was posted: nothing to do")
        return line.post_error or ""

    @api.model
    def _get_facts(self, session):
        """The session's scope and people, as a reviewer needs them on paper."""
        if not session:
            return []
        _ = self.env._
        places = session.location_ids or session.warehouse_id.view_location_id
        facts = {
            _("Description"): session.description,
            _("Status"): self._get_session_label(session, "state"),
            _("Type"): self._get_session_label(session, "count_type"),
            _("Warehouse"): session.warehouse_id.name,
            _("Locations"): ", ".join(places.mapped("complete_name")),
            _("Suppliers"): ", ".join(session.supplier_ids.mapped("name")),
            _("Categories"): ", ".join(session.categ_ids.mapped("complete_name")),
            _("Owner"): session.user_id.name,
            _("Counters"): ", ".join(session.counter_ids.mapped("name")),
            _("Created"): format_date(self.env, session.create_date),
            _("Due"): format_date(self.env, session.date_due),
            _("Posted"): self._get_posting(session),
        }
        return [(label, text) for label, text in facts.items() if text]

    @api.model
    def _get_session_label(self, session, name):
        return dict(session._fields[name]._description_selection(self.env))[
            session[name]
        ]

    @api.model
    def _get_posting(self, session):
        if not session.posted_at:
            return ""
        return self.env._(
            "%(time)s by %(user)s",
            time=format_datetime(self.env, session.posted_at),
            user=session.posted_by_id.name,
        )
