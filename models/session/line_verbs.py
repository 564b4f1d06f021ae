from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...const import MAX_ITEMS
from ...rights import check_lead
from ..shared.hostile_values import check_number, check_texts
from ..shared.signals import send

# Fields of a line that a user may write.
WRITABLE = {"to_post", "reason_id", "note"}
# Fields that a user may write, and that become an entry.
FOUND = {"found_qty", "is_counted", "serial2"}
# What a count sheet may add to that entry (Option 526).
TYPED = {"uuid", "counted_at", "sent_at"}


class StockCountLine(models.Model):
    """The verbs of a line: count, withdraw, ask for a recount, answer for transfers."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Add lines for things that their session did not expect.

        :param list vals_list: dicts of a session and a natural key, with ``found_qty``
            if it was counted, see ``_add_line`` of the session
        """
        if self.env.su and self.env.context.get("count_internal"):
            return super().create(vals_list)
        self.check_access("create")
        check_number(self.env, vals_list, MAX_ITEMS)
        check_texts(self.env, vals_list)
        lines = self.browse()
        for vals in vals_list:
            lines += self._session_of(vals)._add_line(vals)
        return lines

    @api.model
    def _session_of(self, vals):
        """The session of a new line.

        :raise UserError: when the values name none
        """
        session_id = vals.get("session_id")
        if type(session_id) is not int or not 0 < session_id < 2**31:
            raise UserError(self.env._("Choose the cycle count that the line is for."))
        return self.env["stock.count.session"].browse(session_id)

    def write(self, vals):
        """Write what a user may write. A found quantity becomes an entry.

        :raise AccessError: when another field is among the values
        """
        if self.env.su and self.env.context.get("count_internal"):
            return super().write(vals)
        self._check_writable(vals)
        check_texts(self.env, vals)
        counted = {name: vals[name] for name in FOUND & vals.keys()}
        others = {name: vals[name] for name in vals.keys() - FOUND}
        if counted:
            self._write_found(counted)
        if "reason_id" in others:
            self._check_reason(others["reason_id"])
        return super().write(others) if others else True

    def _check_writable(self, vals):
        forbidden = vals.keys() - WRITABLE - FOUND
        if forbidden:
            raise AccessError(
                self.env._(
                    "Count lines are changed by counting, not by writing to: %s.",
                    ", ".join(sorted(forbidden)),
                )
            )
        self.check_access("write")

    def _write_found(self, counted):
        """Record an entry for what a user typed; an empty quantity withdraws the count.

        :param dict counted: values of ``FOUND`` fields
        """
        found = counted.get("found_qty", 0)
        # 0 equals False, but 0 means "none there" and False means "not counted".
        emptied = found is None or found is False or found == ""
        if emptied or not counted.get("is_counted", True):
            self.action_withdraw_count()
            return
        for session, lines in self.grouped("session_id").items():
            session._record_or_raise(
                [line._prepare_found(counted) for line in lines], source="sheet"
            )

    def _prepare_found(self, counted):
        """The entry for what a user typed on this line."""
        entry = {
            "uuid": self.session_id._new_uuid(),
            "operation": "set",
            "line_id": self.id,
            # If only "Counted" was ticked, the quantity in the cell was found.
            "qty": counted.get("found_qty", self.found_qty),
            "serial2": counted.get("serial2"),
            **self._read_typed(),
        }
        if counted.keys() == {"serial2"}:
            self._check_serial2_alone(counted["serial2"])
            # Nobody counted again, so the quantity keeps its time.
            entry.update(counted_at=self.counted_at.isoformat(), sent_at=None)
        return entry

    def _check_serial2_alone(self, serial2):
        """Refuse a Serial2 without a count, and to clear the Serial2 of a count."""
        if not self.is_counted or self.round <= self.posted_round:
            raise UserError(
                self.env._(
                    "%s: enter what was found together with its Serial2.",
                    self.display_name,
                )
            )
        if not serial2:
            raise UserError(
                self.env._(
                    "%s: what was counted is evidence. Withdraw the count to take its"
                    " Serial2 back.",
                    self.display_name,
                )
            )

    def _read_typed(self):
        """What a count sheet adds to the entry of this line (Option 526).

        The sheet says when the quantity was typed. It chooses the uuid, so that an
        entry that is sent twice is a duplicate.

        :return: dict with some of the keys in ``TYPED``
        """
        typed = self.env.context.get("count_typed")
        if not isinstance(typed, dict) or typed.get("line_id") != self.id:
            return {}
        return {key: typed[key] for key in TYPED & typed.keys()}

    def _check_reason(self, reason_id):
        """Refuse a reason that does not fit, and another one for a posted line.

        :raise UserError: naming the reason or the line
        """
        reason = self.env["stock.count.reason"].browse(reason_id or ())
        for line in self:
            if line.state == "posted" and line.reason_id != reason:
                raise UserError(
                    self.env._(
                        "%s is posted, and so is its reason. Undo the posting first.",
                        line.display_name,
                    )
                )
        if not reason:
            return
        for line in self.filtered(lambda line: line.is_counted and line.variance_qty):
            reason._check_fits(line.variance_qty)

    # === ACTION METHODS === #

    def action_withdraw_count(self):
        """Withdraw what was counted in this round. The entries are kept as evidence.

        :raise AccessError: when the user may not count the session
        :raise ValidationError: when an entry is refused, as in a closed session
        """
        self.check_access("read")
        for session, lines in self.grouped("session_id").items():
            session._record_or_raise(lines._prepare_withdrawals(), source="sheet")
        return True

    def _prepare_withdrawals(self):
        entries = self.sudo().entry_ids
        withdrawn = entries.withdrawn_id
        return [
            {
                "uuid": entry.session_id._new_uuid(),
                "operation": "withdraw",
                "withdraws": entry.uuid,
            }
            for entry in entries - withdrawn
            if entry.operation != "withdraw"
            and entry.round >= entry.line_id.first_round
        ]

    def action_request_recount(self):
        """Ask for a recount of these lines. The entries of earlier rounds are kept.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when a line is posted or its session is closed
        """
        check_lead(self, "write")
        self.session_id._check_countable()
        uncountable = self.filtered(lambda line: not line._is_unposted())
        if uncountable:
            raise UserError(
                self.env._(
                    "%(line)s is posted: start a new count of it instead.",
                    line=uncountable[0].display_name,
                )
            )
        self.env["stock.count.recount"]._start(self)
        self.session_id._log_action(self.env._("Recount asked for: %s", self._names()))
        send(self.env, "recount_asked", self)
        return True

    def action_accept_transfer(self):
        """Answer held lines: the transfer explains the variance, post nothing for it.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when none of the lines is held, or their session is closed
        """
        return self._answer_hold("transfer")

    def action_accept_variance(self):
        """Answer held lines: the goods are really missing or really there, post them.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when none of the lines is held, or their session is closed
        """
        return self._answer_hold("variance")

    def _answer_hold(self, answer):
        check_lead(self, "write")
        self.session_id._check_countable()
        self.env["stock.count.verdicts"]._refresh_verdicts(self)
        # Some of the selected lines may not be held any more.
        held = self.filtered(lambda line: line.state == "held")
        if not held:
            raise UserError(
                self.env._(
                    "%(line)s is not held: no transfer explains its variance now."
                    " Refresh the sheet.",
                    line=self._names(1),
                )
            )
        held._write_answer(answer)
        self.env["stock.count.verdicts"]._refresh_verdicts(held)
        labels = dict(self._fields["hold_answer"]._description_selection(self.env))
        held.session_id._log_action(f"{labels[answer]}: {held._names()}")
        return True

    def _write_answer(self, answer):
        """Write the answer to held lines, in one statement for thousands of them."""
        more = SQL("line.variance_qty") if answer == "transfer" else SQL("0")
        self._update_states(
            self._rows(),
            SQL("'counted'"),
            SQL(
                "hold_answer = %s, hold_answered_by_id = %s,"
                " explained_qty = COALESCE(line.explained_qty, 0) + %s",
                answer,
                self.env.uid,
                more,
            ),
        )

    def action_accept_move(self):
        """Accept the location moves that are proposed for these lines.

        They are posted together with their lines.

        :raise AccessError: when the user is no counting lead
        :raise UserError: when nothing is proposed for them
        """
        check_lead(self, "write")
        self.session_id._check_countable()
        # In sudo mode because matches are written by this model only.
        (self.sudo().match_out_ids | self.sudo().match_in_ids)._accept()
        self.session_id._log_action(
            self.env._("Location moves accepted: %s", self._names())
        )
        return True

    def action_split(self):
        """Open the dialog to count this line in parts (Option 174).

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Count in Parts"),
            "res_model": "stock.count.split",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_id": self.id},
        }

    def action_view_moves(self):
        """Open the move lines that posted these lines.

        :return: action
        :raise AccessError: when the user is no counting lead
        """
        check_lead(self, "write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Moves"),
            "res_model": "stock.move.line",
            "view_mode": "list,form",
            "domain": [("move_id.count_line_id", "in", self.ids)],
            "context": {"create": False},
        }

    def action_view_entries(self):
        """Open the entries of these lines, with the withdrawn ones.

        :return: action
        :raise AccessError: when the user may not read these lines
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "stock.count.entry",
            "view_mode": "list",
            "domain": [("line_id", "in", self.ids)],
        }
