from dataclasses import replace

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime
from odoo.tools.misc import formatLang

from ..const import PROBLEM_STATES
from .engine.definition import Column
from .engine.names import PRODUCT, Names

# By column with ids: the model of the names that a row shows.
LINE_NAMES = {
    "session_id": "stock.count.session",
    "location_id": "stock.location",
    "product_id": PRODUCT,
    "lot_id": "stock.lot",
    "package_id": "stock.package",
    "owner_id": "res.partner",
    "counted_by_id": "res.users",
    "reason_id": "stock.count.reason",
}
# States of a line that a reviewer has to decide on.
REMARKABLE_STATES = ("held", *PROBLEM_STATES)


class StockCountReviewReport(models.AbstractModel):
    """Report 146: expected and counted quantities of sessions, line by line."""

    _name = "report.stock_count.report_review_document"
    _inherit = ["stock.count.report"]
    _description = "Cycle Count Review"

    _report_number = "146"
    # Whether each session is a section of its own, to be signed.
    _report_by_session = True

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
        """One section for each session; chosen sessions also without lines."""
        if not self._report_by_session:
            return super()._get_sections(filters)
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

    # === BUSINESS METHODS - READING === #

    @api.model
    def _keep_last(self, domain):
        """Keep only the last count of each key."""
        lines = self.env["stock.count.line"]
        query = lines._search(domain)
        lines.flush_model()
        last = SQL(
            """(
            SELECT DISTINCT ON (product_id, location_id, COALESCE(lot_id, 0),
                       COALESCE(package_id, 0), COALESCE(owner_id, 0)) id
              FROM stock_count_line WHERE id IN %s
             ORDER BY product_id, location_id, COALESCE(lot_id, 0),
                      COALESCE(package_id, 0), COALESCE(owner_id, 0),
                      is_counted DESC NULLS LAST, counted_at DESC NULLS LAST, id DESC
            )""",
            query.subselect(),
        )
        return Domain("id", "in", last)

    @api.model
    def _read_rows(self, filters, offset=0, limit=None, order=None):
        # One cache of names for all batches: 100,000 lines may have 20,000 products.
        report = self.with_context(count_report_names=Names(self.env))
        yield from super(StockCountReviewReport, report)._read_rows(
            filters, offset, limit, order
        )

    @api.model
    def _prepare_rows(self, lines):
        """Yield the rows of a batch, from columns that one statement reads.

        Reading 25 fields of a record, with its rights, would take ten times as long as
        writing them to a file.
        """
        for line, facts in zip(lines, self._read_facts(lines), strict=True):
            yield {"id": line.id, **self._prepare_row(line, facts)}

    @api.model
    def _prepare_row(self, line, facts):
        """One row: a value for each column's key, and what the totals need.

        For a module to add a column, override this method and ``_get_columns``.

        :param line: the count line, of which no field has been read
        :param dict facts: its columns and names, see ``_read_facts``
        :rtype: dict
        """
        product = facts["product"]
        # A line that is not counted has neither a found quantity nor a variance.
        counted = facts["is_counted"]
        return {
            "session": facts["session"],
            "category": product.category,
            "location": facts["location"],
            "item": product.code,
            "description": product.name,
            "lot": facts["contents"],
            "expected": facts["expected_qty"],
            "found": facts["found_qty"] if counted else None,
            "variance": facts["variance_qty"] if counted else None,
            "unit": product.unit,
            "cost": facts["unit_cost"],
            "value": facts["variance_value"] if counted else None,
            "status": facts["status"],
            "counter": facts["counter"] if counted else None,
            "counted_at": facts["counted_at"] if counted else None,
            "reason": facts["reason"],
            "counted": counted,
            "state": facts["state"],
            "note": " · ".join(self._get_notes(facts)),
            "remark": self._get_remark(line, facts),
        }

    @api.model
    def _read_facts(self, lines):
        """Read the columns and names of lines.

        Without record rules: they were applied when the lines were searched.

        :return: list of dicts in the order of the lines
        """
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id, session_id, location_id, product_id, lot_id, lot_name,
                       package_id, owner_id, counted_by_id, reason_id, counted_at,
                       is_counted, state, note, post_error, posted_round,
                       moved_while_counting,
                       COALESCE(expected_qty, 0) AS expected_qty,
                       COALESCE(found_qty, 0) AS found_qty,
                       COALESCE(variance_qty, 0) AS variance_qty,
                       COALESCE(variance_value, 0) AS variance_value,
                       COALESCE(unit_cost, 0) AS unit_cost,
                       COALESCE(picked_qty, 0) AS picked_qty,
                       COALESCE(corrected_qty, 0) AS corrected_qty
                  FROM stock_count_line WHERE id = ANY(%s)
                """,
                lines.ids,
            )
        )
        found = {row["id"]: row for row in self.env.cr.dictfetchall()}
        rows = [found[line_id] for line_id in lines.ids]
        self._add_names(rows)
        return rows

    @api.model
    def _add_names(self, rows):
        """Add names to rows with ids."""
        names = self.env.context.get("count_report_names") or Names(self.env)
        known = {
            key: names.look_up(model, {row[key] for row in rows})
            for key, model in LINE_NAMES.items()
        }
        field = self.env["stock.count.line"]._fields["state"]
        states = dict(field._description_selection(self.env))
        posted = [row["id"] for row in rows if row["posted_round"]]
        origins = self._read_origins(posted, names)
        for row in rows:
            row.update(
                status=states[row["state"]],
                origin=origins.get(row["id"]),
                **self._name_row(row, known),
            )

    @api.model
    def _name_row(self, row, known):
        """The names of the ids of a row.

        :param dict known: by column, dict id → name
        """
        lot = known["lot_id"][row["lot_id"]] or row["lot_name"]
        package = known["package_id"][row["package_id"]]
        owner = known["owner_id"][row["owner_id"]]
        return {
            "session": known["session_id"][row["session_id"]],
            "location": known["location_id"][row["location_id"]],
            "product": known["product_id"][row["product_id"]],
            "counter": known["counted_by_id"][row["counted_by_id"]],
            "reason": known["reason_id"][row["reason_id"]],
            "lot": lot,
            "contents": " · ".join(name for name in (lot, package, owner) if name),
        }

    @api.model
    def _read_origins(self, line_ids, names):
        """From where location moves took what a line found.

        :return: dict line id → names of locations
        """
        if not line_ids:
            return {}
        self.env["stock.move"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH move AS MATERIALIZED (
                    SELECT count_line_id, location_id, location_dest_id
                      FROM stock_move WHERE count_line_id = ANY(%s))
                SELECT move.count_line_id, array_agg(DISTINCT move.location_id)
                  FROM move
                  JOIN stock_count_line line ON line.id = move.count_line_id
                       AND line.location_id = move.location_dest_id
                  JOIN stock_location source ON source.id = move.location_id
                       AND source.usage IN ('internal', 'transit')
                 GROUP BY move.count_line_id
                """,
                line_ids,
            )
        )
        found = dict(self.env.cr.fetchall())
        places = names.look_up(
            "stock.location", {place for ids in found.values() for place in ids}
        )
        return {
            line: ", ".join(sorted(places[place] for place in ids))
            for line, ids in found.items()
        }

    # === BUSINESS METHODS - TEXTS === #

    @api.model
    def _get_notes(self, facts):
        """Yield notes that explain the figures of a line."""
        _ = self.env._
        digits = {"dp": "Product Unit"}
        if facts["origin"]:
            yield _("moved here from %s", facts["origin"])
        if facts["picked_qty"]:
            picked = formatLang(self.env, -facts["picked_qty"], **digits)
            yield _("%s picked and not validated yet, so not expected", picked)
        if facts["corrected_qty"]:
            corrected = formatLang(self.env, facts["corrected_qty"], **digits)
            yield _("%s corrected after the count", corrected)
        if facts["moved_while_counting"]:
            yield _("stock moved while it was counted: recount")
        if facts["reason"]:
            yield facts["reason"]
        if facts["note"]:
            yield facts["note"]

    @api.model
    def _get_remark(self, line, facts):
        """Why a line waits for a person; None if it does not."""
        if facts["state"] not in REMARKABLE_STATES:
            return None
        if facts["state"] == "held":
            return self.env._("%s would explain the variance", line.hold_text)
        if facts["state"] == "superseded":
            return self.env._("A newer count of it was posted: nothing to do")
        return facts["post_error"] or ""

    @api.model
    def _get_facts(self, session):
        """The scope and people of a session, for the reviewer."""
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
