from odoo import models
from odoo.tools import SQL

from ...rights import check_lead


class StockCountSession(models.Model):
    """What the header of the count sheet shows of a session."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === ACTION METHODS === #

    def get_sheet_header(self):
        """The header of the count sheet: who, what next, how far, lines of each view.

        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        return {
            **self._prepare_sheet_facts(),
            **self._prepare_sheet_rights(),
            "last": self._read_last_entry(),
            **self._read_sheet_counts(),
            "job": self.get_job(),
        }

    # === BUSINESS METHODS === #

    def _prepare_sheet_facts(self):
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

    def _prepare_sheet_rights(self):
        """What the sheet offers; the verbs check it again."""
        company, user = self.company_id.sudo(), self.env.user
        return {
            "alternate_colors": company.count_alternate_colors,
            "autosave": company.count_autosave,
            "require_approval": company.count_require_approval,
            "may_post": user._may_post_counts(self.company_id),
            "may_approve": user.has_group("stock_count.group_count_approver"),
            "may_undo": user.has_group("stock_count.group_count_manager"),
        }

    def _read_last_entry(self):
        """Who counted last, and when."""
        entry = (
            self.env["stock.count.entry"]
            .sudo()
            .search([("session_id", "=", self.id)], order="id desc", limit=1)
        )
        return {"user": entry.user_id.name, "at": entry.recorded_at} if entry else False

    def _read_sheet_counts(self):
        """Lines of each view and of the post box, in one statement."""
        self.env["stock.count.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*) AS "all",
                       count(*) FILTER (WHERE is_counted) AS counted,
                       count(*) FILTER (WHERE is_counted AND variance_qty <> 0)
                           AS discrepancies,
                       count(*) FILTER (WHERE is_counted AND variance_qty > 0)
                           AS overages,
                       count(*) FILTER (WHERE is_counted AND variance_qty < 0)
                           AS shortages,
                       count(*) FILTER (WHERE state <> 'posted') AS not_posted,
                       count(*) FILTER (WHERE is_counted AND tolerance_ratio > 1
                           AND state <> 'posted') AS over_tolerance,
                       count(*) FILTER (WHERE checked AND state <> 'held') AS to_post,
                       count(*) FILTER (WHERE checked AND state <> 'held'
                           AND variance_qty <> 0) AS to_move,
                       COALESCE(sum(variance_value)
                           FILTER (WHERE checked AND state <> 'held'), 0)
                           AS to_post_value,
                       count(*) FILTER (WHERE checked AND state = 'held') AS held
                  FROM stock_count_line,
                       LATERAL (SELECT to_post AND is_counted
                           AND state IN ('counted', 'held', 'failed')) AS box (checked)
                 WHERE session_id = %s
                """,
                self.id,
            )
        )
        return {"counts": self.env.cr.dictfetchone()}
