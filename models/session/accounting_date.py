from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...const import LEAD, OPEN_STATES
from ...rights import is_manager

# An older date is a slip of the pen, not a year-end.
OLDEST = relativedelta(years=1)


class StockCountSession(models.Model):
    """The accounting date: a count may be booked on an earlier day, as at year-end."""

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
        """Refuse an accounting date that cannot be booked on.

        :raise ValidationError: for a future day, an old one, or one in a closed period
        """
        for session in self:
            session._check_bookable()

    def _check_bookable(self):
        """Check that the accounting date can be booked on now.

        :raise ValidationError: when it cannot
        """
        message = self.accounting_date and self._describe_unbookable()
        if message:
            raise ValidationError(message % self._date_facts())

    def _describe_unbookable(self):
        """Why the accounting date cannot be booked on; None if it can."""
        made = fields.Datetime.context_timestamp(self, self.create_date).date()
        if self.accounting_date > fields.Date.context_today(self):
            return self.env._(
                "%(count)s cannot be booked on %(day)s: that day is still to come."
                " Choose today or an earlier day."
            )
        if self.accounting_date < made - OLDEST:
            return self.env._(
                "%(count)s cannot be booked on %(day)s: that is more than a year before"
                " it was made. Choose a later day."
            )
        if self._is_locked(self.accounting_date):
            return self.env._(
                "%(count)s cannot be booked on %(day)s: the books of %(company)s are"
                " closed on that day. Choose a later day, or have the period opened."
            )
        return None

    def _date_facts(self):
        """What messages about the accounting date name."""
        return {
            "count": self.name,
            "day": format_date(self.env, self.accounting_date),
            "company": self.company_id.name,
        }

    def _is_locked(self, day):
        """Whether a lock date of accounting closes the day, where it is installed."""
        # In sudo mode because only accountants read exceptions to lock dates. Odoo
        # still applies those of this user.
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
        """Check that this user may write this accounting date.

        Anybody may write the date that is there already, as forms do.

        :param day: date or text, as a client sends it
        :raise AccessError: when the user is no count manager
        :raise UserError: when one of the sessions is closed or has a job, and for what
            is no date
        """
        try:
            day = fields.Date.to_date(day)
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The accounting date is not a date: choose a day.")
            ) from error
        changed = self.filtered(lambda s: (s.accounting_date or None) != day)
        changed._check_may_date()

    def _check_may_date(self):
        """Check that this user may set or clear the accounting date of these sessions.

        :raise AccessError: when the user is no count manager
        :raise UserError: when one of the sessions is closed or has a job
        """
        if self and not is_manager(self.env):
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
        """The time (UTC) that stock moves get instead of now; False without a date.

        It is the first moment that belongs to the accounting date both in UTC and in
        the time zone of the user who posts. Odoo takes the stock "of a day" from its
        first moment in some places (closing the stock valuation), and from its last one
        in others.
        """
        day = self.accounting_date
        if not day or day == fields.Date.context_today(self):
            return False
        first = datetime.combine(day, time.min)
        # The offset of that day, not of today: daylight saving time may differ.
        offset = self.env.tz.localize(first).utcoffset()
        return first - min(offset, timedelta(0))

    def _booked_text(self):
        """A sentence with the day of booking; empty without an accounting date."""
        if not self._booked_at():
            return ""
        return self.env._("Booked on %s.", format_date(self.env, self.accounting_date))
