from functools import partial

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...domain.trend import split_period
from ..shared.hostile_values import check_texts
from .dashboard import AGES, PROBLEMS


class StockCountDashboard(models.AbstractModel):
    """Opens the records of the dashboard's figures."""

    _inherit = "stock.count.dashboard"

    # === ACTION METHODS === #

    @api.model
    def open_records(self, figure, filters=None, key=None):
        """Open the records of a figure.

        :param str figure: one of the keys of ``_get_openers``
        :param dict filters: see ``read_dashboard``
        :param key: which bar, point or row of the figure; None for all
        :return: action
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the figure, key, warehouse or period does not exist
        """
        scope = self._read_filters(filters)
        check_texts(self.env, [figure, key])
        opener = self._get_openers().get(str(figure))
        action = opener and opener(scope, key)
        if not action:
            raise UserError(
                self.env._(
                    "The dashboard has no figure %s (any more): reload the page.",
                    f"{figure} {key}" if opener else figure,
                )
            )
        return action

    @api.model
    def _get_openers(self):
        """By figure, a function of scope and key that returns the action.

        For a module to add a figure, override this method and ``read_dashboard``.
        """
        work = self._get_work_domains(Domain.TRUE)
        return {
            "counted": self._open_counted,
            "accuracy": self._open_inaccurate,
            "shrinkage": self._open_differing,
            "step": self._open_step,
            "coverage": self._open_uncovered,
            "exceptions": self._open_exceptions,
            **{name: partial(self._open_work, name) for name in work},
            **{
                kind: partial(self._open_problem, kind) for kind in (*PROBLEMS, "cause")
            },
        }

    # === BUSINESS METHODS - HISTORY === #

    @api.model
    def _open_counted(self, scope, _key):
        return self._open_history(scope, self.env._("Posted Counts"))

    @api.model
    def _open_inaccurate(self, scope, _key):
        name = self.env._("Inaccurate Lines")
        return self._open_history(scope, name, Domain("accurate", "=", False))

    @api.model
    def _open_differing(self, scope, _key):
        name = self.env._("Shortages and Overages")
        return self._open_history(scope, name, Domain("variance_qty", "!=", 0))

    @api.model
    def _open_step(self, scope, key):
        """Open the lines of one point of the trend."""
        parts = split_period(scope.period)
        if not isinstance(key, int) or not 0 <= key < len(parts):
            return None
        step = scope._replace(period=parts[key])
        return self._open_history(step, self.env._("Posted Counts"))

    @api.model
    def _open_problem(self, kind, scope, key):
        """Open the lines with a variance of one location, item, category or cause."""
        field = PROBLEMS[kind][1] if kind in PROBLEMS else "cause"
        if not isinstance(key, str if kind == "cause" else int | None):
            return None
        return self._open_history(
            scope,
            self.env._("Where It Differed"),
            Domain("variance_qty", "!=", 0) & Domain(field, "=", key or False),
        )

    @api.model
    def _open_history(self, scope, name, domain=Domain.TRUE):
        domain &= self._warehouse_domain(scope.warehouse)
        domain &= self.env["stock.count.figures"]._between(scope.period)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "stock.count.history",
            "views": [[False, mode] for mode in ("list", "kanban", "pivot", "graph")],
            "mobile_view_mode": "kanban",
            "domain": list(domain),
            # A month without a count has no accuracy, neither 0 nor 100 %.
            "context": {"fill_temporal": False},
        }

    # === BUSINESS METHODS - STOCK, SESSIONS, EXCEPTIONS === #

    @api.model
    def _open_uncovered(self, scope, _key):
        """Open the stock that nobody has counted in the period."""
        last, since = "count_last_posted_at", self._since(scope)
        uncounted = Domain(last, "=", False)
        if since:
            uncounted |= Domain(last, "<", since)
        view = self.env.ref("stock_count.stock_quant_view_list_uncounted")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Counted in the Period"),
            "res_model": "stock.quant",
            "views": [[view.id, "list"], [False, "kanban"]],
            "domain": list(self._stock_domain(scope.warehouse) & uncounted),
        }

    @api.model
    def _open_work(self, name, scope, _key):
        domain = self._get_work_domains(self._warehouse_domain(scope.warehouse))[name]
        return self._narrow("stock_count.stock_count_session_action", domain)

    @api.model
    def _open_exceptions(self, scope, key):
        if key not in (None, *(name for name, _young, _old in AGES)):
            return None
        domain = self._exception_domain(scope.warehouse, key)
        return self._narrow("stock_count.stock_count_exception_action", domain)

    @api.model
    def _narrow(self, xml_id, domain):
        """The action of a menu, with the records of a domain only."""
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        # The help is for users who have no record yet.
        return {**action, "domain": list(domain), "context": {}, "help": False}
