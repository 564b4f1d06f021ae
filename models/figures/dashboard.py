from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...const import OPEN_EXCEPTION_STATES, OPEN_STATES, UNCOUNTED_STATES
from ...domain.accuracy import measure_accuracy
from ...domain.trend import Period, choose_step, pareto, previous_period, split_period
from ...rights import is_lead
from ..shared.hostile_values import check_texts

DAYS = {"month": 30, "quarter": 90, "year": 365, "all": None}
DEFAULT_PERIOD = "quarter"
STEP_FORMATS = {"day": "d MMM", "week": "d MMM", "month": "MMM y", "quarter": "QQQ y"}
# By kind of problem: the model of its key, and the field of the history.
PROBLEMS = {
    "location": ("stock.location", "location_id"),
    "item": ("product.product", "product_id"),
    "category": ("product.category", "categ_id"),
    "reason": ("stock.count.reason", "reason_id"),
}
# Ages of open exceptions: name, from a number of days on, to less than a number.
AGES = (("day", 0, 1), ("week", 1, 7), ("month", 7, 30), ("older", 30, None))


class Scope(NamedTuple):
    """What the dashboard shows. An empty warehouse stands for all of them."""

    warehouse: models.Model
    name: str
    period: Period


class StockCountDashboard(models.AbstractModel):
    """The dashboard: how good the stock record is, and what has to be done.

    ``open_records`` opens the records of each figure, with the same domain.
    """

    _name = "stock.count.dashboard"
    _description = "Cycle Count Dashboard"

    # === ACTION METHODS === #

    @api.model
    def read_dashboard(self, filters=None):
        """All figures of the dashboard except coverage.

        :param dict filters: ``warehouse_id`` (by default all) and ``period``
            (``month``, ``quarter``, ``year`` or ``all``)
        :return: dict with ``filters``, ``currency_id``, ``accuracy``, ``shrinkage``,
            ``trend``, ``problems``, ``work`` and ``exceptions``; values are in this
            currency
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the warehouse or the period does not exist
        """
        scope = self._read_filters(filters)
        return {
            "filters": self._describe_filters(scope),
            "currency_id": self.env.company.currency_id.id,
            **self._read_record(scope),
            "work": self._read_work(scope.warehouse),
            "exceptions": self._read_exceptions(scope.warehouse),
        }

    @api.model
    def read_coverage(self, filters=None):
        """How many places with stock were counted.

        It has a call of its own, because it reads all stock: the other figures do not
        wait for it.

        :param dict filters: see ``read_dashboard``
        :return: dict of ``places``, ``counted`` (numbers) and ``share`` (of 1; None
            without stock)
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the warehouse or the period does not exist
        """
        return self._read_coverage(self._read_filters(filters))

    # === BUSINESS METHODS - FILTERS === #

    @api.model
    def _read_filters(self, filters):
        """The filters that a client sent, of any type.

        :rtype: Scope
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the warehouse or the period does not exist
        """
        if not is_lead(self.env):
            raise AccessError(
                self.env._("Only a counting lead may see the count dashboard.")
            )
        filters = filters if isinstance(filters, dict) else {}
        check_texts(self.env, filters)
        name = filters.get("period") or DEFAULT_PERIOD
        if not isinstance(name, str) or name not in DAYS:
            raise UserError(self.env._("The dashboard has no period %s.", name))
        warehouse = self._find_warehouse(filters.get("warehouse_id"))
        return Scope(warehouse, name, self._read_period(warehouse, name))

    @api.model
    def _find_warehouse(self, warehouse_id):
        Warehouse = self.env["stock.warehouse"]
        if not warehouse_id:
            return Warehouse
        found = self._get_warehouses().filtered(lambda w: w.id == warehouse_id)
        if not found:
            raise UserError(
                self.env._(
                    "This warehouse is archived or belongs to another company: choose"
                    " another one."
                )
            )
        return found

    @api.model
    def _get_warehouses(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "in", self.env.companies.ids)]
        )

    @api.model
    def _read_period(self, warehouse, name):
        """The days of a period up to today. "All" begins with the first count."""
        today = fields.Date.context_today(self)
        if DAYS[name]:
            return Period(today - timedelta(days=DAYS[name] - 1), today)
        first = self.env["stock.count.figures"]._first_day(
            self._warehouse_domain(warehouse)
        )
        return Period(min(first or today, today - timedelta(days=29)), today)

    @api.model
    def _describe_filters(self, scope):
        _ = self.env._
        periods = {
            "month": _("Last 30 days"),
            "quarter": _("Last 90 days"),
            "year": _("Last 12 months"),
            "all": _("All time"),
        }
        return {
            "warehouse_id": scope.warehouse.id,
            "warehouses": [
                {"id": w.id, "name": w.display_name} for w in self._get_warehouses()
            ],
            "period": scope.name,
            "periods": [{"id": key, "name": label} for key, label in periods.items()],
            "first": format_date(self.env, scope.period.first),
            "last": format_date(self.env, scope.period.last),
        }

    @api.model
    def _warehouse_domain(self, warehouse, field="warehouse_id"):
        domain = Domain("company_id", "in", self.env.companies.ids)
        return domain & Domain(field, "=", warehouse.id) if warehouse else domain

    # === BUSINESS METHODS - THE RECORD === #

    @api.model
    def _read_record(self, scope):
        """Accuracy, shrinkage, trend and problems, from the count history."""
        Figures, period = self.env["stock.count.figures"], scope.period
        domain = self._warehouse_domain(scope.warehouse)
        parts = split_period(period)
        before, *steps = Figures._read_steps(domain, [previous_period(period), *parts])
        step = choose_step(period.days)
        return {
            **self._compare(before, steps),
            "trend": [
                self._describe_step(n, part, figures, step)
                for n, (part, figures) in enumerate(zip(parts, steps, strict=True))
            ],
            "problems": self._read_problems(domain & Figures._between(period)),
        }

    @api.model
    def _compare(self, before, steps):
        """Accuracy and shrinkage of a period, and of the period before it.

        :param dict before: figures of the period before
        :param list steps: figures of the parts of the period
        """
        whole = {name: sum(step[name] for step in steps) for name in before}
        shortage = self._describe_values(before)["shortage"]
        return {
            "accuracy": {
                **self._describe_accuracy(whole),
                "previous": self._describe_accuracy(before)["share"],
            },
            "shrinkage": {
                **self._describe_values(whole),
                "previous": shortage if before["counted"] else None,
            },
        }

    @api.model
    def _describe_accuracy(self, figures):
        """The accuracy as a share of 1, with its interval; None without counts."""
        return measure_accuracy(figures["accurate"], figures["counted"])._asdict()

    @api.model
    def _describe_values(self, figures):
        """Shortages and overages, and not only their net value, which hides both."""
        names = ("shortage", "overage", "expected")
        shortage, overage, expected = (float(figures[name]) for name in names)
        return {
            "lines": figures["differing"],
            "shortage": shortage,
            "overage": overage,
            "net": overage - shortage,
            "absolute": overage + shortage,
            "share": shortage / expected if expected > 0 else None,
        }

    @api.model
    def _describe_step(self, n, part, figures, step):
        label = format_date(self.env, part.first, date_format=STEP_FORMATS[step])
        return {
            "key": n,
            "label": label,
            "first": format_date(self.env, part.first),
            "last": format_date(self.env, part.last),
            **self._describe_accuracy(figures),
            **{name: float(figures[name]) for name in ("shortage", "overage")},
        }

    @api.model
    def _read_coverage(self, scope):
        places, counted = self.env["stock.count.figures"]._read_coverage(
            self._stock_domain(scope.warehouse), self._since(scope)
        )
        share = counted / places if places else None
        return {"places": places, "counted": counted, "share": share}

    @api.model
    def _since(self, scope):
        """The earliest posting (UTC) that covers a place; None for any."""
        if scope.name == "all":
            return None
        return self.env["stock.count.figures"]._start_of(scope.period.first)

    @api.model
    def _stock_domain(self, warehouse):
        return (
            self._warehouse_domain(warehouse, "location_id.warehouse_id")
            & Domain("location_id.usage", "=", "internal")
            & Domain("quantity", "!=", 0)
        )

    @api.model
    def _read_problems(self, domain):
        """The largest variances, with names."""
        problems = self.env["stock.count.figures"]._read_problems(domain)
        for kind, (model, _field) in PROBLEMS.items():
            self._name_records(problems[kind], model)
        self._name_causes(problems["cause"])
        return {kind: self._describe_shares(rows) for kind, rows in problems.items()}

    @api.model
    def _name_records(self, rows, model):
        # In sudo mode because a user who sees a figure may see its name, also that of
        # an archived product.
        ids = [int(row["key"]) for row in rows if row["key"]]
        records = self.env[model].sudo().browse(ids).exists()
        names = {record.id: record.display_name for record in records}
        for row in rows:
            row["key"] = row["key"] and int(row["key"])
            row["name"] = names.get(row["key"]) or self.env._("None")

    @api.model
    def _name_causes(self, rows):
        field = self.env["stock.count.history"]._fields["cause"]
        labels = dict(field._description_selection(self.env))
        for row in rows:
            row["key"] = row["key"] or "unknown"
            row["name"] = labels.get(row["key"], row["key"])

    @api.model
    def _describe_shares(self, rows):
        """Add ``bar``, the length of a row's bar, and ``cumulative``, the share of the
        row and all rows before it, as in a Pareto chart."""
        for row in rows:
            row.update({n: float(row[n]) for n in ("value", "shortage", "overage")})
        biggest = max((row["value"] for row in rows), default=0)
        shares = {bar.key: bar for bar in pareto((r["key"], r["value"]) for r in rows)}
        for row in rows:
            share = shares.get(row["key"])
            row["bar"] = row["value"] / biggest if biggest else 0
            row["cumulative"] = share.cumulative if share else None
        return rows

    # === BUSINESS METHODS - THE WORK === #

    @api.model
    def _get_work_domains(self, base):
        """By figure, the domain of sessions that need work.

        :param base: further conditions on the sessions
        """
        today = fields.Date.context_today(self)
        unfinished = Domain(base) & Domain("state", "in", OPEN_STATES)
        return {
            "open": unfinished,
            "overdue": unfinished & Domain("date_due", "<", today),
            "pending": unfinished & Domain("state", "=", "pending_approval"),
            "held": unfinished & Domain("line_ids.state", "=", "held"),
        }

    @api.model
    def _read_work(self, warehouse):
        """Open sessions: how many, how late, and how many lines are left."""
        Session = self.env["stock.count.session"]
        domains = self._get_work_domains(self._warehouse_domain(warehouse))
        work = {name: Session.search_count(domain) for name, domain in domains.items()}
        oldest = Session.search(domains["overdue"], order="date_due", limit=1).date_due
        today = fields.Date.context_today(self)
        return {
            **work,
            "days_late": (today - oldest).days if oldest else 0,
            "lines_left": self._count_left(domains["open"]),
            "overdue_lines": self._count_left(domains["overdue"]),
        }

    @api.model
    def _count_left(self, sessions):
        sessions = self.env["stock.count.session"].search(sessions)
        return self.env["stock.count.line"].search_count(
            [("session_id", "in", sessions.ids), ("state", "in", UNCOUNTED_STATES)]
        )

    # === BUSINESS METHODS - EXCEPTIONS === #

    @api.model
    def _exception_domain(self, warehouse, age=None):
        """Domain of open exceptions, of all ages or of one in ``AGES``."""
        domain = self._warehouse_domain(warehouse) & Domain(
            "state", "in", OPEN_EXCEPTION_STATES
        )
        if age is None:
            return domain
        [(_name, youngest, oldest)] = [span for span in AGES if span[0] == age]
        now = fields.Datetime.now()
        domain &= Domain("create_date", "<=", now - timedelta(days=youngest))
        if oldest:
            domain &= Domain("create_date", ">", now - timedelta(days=oldest))
        return domain

    @api.model
    def _read_exceptions(self, warehouse):
        """Numbers of open exceptions: all of them, by age, and overdue ones."""
        Exceptions = self.env["stock.count.exception"]
        labels = self._get_age_labels()
        ages = [
            {
                "key": name,
                "label": labels[name],
                "count": Exceptions.search_count(
                    self._exception_domain(warehouse, name)
                ),
            }
            for name, _youngest, _oldest in AGES
        ]
        late = Domain("deadline", "<", fields.Date.context_today(self))
        return {
            "ages": ages,
            "open": sum(age["count"] for age in ages),
            "late": Exceptions.search_count(self._exception_domain(warehouse) & late),
        }

    @api.model
    def _get_age_labels(self):
        _ = self.env._
        return {
            "day": _("Up to 1 day"),
            "week": _("2 to 7 days"),
            "month": _("8 to 30 days"),
            "older": _("Over 30 days"),
        }
