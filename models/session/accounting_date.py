from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...const import LEAD, MANAGER, OPEN_STATES

# An older date is a slip of the pen, not a year-end.
OLDEST = relativedelta(years=1)


class StockCountSession(models.Model):
    """A count may be booked on another day than that of its posting: year-end."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    accounting_date = fields.Date(
        copy=False,
        tracking=True,
        groups=LEAD,
        help="What is posted is booked on this day, e.g. the last one of the fiscal"
        " year: stock moves, their value, and the stock of that day. Empty: on the day"
        " of posting.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("accounting_date")
    def _check_accounting_date(self):
        """Refuse a day that cannot be booked on, and say which can.

        :raise ValidationError: for a day to come, long ago or in a closed period
        """
        for session in self:
            session._check_bookable()

    def _check_bookable(self):
        """Whether the books are open on the accounting date, now.

        :raise ValidationError: when they are not
        """
        if not self.accounting_date:
            return
        made = fields.Datetime.context_timestamp(self, self.create_date).date()
        today = fields.Date.context_today(self)
        message = None
        if self.accounting_date > today:
            message = self.env._(
                "%(count)s cannot be booked on %(day)s: that day is still to come."
                " Choose today or an earlier day."
            )
        elif self.accounting_date < made - OLDEST:
            message = self.env._(
                "%(count)s cannot be booked on %(day)s: that is more than a year before"
                " it was made. Choose a later day."
            )
        elif self._is_locked(self.accounting_date):
            message = self.env._(
                "%(count)s cannot be booked on %(day)s: the books of %(company)s are"
                " closed on that day. Choose a later day, or have the period opened."
            )
        if message:
            raise ValidationError(message % self._date_facts())

    def _date_facts(self):
        return {
            "count": self.name,
            "day": format_date(self.env, self.accounting_date),
            "company": self.company_id.name,
        }

    def _is_locked(self, day):
        """Whether a lock date of accounting, if that is installed, closes the day."""
        # In sudo mode because exceptions to lock dates are accountants' business; they
        # stay those of this user.
        company = self.company_id.sudo()
        if "fiscalyear_lock_date" not in company._fields:
            return False
        return bool(
            company._get_lock_date_violations(
                day, fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
            )
        )

    # === CRUD METHODS === #

    def _check_may_redate(self, day):
        """Whether this user may write this accounting date; the same one may be written
        by anybody, as forms do.

        :raise AccessError: for whoever is not a count manager
        :raise UserError: when one of the counts is closed or being posted
        """
        day = fields.Date.to_date(day)
        changed = self.filtered(lambda s: (s.accounting_date or None) != day)
        changed._check_may_date()

    def _check_may_date(self):
        """Whether this user may set or clear the accounting date of these counts now.

        :raise AccessError: for whoever is not a count manager
        :raise UserError: when one of them is closed or being posted
        """
        if self and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Only a count manager sets the day that a count is booked on."
                )
            )
        self._refuse_busy()
        for session in self:
            if session.state not in OPEN_STATES:
                raise UserError(
                    self.env._("%s is closed: its booking day stays.", session.name)
                )

    # === BUSINESS METHODS === #

    def _booked_at(self):
        """The moment that stock moves get instead of now; False without a date.

        The first one that belongs to the day both by UTC and on the clock of whoever
        posts: Odoo takes the stock "of a day" from its first moment in some places
        (closing the stock valuation) and from its last one in others.
        """
        day = self.accounting_date
        if not day or day == fields.Date.context_today(self):
            return False
        first = datetime.combine(day, time.min)
        # The clock's offset of that day, not of today: it may be summer there.
        offset = self.env.tz.localize(first).utcoffset()
        return first - min(offset, timedelta(0))

    def _booked_text(self):
        """Where it matters, on which day it is booked, in a sentence."""
        if not self._booked_at():
            return ""
        return self.env._("Booked on %s.", format_date(self.env, self.accounting_date))
