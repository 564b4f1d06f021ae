from odoo import api, models
from odoo.tools import SQL

from ...const import APPROVER, MANAGER, UNPOSTED_COUNT_STATES
from ...rights import check_lead


class StockCountSession(models.Model):
    """The session as the header of its count sheet shows it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === ACTION METHODS === #

    def get_sheet_header(self):
        """What the header of the count sheet shows of this session.

        :return: dict with facts of the session (``name``, ``state``, ``next_step``, …),
            what the user may do (``may_post``, …), ``last`` (who counted last, and
            when; False for nobody), ``counts`` (numbers of lines by view) and ``job``
            (see ``get_job``)
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        return {
            **self._prepare_header_facts(),
            **self._prepare_header_rights(),
            "last": self._read_last_entry(),
            "counts": self._read_line_counts(),
            "job": self.get_job(),
        }

    # === BUSINESS METHODS === #

    def _prepare_header_facts(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description or "",
            "state": self.state,
            "state_label": states[self.state],
            "owner": self.user_id.name or "",
            "warehouse": self.warehouse_id.display_name,
            "warehouse_id": self.warehouse_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "next_step": self.next_step,
        }

    def _prepare_header_rights(self):
        """What the sheet offers this user. The verbs check it again."""
        company, user = self.company_id.sudo(), self.env.user
        return {
            "alternate_colors": company.count_alternate_colors,
            "autosave": company.count_autosave,
            "require_approval": company.count_require_approval,
            "may_post": user._may_post_counts(self.company_id),
            "may_approve": user.has_group(APPROVER),
            "may_undo": user.has_group(MANAGER),
        }

    def _read_last_entry(self):
        """Who counted last, and when (UTC); False where nobody has counted."""
        entry = (
            self.env["stock.count.entry"]
            .sudo()
            .search([("session_id", "=", self.id)], order="id desc", limit=1)
        )
        return {"user": entry.user_id.name, "at": entry.recorded_at} if entry else False

    def _read_line_counts(self):
        """Numbers of lines by view and Post box, and the value to be posted.

        :return: dict; the value is in company currency
        """
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT %s, %s
                  FROM stock_count_line, LATERAL (
                       SELECT to_post AND is_counted AND state IN %s) AS box (checked)
                 WHERE session_id = %s
                """,
                self._view_columns(),
                self._box_columns(),
                UNPOSTED_COUNT_STATES,
                self.id,
            )
        )
        return self.env.cr.dictfetchone()

    @api.model
    def _view_columns(self):
        """SQL: numbers of lines that each view of the sheet shows."""
        return SQL(
            """
            count(*) AS "all",
            count(*) FILTER (WHERE is_counted) AS counted,
            count(*) FILTER (WHERE is_counted AND variance_qty <> 0) AS discrepancies,
            count(*) FILTER (WHERE is_counted AND variance_qty > 0) AS overages,
            count(*) FILTER (WHERE is_counted AND variance_qty < 0) AS shortages,
            count(*) FILTER (WHERE state <> 'posted') AS not_posted,
            count(*) FILTER (WHERE is_counted AND tolerance_ratio > 1
                AND state <> 'posted') AS over_tolerance
            """
        )

    @api.model
    def _box_columns(self):
        """SQL: numbers and value of the lines whose Post box is ticked."""
        return SQL(
            """
            count(*) FILTER (WHERE checked AND state <> 'held') AS to_post,
            count(*) FILTER (WHERE checked AND state <> 'held' AND variance_qty <> 0)
                AS to_move,
            COALESCE(sum(variance_value) FILTER (WHERE checked AND state <> 'held'), 0)
                AS to_post_value,
            count(*) FILTER (WHERE checked AND state = 'held') AS held
            """
        )
