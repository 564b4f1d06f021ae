import io
import logging
from base64 import b64encode
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL

from ..const import ACTIVE_JOB_STATES
from .engine.definition import Filters

_logger = logging.getLogger(__name__)

TEMPLATE = "stock_count.report_adjustment_document"
# Sessions that did not change for so long have their report, and are not checked again.
RECENT = timedelta(days=7)


class StockCountKeptReport(models.Model):
    """The adjustment report (P19) of a session, kept as it was after a posting or undo.

    The files are attached to this record, which only leads read. Attachments of the
    session itself would be open to its counters, who may not see costs.
    """

    _name = "stock.count.kept.report"
    _description = "Kept Adjustment Report"
    _order = "id desc"

    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="session_id.company_id", store=True, precompute=True
    )
    kept_at = fields.Datetime(
        string="As Of", required=True, readonly=True, default=fields.Datetime.now
    )
    move_count = fields.Integer(string="Moves", readonly=True)
    last_move_id = fields.Integer(
        required=True, readonly=True, help="The newest move that is in it."
    )
    digest = fields.Char(
        readonly=True,
        help="SHA-256 of the moves, as printed on the report: made again from the same"
        " moves it is the same.",
    )
    excel = fields.Binary(readonly=True, attachment=True)
    excel_name = fields.Char(readonly=True)
    pdf = fields.Binary(string="PDF", readonly=True, attachment=True)
    pdf_name = fields.Char(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("session_id", "kept_at")
    def _compute_display_name(self):
        for kept in self:
            kept.display_name = f"P19 {kept.session_id.name}"

    # === BUSINESS METHODS === #

    @api.model
    def _cron_keep(self):
        """Keep the reports of sessions with new moves, one session at a time."""
        sessions = self._find_due()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(sessions))
        for session in sessions:
            self._keep(session)
            if not cron._commit_progress(1):
                break

    @api.model
    def _find_due(self):
        """Sessions with moves that are newer than their last kept report, and without
        an active job."""
        for model in (
            "stock.move",
            "stock.count.session",
            "stock.count.job",
            self._name,
        ):
            self.env[model].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT session.id FROM stock_count_session session
            CROSS JOIN LATERAL (
                    SELECT max(id) AS id FROM stock_move
                     WHERE count_session_id = session.id AND state = 'done') move
            CROSS JOIN LATERAL (
                    SELECT max(last_move_id) AS id FROM stock_count_kept_report
                     WHERE session_id = session.id) kept
                 WHERE session.write_date >= %(since)s
                   AND move.id > COALESCE(kept.id, 0)
                   AND NOT EXISTS (SELECT FROM stock_count_job
                        WHERE session_id = session.id AND state IN %(active)s)
                 ORDER BY session.id
                """,
                since=fields.Datetime.now() - RECENT,
                active=ACTIVE_JOB_STATES,
            )
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        return self.env["stock.count.session"].browse(ids)

    @api.model
    def _keep(self, session):
        """Make the report of a session and keep it, in the language of the user who
        posted it.

        :rtype: stock.count.kept.report
        """
        session = session.sudo()
        user = session.posted_by_id or self.env.user
        report = self.env[f"report.{TEMPLATE}"].with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=session.company_id.ids,
        )
        filters = Filters(session_ids=tuple(session.ids))
        totals = report._sum_up(filters)
        moves = session.move_ids.filtered(lambda move: move.state == "done")
        name = report._get_file_name(filters)
        pdf = self._make_pdf(report, session)
        return self.sudo().create(
            {
                "session_id": session.id,
                "move_count": totals.moves,
                "last_move_id": max(moves.ids, default=0),
                "digest": totals.digest.hexdigest(),
                "excel": self._make_excel(report, filters),
                "excel_name": name,
                "pdf": pdf,
                "pdf_name": pdf and name.replace(".xlsx", ".pdf"),
            }
        )

    @api.model
    def _make_excel(self, report, filters):
        target = io.BytesIO()
        report._write_excel(filters, target)
        return b64encode(target.getvalue())

    @api.model
    def _make_pdf(self, report, session):
        """The report as PDF; False if the server cannot make it or it is too long."""
        printer = self.env["ir.actions.report"].with_context(**report.env.context)
        if printer.get_wkhtmltopdf_state() != "ok":
            return False
        try:
            pdf, kind = printer._render_qweb_pdf(TEMPLATE, session.ids)
        except (UserError, RedirectWarning) as error:
            # The Excel file is the evidence, so a missing PDF is no error.
            _logger.info("No PDF of the adjustments of %s: %s", session.name, error)
            return False
        return kind == "pdf" and b64encode(pdf)
