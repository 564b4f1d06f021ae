from dataclasses import dataclass, field
from textwrap import shorten

from odoo import api, models
from odoo.fields import Domain

from ..const import WORKING_STATES
from .engine.definition import Column, Figure, Values

# How many characters of a session's locations are printed.
PLACES = 60


@dataclass
class SessionTotals(Values):
    """Sums over sessions."""

    sessions: int = 0
    lines: int = 0
    counted: int = 0
    differing: int = 0
    states: dict[str, int] = field(default_factory=dict)

    def add(self, row):
        """Add a row of the report."""
        self.sessions += 1
        self.states[row["state"]] = self.states.get(row["state"], 0) + 1
        for name in ("lines", "counted", "differing"):
            setattr(self, name, getattr(self, name) + row[name])
        self.shortage_value += row["shortage_value"]
        self.overage_value += row["overage_value"]

    @property
    def accuracy(self):
        """Counted lines without a variance in percent; None when nothing is counted."""
        matching = self.counted - self.differing
        return 100 * matching / self.counted if self.counted else None


class StockCountListReport(models.AbstractModel):
    """Report 253: the list of sessions, each with its results."""

    _name = "report.stock_count.report_list_document"
    _inherit = ["stock.count.report"]
    _description = "Cycle Count List"

    _report_number = "253"
    _report_model = "stock.count.session"
    _report_order = "warehouse_id, id desc"
    _report_date = "create_date"
    _report_filters = (
        "date_from",
        "date_to",
        "session_ids",
        "session_states",
        "warehouse_ids",
        "location_ids",
        "product_ids",
        "categ_ids",
        "supplier_ids",
    )
    _report_groups = ("warehouse",)

    # === BUSINESS METHODS - DEFINITION === #

    @api.model
    def _get_title(self):
        return self.env._("Cycle Count List")

    @api.model
    def _get_columns(self):
        _ = self.env._
        return [
            Column("number", _("Number"), width=9, order="id"),
            Column("description", _("Description"), width=15, order="description"),
            Column("status", _("Status"), width=8, order="state"),
            Column("warehouse", _("Warehouse"), width=12, order="warehouse_id"),
            Column("locations", _("Locations"), width=13),
            Column("type", _("Type"), width=8, printed=False),
            Column("owner", _("Owner"), width=9, order="user_id"),
            Column("created", _("Created"), "date", 9, order="create_date"),
            Column("due", _("Due"), "date", 9, order="date_due", printed=False),
            Column("lines", _("Lines"), "integer", 6, total=True),
            Column("counted", _("Counted"), "integer", 8, total=True),
            Column("differing", _("Differ"), "integer", 6, total=True),
            Column("accuracy", _("Accuracy"), "percent", 8),
            Column("shortage_value", _("Shortages"), "money", 13, total=True),
            Column("overage_value", _("Overages"), "money", 13, total=True),
            Column("net", _("Net"), "money", 13, total=True),
            Column("absolute", _("Absolute"), "money", 13, total=True),
            Column("posted", _("Posted"), "date", 9, order="posted_at"),
            Column("posted_by", _("Posted By"), width=10, printed=False),
        ]

    @api.model
    def _get_domain(self, filters):
        """Domain of sessions with a line that the filters select.

        Cancelled sessions are left out, unless they are chosen: their variances mean
        nothing.
        """
        domain = self._narrow(
            filters,
            {
                "session_ids": "id",
                "session_states": "state",
                "warehouse_ids": "warehouse_id",
                "location_ids": "line_ids.location_id",
                "product_ids": "line_ids.product_id",
                "categ_ids": "line_ids.product_id.categ_id",
                "supplier_ids": "line_ids.product_id.count_supplier_ids",
            },
        )
        if not filters.session_ids and not filters.session_states:
            domain &= Domain("state", "!=", "cancelled")
        return domain

    @api.model
    def _prepare_row(self, session):
        return {
            "number": session.name,
            "description": session.description,
            "status": self._labels("stock.count.session", [session.state]),
            "warehouse": session.warehouse_id.name,
            "locations": ", ".join(session.location_ids.mapped("complete_name")),
            "type": dict(
                session._fields["count_type"]._description_selection(self.env)
            )[session.count_type],
            "owner": session.user_id.name,
            "created": self._to_local(session.create_date).date(),
            "due": session.date_due,
            "lines": session.line_count,
            "counted": session.counted_count,
            "differing": session.discrepancy_count,
            "accuracy": session.accuracy if session.counted_count else None,
            "shortage_value": session.shortage_value,
            "overage_value": session.overage_value,
            "net": session.net_value,
            "absolute": session.shortage_value + session.overage_value,
            "posted": session.posted_at and self._to_local(session.posted_at).date(),
            "posted_by": session.posted_by_id.name,
            "state": session.state,
        }

    @api.model
    def _show_cell(self, value, column, currency):
        """A cell's text; of many locations only the first names."""
        if column.key == "locations":
            return shorten(value, PLACES, placeholder=" …")
        return super()._show_cell(value, column, currency)

    # === BUSINESS METHODS - TOTALS === #

    @api.model
    def _new_totals(self):
        return SessionTotals()

    @api.model
    def _get_figures(self, totals):
        _ = self.env._
        open_ = sum(totals.states.get(state, 0) for state in WORKING_STATES)
        waiting = totals.states.get("pending_approval", 0)
        return [
            Figure("sessions", _("Cycle counts"), "integer", totals.sessions),
            Figure("open", _("In progress"), "integer", open_),
            Figure("waiting", _("Pending approval"), "integer", waiting),
            Figure("posted", _("Posted"), "integer", totals.states.get("posted", 0)),
            Figure("lines", _("Lines"), "integer", totals.lines),
            Figure("counted", _("Counted"), "integer", totals.counted),
            Figure("differing", _("With a variance"), "integer", totals.differing),
            Figure("accuracy", _("Accuracy"), "percent", totals.accuracy),
            *self._get_values(totals),
        ]

    @api.model
    def _get_subtotal(self, totals):
        sentence = self.env._("Cycle counts: %s", totals.sessions)
        return [Figure("sentence", "", "text", sentence), *self._get_values(totals)]
