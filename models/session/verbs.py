from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...const import APPROVER, OPEN_STATES, UNCOUNTED_STATES, UNPOSTED_COUNT_STATES
from ...rights import check_lead


class StockCountSession(models.Model):
    """What people do with a count, step by step: plan, count, review, post."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    # === ACTION METHODS - PLAN === #

    def action_generate(self):
        """Make the lines of the scope from the stock that is booked now.

        Lines that are there stay as they are, so calling it again adds what is new.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when the session is not open
        """
        self._refuse_busy()
        check_lead(self, "write")
        self._check_countable()
        for session in self:
            session._generate_lines()
        return True

    def _generate_lines(self):
        """Make the lines now, or in the background where they are many."""
        if not self._start_generating():
            self.env["stock.count.generator"]._generate(self)
            self._log_left_out()

    def _log_left_out(self):
        """Say what the scope has and is not counted: items of other warehouses (Option
        504), and stock in archived locations."""
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
        """Take over stock that changed since and add new stock; entries stay as they
        are.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when the session is not open
        """
        self._refuse_busy()
        check_lead(self, "write")
        self._check_countable()
        for session in self:
            self.env["stock.count.generator"]._refresh(session)
        return True

    def action_count_again(self):
        """Make a new session with the same scope and open its count sheet.

        :raise AccessError: for whoever is not a counting lead
        """
        check_lead(self, "write")
        self.ensure_one()
        again = self.copy({"user_id": self.env.uid, "date_due": False})
        again.action_generate()
        return again.action_open_sheet()

    # === ACTION METHODS - COUNT === #

    def action_open_sheet(self):
        """Open the count sheet of this session, in the view of Option 198.

        :raise AccessError: for whoever is not a counting lead
        """
        action = self._open_whole_sheet()
        view = self.company_id.sudo().count_default_view
        action["context"][f"search_default_view_{view}"] = 1
        return action

    def _open_whole_sheet(self):
        """The count sheet with all of its lines, for whoever narrows it further.

        :raise AccessError: for whoever is not a counting lead
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
        """Set the post box of all lines that the search of the sheet shows.

        :param list domain: the sheet's search; None for the whole session
        :return: how many lines were changed
        """
        return self._write_post_box(domain, True)

    def action_uncheck_all(self, domain=None):
        """Clear the post box of all lines that the search of the sheet shows.

        :param list domain: the sheet's search; None for the whole session
        :return: how many lines were changed
        """
        return self._write_post_box(domain, False)

    def _write_post_box(self, domain, to_post):
        check_lead(self, "write")
        self.ensure_one()
        self._check_countable()
        self._lock()
        return self.env["stock.count.line"]._write_checked(self, domain, to_post)

    def action_count_rest_as_zero(self, domain=None):
        """Count every line that nobody has counted as 0. Explicit, because not counted
        is not zero; each line gets its entry.

        :param list domain: the sheet's search; None for the whole session
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
        self._record_or_raise(
            [
                {
                    "uuid": self._new_uuid(),
                    "operation": "set",
                    "line_id": line.id,
                    "qty": 0,
                }
                for line in lines
            ],
            source="sheet",
        )
        self._log_action(
            self.env._("The rest was counted as zero: %s lines.", len(lines))
        )
        return True

    def record_entries(self, entries, source="api"):
        """The one door through which every count comes, wherever it was made.

        :param list entries: objects with ``uuid`` (chosen by the client), ``operation``
            (``add`` by default, ``set`` or ``withdraw``), ``qty`` (or ``parts``, a
            list of objects with ``qty`` and ``uom_id``), and for what:
            ``line_id``, or ``product_id``/``barcode``,
            ``location_id``/``location_barcode``, ``lot_id``/``lot_name``,
            ``package_id``, ``owner_id``; optional ``uom_id``, ``serial2``, ``rfid``,
            ``note``, ``counted_at`` (UTC, ``YYYY-MM-DD HH:MM:SS``, fractions allowed),
            ``sent_at`` (the device's clock when it sent), ``device``, ``withdraws``
            (uuid)
        :param str source: ``sheet``, ``app``, ``import`` or ``api``
        :return: one object per entry, in order: ``uuid``, ``status`` (``recorded``,
            ``duplicate`` or ``refused``), ``line_id``, ``code``, ``message``. A known
            uuid is a duplicate and changes nothing; a refusal never stops the others.
        :raise AccessError: for whoever may not count this session
        """
        self.ensure_one()
        self._check_may_count()
        return self.env["stock.count.recorder"]._record(self, entries, source)

    # === ACTION METHODS - REVIEW === #

    def action_review(self):
        """Print the Cycle Count Review, report 146, of this session."""
        check_lead(self, "write")
        return self.env.ref("stock_count.report_review").report_action(self)

    def action_request_recount(self, domain=None):
        """Ask for another count of the lines that the search shows.

        :param list domain: the sheet's search; None for all counted lines with a
            variance
        :raise UserError: when there is no such line
        """
        check_lead(self, "write")
        self.ensure_one()
        Line = self.env["stock.count.line"]
        lines = Line.search(
            Line._session_domain(self, domain)
            & Domain("is_counted", "=", True)
            & Domain("state", "in", UNPOSTED_COUNT_STATES)
            & Domain("variance_qty", "!=", 0)
        )
        if not lines:
            raise UserError(
                self.env._("No counted line here has a variance to recount.")
            )
        return lines.action_request_recount()

    def action_propose_moves(self):
        """Propose location moves: what is missing here is too much there.

        :return: a notification that says how many
        :raise AccessError: for whoever is not a counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        self._check_countable()
        matches = self.env["stock.count.match"]._propose(self)
        if not matches:
            message = self.env._("Nothing that is missing is too much anywhere else.")
            return self._notify("info", message)
        message = self.env._(
            "%s location moves proposed: accept them by line.", len(matches)
        )
        return self._notify("success", message)

    def action_submit(self):
        """Submit the checked, counted lines for approval.

        :raise AccessError: for whoever is not a counting lead
        :raise UserError: when nothing is checked, or the count is waiting or closed
        """
        self._refuse_busy()
        check_lead(self, "write")
        for session in self:
            if session.state == "pending_approval":
                raise UserError(
                    self.env._("%s is waiting for approval already.", session.name)
                )
            session._lock()
            sent = self.env["stock.count.recount"]._send_due(session)
            if sent and not self.env["stock.count.line"].sudo()._find_postable(session):
                return session._notify_sent_to_recount(sent)
            session._set_state(("open", "partial"), "pending_approval")
            approval = self.env["stock.count.approval"]._request(session)
            approval._schedule_activities()
            session._log_action(
                self.env._("Submitted for approval: %s lines.", approval.line_count)
            )
        return True

    def _notify_sent_to_recount(self, lines):
        message = self.env._(
            "%s lines have to be counted again first: nothing else is checked.",
            len(lines),
        )
        return self._notify("warning", message)

    def action_approve(self, comment=None):
        """Approve exactly what was submitted.

        :param str comment: kept with the approval
        :raise AccessError: for whoever is not an approver
        :raise UserError: when nothing is waiting for approval
        """
        return self._answer_approval("approved", comment)

    def action_reject(self, comment=None):
        """Send the submitted lines back to counting.

        :param str comment: what to do about it, kept with the approval; required
        :raise AccessError: for whoever is not an approver
        :raise UserError: when nothing is waiting for approval, and without a comment
        """
        return self._answer_approval("rejected", comment)

    def _answer_approval(self, answer, comment):
        self._refuse_busy()
        if not self.env.user.has_group(APPROVER):
            raise AccessError(self.env._("Only an approver may do this."))
        self.check_access("write")
        for session in self:
            if session.state != "pending_approval":
                raise UserError(
                    self.env._("%s is not waiting for approval.", session.name)
                )
            approval = session.sudo().approval_id
            approval._check_segregation()
            self._check_comment(answer, comment)
            approval._answer(answer, comment and str(comment))
            posted = session.sudo().line_ids.filtered("posted_round")
            session._set_state(("pending_approval",), "partial" if posted else "open")
            label = (
                self.env._("Approved")
                if answer == "approved"
                else (self.env._("Rejected"))
            )
            session._log_action(f"{label}: {comment}" if comment else label)
        return True

    def _check_comment(self, answer, comment):
        if answer == "rejected" and not str(comment or "").strip():
            raise UserError(
                self.env._(
                    "Say why it is rejected, so that whoever counts again knows what to"
                    " look at."
                )
            )

    # === ACTION METHODS - POST === #

    def action_post(self):
        """Post Receipts and Issues: make stock moves of the checked, counted lines.

        A line that cannot be posted keeps its error and does not stop the others.

        :return: a notification that says what was posted and what was not
        :raise AccessError: for whoever may not post counts
        :raise UserError: when nothing is checked, approval is missing or it is closed
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
        sent = self.env["stock.count.recount"]._send_due(self)
        if sent and not self.env["stock.count.line"].sudo()._find_postable(self):
            return self._notify_sent_to_recount(sent)
        return self._post_checked()

    def _post_checked(self):
        """Post the checked lines now, or in the background where they are many."""
        job = self._start_posting()
        if job:
            return job._notify_started()
        outcome = self.env["stock.count.poster"]._post(self)
        return self._notify_posted(outcome.counts)

    def action_undo_posting(self):
        """Reverse what this session posted, by moves the other way.

        :return: a notification that says what was undone and what was not
        :raise AccessError: for whoever is not a count manager
        :raise UserError: when nothing is posted
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
        """Undo now, or in the background where many lines are posted."""
        job = self._start_undoing()
        if job:
            return job._notify_started()
        counts = self.env["stock.count.undo"]._undo(self).counts
        self._set_undone(counts)
        message = self._describe_undo(counts)
        self._log_action(message)
        return self._notify("success" if counts["undone"] else "warning", message)

    def _posted_just_now(self):
        """Whether somebody else posted what this user saw as checked a moment ago."""
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
        """Stop counting. An open count is cancelled; of a partly posted one what is
        posted stays, the rest is dropped and the session is closed as posted.

        :raise AccessError: for whoever is not a counting lead
        """
        self._refuse_busy()
        check_lead(self, "write")
        for session in self:
            session._check_countable()
            target = "posted" if session.state == "partial" else "cancelled"
            pending = session.sudo().approval_ids.filtered(
                lambda approval: approval.state == "pending"
            )
            for approval in pending:
                approval._answer("void", None)
            session._set_state(OPEN_STATES, target)
            session._log_action(
                self.env._(
                    "Closed with %s lines not posted.", len(session._unposted_lines())
                )
            )
        return True

    # === ACTION METHODS - LOOK === #

    def action_view_moves(self):
        """Open the moves that this session posted."""
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
        """Open who counted what and when, withdrawn entries included."""
        check_lead(self, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count Entries"),
            "res_model": "stock.count.entry",
            "view_mode": "list",
            "domain": [("session_id", "in", self.ids)],
        }
