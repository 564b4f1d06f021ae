from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...const import (
    MAX_ENTRIES,
    OPEN_STATES,
    UNCOUNTED_STATES,
)
from ...rights import check_lead
from ..shared.hostile_values import check_number


class StockCountSession(models.Model):
    """The verbs of a session, step by step: plan, count, post.

    Each public method checks the user's rights and the state of the session.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === ACTION METHODS - PLAN === #

    def action_generate(self):
        """Make lines for the stock that is booked in the scope now.

        Existing lines do not change, so a second call only adds new ones. A large scope
        is done by a background job.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when the session is not open
        """
        self._refuse_busy()
        check_lead(self, "write")
        self._check_countable()
        for session in self:
            session._generate_lines()
        return True

    def _generate_lines(self):
        """Make the lines now, or by a job if there are many."""
        if not self._start_generating():
            self.env["stock.count.generator"]._generate(self)
            self._log_left_out()

    def _log_left_out(self):
        """Log what the scope has and this count leaves out: items of other warehouses
        (Option 504), and stock in archived locations."""
        archived = self.env["stock.count.generator"]._find_archived(self)
        if archived:
            self._log_action(
                self.env._(
                    "Not counted, because they are archived, although stock is booked"
                    " there: %s. Restore them and refresh.",
                    ", ".join(archived[:5].mapped("complete_name")),
                )
            )
        products = self.env["stock.count.generator"]._find_left_out(self)
        if products:
            self._log_action(
                self.env._(
                    "Option 504: %(number)s products are assigned to other warehouses"
                    " and left out, such as %(names)s.",
                    number=len(products),
                    names=", ".join(products[:5].mapped("display_name")),
                )
            )

    def action_refresh(self):
        """Bring the lines up to the stock that is booked now, and add new ones.

        What was counted does not change.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when the session is not open
        """
        self._refuse_busy()
        check_lead(self, "write")
        self._check_countable()
        for session in self:
            self.env["stock.count.generator"]._refresh(session)
        return True

    def action_count_again(self):
        """Make a new session with the same scope, and open its count sheet.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        self.ensure_one()
        again = self.copy({"user_id": self.env.uid, "date_due": False})
        again.action_generate()
        return again.action_open_sheet()

    # === ACTION METHODS - COUNT === #

    def action_open_sheet(self):
        """Open the count sheet of this session, in the view of Option 198.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        action = self._open_whole_sheet()
        view = self.company_id.sudo().count_default_view
        action["context"][f"search_default_view_{view}"] = 1
        return action

    def _open_whole_sheet(self):
        """Open the count sheet with all lines.

        :return: action, whose domain callers may narrow
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_line_action_sheet"
        )
        action["display_name"] = f"{self.name} · {self.env._('Count Sheet')}"
        action["domain"] = [("session_id", "=", self.id)]
        action["context"] = {
            "active_id": self.id,
            "active_model": self._name,
            "default_session_id": self.id,
            "count_session_id": self.id,
        }
        return action

    def action_check_all(self, domain=None):
        """Tick the Post box of all lines that a search of the sheet shows.

        :param list domain: the search; None for the whole session
        :return: number of lines that changed
        :raise AccessError: when the user is no counting lead
        :raise UserError: when the session is closed
        :raise ValidationError: when the search is no domain of count lines
        """
        return self._write_post_box(domain, True)

    def action_uncheck_all(self, domain=None):
        """Clear the Post box of all lines that a search of the sheet shows.

        Parameters, result and errors are those of ``action_check_all``.
        """
        return self._write_post_box(domain, False)

    def _write_post_box(self, domain, to_post):
        check_lead(self, "write")
        self.ensure_one()
        self._check_countable()
        self._lock()
        return self.env["stock.count.line"]._write_checked(self, domain, to_post)

    def action_count_rest_as_zero(self, domain=None):
        """Count each line as 0 that nobody has counted.

        "Not counted" is not zero, so this needs a button of its own. Each line gets an
        entry.

        :param list domain: the sheet's search; None for the whole session
        :raise AccessError: when the user is no counting lead
        :raise ValidationError: when an entry is refused, as in a closed session
        """
        self._refuse_busy()
        check_lead(self, "write")
        self.ensure_one()
        Line = self.env["stock.count.line"]
        lines = Line.search(
            Line._session_domain(self, domain)
            & Domain("is_counted", "=", False)
            & Domain("state", "in", UNCOUNTED_STATES)
        )
        zero = {"operation": "set", "qty": 0}
        entries = [
            {**zero, "uuid": self._new_uuid(), "line_id": line.id} for line in lines
        ]
        self._record_or_raise(entries, source="sheet")
        self._log_action(
            self.env._("The rest was counted as zero: %s lines.", len(lines))
        )
        return True

    def record_entries(self, entries, source="api"):
        """Record counts of this session. All counts come through this method.

        A known uuid is a duplicate and changes nothing. A refused entry does not stop
        the others. See ``docs/api.md``.

        :param list entries: objects with ``uuid`` (chosen by the client), ``operation``
            (``add`` by default, ``set`` or ``withdraw``), ``qty`` in ``uom_id`` (or
            ``parts``, a list of objects with ``qty`` and ``uom_id``), and what was
            counted: ``line_id``, or ``product_id``/``barcode``,
            ``location_id``/``location_barcode``, ``lot_id``/``lot_name``,
            ``package_id``, ``owner_id``. Optional: ``uom_id`` (by default the
            product's unit), ``serial2``, ``rfid``, ``note``, ``counted_at`` (UTC,
            ``YYYY-MM-DD HH:MM:SS``, fractions allowed), ``sent_at`` (the device's clock
            when it sent), ``device``, ``withdraws`` (uuid)
        :param str source: ``sheet``, ``app``, ``import`` or ``api``
        :return: list of objects in the order of the entries: ``uuid``, ``status``
            (``recorded``, ``duplicate`` or ``refused``), ``line_id``, ``code``,
            ``message``
        :raise AccessError: when the user may not count this session
        :raise ValidationError: when there are more entries than one call takes
        """
        self.ensure_one()
        self._check_may_count()
        check_number(self.env, entries, MAX_ENTRIES)
        return self._record_entries(entries, source)

    # === ACTION METHODS - POST === #

    def action_post(self):
        """Post Receipts and Issues: make stock moves for lines that are ticked and
        counted.

        A line that cannot be posted keeps its problem and does not stop the others.
        Many lines are posted by a background job.

        :return: a notification of what was posted and what was not
        :raise AccessError: when the user may not post counts
        :raise UserError: when no line is ticked, or the session waits for approval or
            is closed
        """
        self._refuse_busy()
        self.ensure_one()
        self._check_may_post()
        if self._posted_just_now():
            return self._notify_already_posted()
        self._check_countable()
        if self.state == "pending_approval":
            raise UserError(
                self.env._(
                    "%s is waiting for approval: nothing is posted yet.", self.name
                )
            )
        self._lock()
        sent = self._send_all_to_recount()
        return self._notify_sent_to_recount(sent) if sent else self._post_checked()

    def _post_checked(self):
        """Post the ticked lines now, or by a job if there are many."""
        job = self._start_posting()
        if job:
            return job._notify_started()
        outcome = self.env["stock.count.poster"]._post(self)
        return self._notify_posted(outcome.counts)

    def action_undo_posting(self):
        """Undo the posting of this session, by moves in the other direction.

        A line stays posted if its stock has moved or was counted since. Many lines are
        undone by a background job.

        :return: a notification of what was undone and what was not
        :raise AccessError: when the user is no count manager
        :raise UserError: when nothing is posted, or the session waits for approval
        """
        self._refuse_busy()
        self.ensure_one()
        self._check_may_undo()
        if self.state == "pending_approval":
            raise UserError(
                self.env._(
                    "%s is waiting for approval: have it answered first, then undo.",
                    self.name,
                )
            )
        return self._undo_posted()

    def _undo_posted(self):
        """Undo the posting now, or by a job if there are many lines."""
        job = self._start_undoing()
        if job:
            return job._notify_started()
        counts = self.env["stock.count.undo"]._undo(self).counts
        self._set_undone(counts)
        message = self._describe_undo(counts)
        self._log_action(message)
        return self._notify("success" if counts["undone"] else "warning", message)

    def _posted_just_now(self):
        """Whether another user has posted, a moment ago, what this user saw as ticked.

        Two people often press Post at the same time.
        """
        just_now = fields.Datetime.now() - timedelta(minutes=1)
        return (
            self.posted_at
            and self.posted_at >= just_now
            and self.sudo().posted_by_id != self.env.user
            and not self.env["stock.count.line"].sudo()._find_postable(self)
        )

    def _notify_already_posted(self):
        message = self.env._(
            "%s has just posted these lines.", self.sudo().posted_by_id.name
        )
        return self._notify("info", message)

    def action_cancel(self):
        """Close these sessions without posting the rest.

        A session without a posting becomes Cancelled. A session that is partly posted
        becomes Posted, and what it posted stays.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when a session is closed already
        """
        self._refuse_busy()
        check_lead(self, "write")
        for session in self:
            session._check_countable()
            session._void_approvals()
            target = "posted" if session.state == "partial" else "cancelled"
            session._set_state(OPEN_STATES, target)
            left = len(session._unposted_lines())
            session._log_action(self.env._("Closed with %s lines not posted.", left))
        return True

    def _void_approvals(self):
        for approval in self.sudo().approval_ids:
            if approval.state == "pending":
                approval._answer("void", None)

    # === ACTION METHODS - VIEW === #

    def action_view_moves(self):
        """Open the move lines that these sessions posted.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Posted Moves"),
            "res_model": "stock.move.line",
            "view_mode": "list,form",
            "domain": [("move_id.count_session_id", "in", self.ids)],
            "context": {"create": False},
        }

    def action_view_entries(self):
        """Open the entries of these sessions, with the withdrawn ones.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count Entries"),
            "res_model": "stock.count.entry",
            "view_mode": "list",
            "domain": [("session_id", "in", self.ids)],
        }
