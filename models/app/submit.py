from odoo import api, models
from odoo.tools import SQL

from ...const import OPEN_STATES


class StockCountAppSubmit(models.AbstractModel):
    """Submits a session from the app: a chatter message, and a task for its owner."""

    _name = "stock.count.app.submit"
    _description = "Submission of the Counting App"

    # === BUSINESS METHODS === #

    @api.model
    def _submit(self, session):
        """Notify the owner that this user has finished.

        A second call changes nothing while nobody has counted.

        :param session: in sudo mode, of a user who may count it
        :return: dict, see ``submit_count`` of ``stock.count.app``
        """
        progress = self.env["stock.count.app.catalogue"]._read_progress(session)
        totals = {
            name: sum(row[name] for row in progress)
            for name in ("counted", "skipped", "left")
        }
        if session.state not in OPEN_STATES:
            message = self.env["stock.count.recorder"]._messages()["session_closed"]
            return {
                "status": "refused",
                "code": "session_closed",
                **totals,
                "message": message % {"session": session.name},
            }
        message = self._describe(session, totals)
        if not self._is_submitted(session):
            self._log_submission(session, message)
        return {"status": "submitted", "code": "", **totals, "message": message}

    @api.model
    def _describe(self, session, totals):
        """A sentence for the user and the owner."""
        if session.user_id:
            return self.env._(
                "Submitted to %(owner)s. Counted: %(counted)s, skipped: %(skipped)s,"
                " left: %(left)s.",
                owner=session.user_id.name,
                **totals,
            )
        return self.env._(
            "Submitted. Counted: %(counted)s, skipped: %(skipped)s, left: %(left)s.",
            **totals,
        )

    @api.model
    def _is_submitted(self, session):
        """Whether this user has submitted the session, and nothing happened since."""
        [[submitted]] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(max(id), 0) > COALESCE((
                       SELECT max(id) FROM stock_count_event
                        WHERE session_id = %(session)s AND kind <> 'submit'), 0)
                   AND max(recorded_at) > COALESCE((
                       SELECT max(recorded_at) FROM stock_count_entry
                        WHERE session_id = %(session)s), '-infinity')
                  FROM stock_count_event
                 WHERE session_id = %(session)s AND kind = 'submit'
                   AND user_id = %(user)s
                """,
                session=session.id,
                user=self.env.uid,
            )
        )
        return submitted

    @api.model
    def _log_submission(self, session, message):
        """Record the event, log the message, and give the owner a task."""
        Sync = self.env["stock.count.app.sync"]
        Sync._insert_rows([self._prepare_event(session, Sync._now())])
        session._log_action(message)
        if session.user_id != self.env.user:
            session._give_task(
                session.user_id,
                summary=self.env._("Review the count"),
                note=f"{self.env.user.name}: {message}",
            )

    @api.model
    def _prepare_event(self, session, now):
        return {
            "position": 0,
            "uuid": session._new_uuid(),
            "session_id": session.id,
            "kind": "submit",
            "happened_at": now,
            "recorded_at": now,
            "user_id": self.env.uid,
        }
