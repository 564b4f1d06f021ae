from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import ACTIVE_JOB_STATES
from ...rights import is_manager

# After so many seconds without a chunk, the scheduler is probably not running.
LATE = 120
KEEP_DAYS = 90
# The memo of a new job. Odoo would read an empty object as False.
NOTHING_YET = {"chunk": 0}


class Step(NamedTuple):
    """What one chunk did.

    :param done: number of lines or rows
    :param finished: whether it was the last chunk
    :param memo: small JSON for the next chunk; None to keep that of the last one
    """

    done: int = 0
    finished: bool = False
    memo: dict | None = None


class StockCountJob(models.Model):
    """A job: background work that Odoo's scheduler does in chunks.

    A chunk and the job's progress are committed together. So a job whose process was
    killed continues after its last committed chunk. See ``docs/jobs.md``.
    """

    _name = "stock.count.job"
    _description = "Background Job of Counting"
    _inherit = ["stock.count.one.record", "stock.count.unlinking"]
    _order = "id desc"

    kind = fields.Selection(
        string="Work",
        selection=[
            ("generate", "Making lines"),
            ("post", "Posting"),
            ("check", "Checking"),
            ("import", "Importing"),
            ("undo", "Undoing"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(string="About", required=True, readonly=True)
    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    user_id = fields.Many2one(
        string="Owner", comodel_name="res.users", required=True, readonly=True
    )

    # Progress
    done = fields.Integer(readonly=True, help="Lines or rows.")
    total = fields.Integer(readonly=True)
    reached = fields.Integer(
        compute="_compute_reached",
        help="Lines or rows, those of the chunk that is running included.",
    )
    progress = fields.Float(compute="_compute_progress", help="In percent.")
    work_seconds = fields.Float(
        string="Seconds Worked", readonly=True, help="What its chunks took."
    )
    started_at = fields.Datetime(string="Started On", readonly=True)
    stepped_at = fields.Datetime(string="Last Chunk On", readonly=True)
    ended_at = fields.Datetime(string="Ended On", readonly=True)
    message = fields.Text(string="Result", readonly=True)
    error = fields.Text(string="Problem", readonly=True)
    outcome = fields.Text(
        compute="_compute_outcome",
        help="The problem while there is one, or the result.",
    )

    # For the chunks: what the job has to do, and what a chunk left for the next one.
    # Not prefetched: the progress bar asks every second and does not need them.
    params = fields.Json(readonly=True, prefetch=False, groups="base.group_system")
    memo = fields.Json(readonly=True, prefetch=False, groups="base.group_system")

    _one_of_a_record = models.UniqueIndex(
        f"(res_model, res_id) WHERE state IN {ACTIVE_JOB_STATES}",
        "Something is done with it in the background already.",
    )
    _one_of_a_session = models.UniqueIndex(
        f"(session_id) WHERE state IN {ACTIVE_JOB_STATES} AND session_id IS NOT NULL",
        "Something is done with this count in the background already.",
    )
    _turn_index = models.Index(f"(stepped_at, id) WHERE state IN {ACTIVE_JOB_STATES}")

    # === COMPUTE METHODS === #

    @api.depends("done", "state")
    def _compute_reached(self):
        pulses = self._pulses()
        for job in self:
            job.reached = max(job.done, pulses[job.id].done if job.id in pulses else 0)

    @api.depends("reached", "total", "state")
    def _compute_progress(self):
        for job in self:
            share = job.reached / job.total if job.total else job.state == "done"
            job.progress = 100 * min(share, 1)

    @api.depends("message", "error")
    def _compute_outcome(self):
        for job in self:
            job.outcome = job.error or job.message

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_if_ended(self):
        if any(job.state in ACTIVE_JOB_STATES for job in self):
            raise UserError(self.env._("A job that is not done is cancelled first."))

    @api.autovacuum
    def _gc_jobs(self):
        """Delete old jobs: their records show what they did."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search(
            [("state", "not in", ACTIVE_JOB_STATES), ("create_date", "<", limit)],
            limit=1000,
        ).unlink()

    # === ACTION METHODS === #

    def action_cancel(self):
        """Cancel these jobs. A running chunk ends first, and what is committed stays.

        :raise AccessError: when the user is neither the owner nor a count manager
        :raise UserError: when a job has ended already
        """
        self._check_own()
        for job in self:
            if job.state not in (*ACTIVE_JOB_STATES, "failed"):
                raise UserError(self.env._("%s has ended already.", job._title()))
            job_sudo = job.sudo()
            if not job_sudo._goes_back() and job_sudo.try_lock_for_update(
                allow_referencing=True
            ):
                job_sudo._end("cancelled")
            else:
                job_sudo._end_later()
        return True

    def action_retry(self):
        """Continue failed jobs after their last committed chunk.

        :raise AccessError: when the user is neither the owner nor a count manager
        :raise UserError: when a job has not failed
        """
        self._check_own()
        for job in self:
            if job.state != "failed":
                raise UserError(self.env._("%s has not failed.", job._title()))
            job.sudo()._resume()
        self._trigger()
        return True

    def action_open_record(self):
        """Open the job's record; of a session its count sheet.

        :return: action
        :raise AccessError: when the user may not read the job
        :raise UserError: when there is no such job any more
        """
        self._check_there()
        self.ensure_one()
        if self.session_id and self.session_id.has_access("write"):
            return self.session_id.action_open_sheet()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def get_progress(self):
        """What a progress bar shows of these jobs.

        :return: list of dicts in the order of the jobs: ``id``, ``kind``, ``label``,
            ``name``, ``state``, ``done``, ``total`` (lines or rows), ``percent``,
            ``seconds_left`` (None while unknown), ``owner``, ``error``, ``message``,
            ``is_stopping``, ``goes_back`` (it undoes its work before it stops),
            ``is_late`` (no scheduler seems to run), ``may_change`` (the user may cancel
            or retry it)
        :raise AccessError: when the user may not read the jobs
        :raise UserError: when one of them does not exist any more
        """
        self._check_there()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [job._prepare_progress(kinds[job.kind]) for job in self]

    def _prepare_progress(self, label):
        job = self.sudo()
        is_stopping = job.state in ACTIVE_JOB_STATES and job._is_asked_to_stop()
        return {
            "id": job.id,
            "kind": job.kind,
            "label": label,
            "name": job.name,
            "state": job.state,
            "done": job.reached,
            "total": job.total,
            "percent": int(job.progress),
            "seconds_left": job._estimate_seconds_left(),
            "owner": job.user_id.name,
            "error": job.error or "",
            "message": job.message or "",
            "is_stopping": is_stopping,
            "goes_back": is_stopping and job._goes_back(),
            "is_late": job._is_late(),
            "may_change": self._is_own(),
        }

    def _estimate_seconds_left(self):
        """Seconds left at the speed so far; None while it is unknown."""
        if self.state not in ACTIVE_JOB_STATES or not (self.reached and self.total):
            return None
        pulse = self._pulses().get(self.id)
        seconds = self.work_seconds + (pulse.seconds if pulse else 0)
        left = max(self.total - self.reached, 0)
        return round(seconds / self.reached * left)

    def _is_late(self):
        """Whether an active job has not moved for a long time."""
        pulse = self._pulses().get(self.id)
        since = (pulse and pulse.at) or self.stepped_at or self.create_date
        limit = fields.Datetime.now() - timedelta(seconds=LATE)
        return self.state in ACTIVE_JOB_STATES and bool(since) and since < limit

    # === BUSINESS METHODS - START === #

    @api.model
    def _start(self, kind, record, total, *, params=None, session=None):
        """Start a job for a record.

        The model of the record has the methods ``_job_step_<kind>`` and
        ``_job_end_<kind>``, see ``docs/jobs.md``. The caller checks rights.

        :param str kind: ``generate``, ``post``, ``check``, ``import`` or ``undo``
        :param record: one record with a ``company_id``
        :param int total: number of lines or rows; 0 while it is unknown
        :param dict params: JSON for the chunks, which never changes
        :param session: the session that the job works on, if ``record`` is another
        :rtype: stock.count.job
        :raise UserError: when a job works on the record or the session already
        """
        record.ensure_one()
        if record._name == "stock.count.session":
            session = record
        # In sudo mode because jobs are written by this model only.
        Jobs = self.sudo()
        Jobs._refuse_second(record, session)
        values = {"kind": kind, "total": total, "params": params, "memo": NOTHING_YET}
        job = Jobs.create({**values, **self._about(record, session)})
        job.flush_recordset()
        self._trigger()
        return job

    @api.model
    def _about(self, record, session):
        """Values of a new job: what it works on, and whose it is."""
        return {
            "res_model": record._name,
            "res_id": record.id,
            "name": record.display_name,
            "session_id": session.id if session else False,
            "company_id": record.company_id.id,
            "user_id": self.env.uid,
        }

    @api.model
    def _refuse_second(self, record, session):
        """Check that no active job works on a record or a session.

        :raise UserError: naming the job that does
        """
        domain = fields.Domain("res_model", "=", record._name)
        domain &= fields.Domain("res_id", "=", record.id)
        if session:
            domain |= fields.Domain("session_id", "=", session.id)
        job = self.search(
            domain & fields.Domain("state", "in", ACTIVE_JOB_STATES), limit=1
        )
        if job:
            raise UserError(job._describe_busy())

    @api.model
    def _trigger(self, at=None):
        """Wake Odoo's scheduler after this transaction's commit.

        :param datetime at: when (UTC); None for at once
        """
        # In sudo mode because users do not read scheduled actions.
        self.env.ref("stock_count.ir_cron_job").sudo()._trigger(at)

    def _notify_started(self):
        """A notification that work continues in the background, for a button."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": self.env._(
                    "%s in the background: you can go on working.", self._label()
                ),
                "type": "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # === BUSINESS METHODS - RECORD AND OWNER === #

    def _record(self):
        """The job's record in the environment of its owner: their rights, language,
        time zone, and the company of the record."""
        user = self.user_id
        company = self.company_id
        others = [c for c in user._get_company_ids() if c != company.id]
        context = {
            "lang": user.lang,
            "tz": user.tz,
            "allowed_company_ids": [company.id, *others],
        }
        env = self.env(user=user.id, su=user.id == api.SUPERUSER_ID, context=context)
        return env[self.res_model].browse(self.res_id)

    def _record_or_raise(self):
        """See ``_record``.

        :raise UserError: when the record is deleted, or its owner has left
        """
        record = self._record()
        if not record.env.su:
            self._refuse_owner_who_left()
        if not record.exists():
            raise UserError(self.env._("%s does not exist any more.", self.name))
        return record

    def _refuse_owner_who_left(self):
        user = self.user_id
        if not user.active:
            raise UserError(
                self.env._("%s is archived: start it again yourself.", user.name)
            )
        if self.company_id not in user.company_ids:
            raise UserError(
                self.env._(
                    "%(user)s does not belong to %(company)s any more.",
                    user=user.name,
                    company=self.company_id.name,
                )
            )

    def _is_own(self):
        """Whether this user may cancel and retry the job."""
        return self.user_id == self.env.user or is_manager(self.env)

    def _check_there(self):
        """Check that the user may read these jobs, and that they exist.

        :raise AccessError: when the user may not read them
        :raise UserError: when one of them does not exist any more
        """
        self.check_access("read")
        if not self or self.exists() != self:
            raise UserError(self.env._("There is no such job any more."))

    def _check_own(self):
        self._check_there()
        for job in self:
            if not job._is_own():
                raise AccessError(
                    self.env._(
                        "%(job)s belongs to %(owner)s: only they or a count manager"
                        " stop or retry it.",
                        job=job._title(),
                        owner=job.user_id.name,
                    )
                )

    def _resume(self):
        self._refuse_second(self._record(), self.session_id)
        self.write({"state": "waiting", "error": False, "stepped_at": False})
        self.env.flush_all()

    def _goes_back(self):
        """Whether the job undoes what it has done before it is cancelled."""
        return bool(self.done and (self.params or {}).get("whole"))

    def _dismiss(self):
        """Cancel a failed job, so that its failure is not shown any more."""
        now = fields.Datetime.now()
        self.write({"state": "cancelled", "ended_at": now})

    def _end_later(self):
        """Let the scheduler cancel the job: after the running chunk, or after it has
        undone all chunks."""
        if self.state == "failed":
            self._resume()
        self.env["stock.count.job.stop"]._ask(self)
        self._trigger()

    def _is_asked_to_stop(self):
        return bool(self._stops())

    def _forget_stop(self):
        self._stops().unlink()

    def _stops(self):
        return self.env["stock.count.job.stop"].search([("job_id", "=", self.id)])

    def _pulses(self):
        """The progress of running chunks, by job id."""
        # In sudo mode because anybody who may read a job may see its progress.
        pulses = self.env["stock.count.job.pulse"].sudo()
        active = self.filtered(lambda job: job.state in ACTIVE_JOB_STATES)
        pulses = pulses.search([("job_id", "in", active.ids)]) if active else pulses
        return {pulse.job_id.id: pulse for pulse in pulses}

    # === BUSINESS METHODS - TEXTS === #

    def _label(self):
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    def _title(self):
        return f"{self.name}: {self._label()}"

    def _describe_busy(self):
        """A message that this job works on a record, for a verb that is refused."""
        return self.env._(
            "%(name)s: %(work)s in the background, %(done)s of %(total)s by %(owner)s."
            " Wait until it is done, or cancel it.",
            name=self.name,
            work=self._label(),
            done=self.reached,
            total=self.total,
            owner=self.user_id.name,
        )

    @api.depends("name", "kind")
    def _compute_display_name(self):
        for job in self:
            job.display_name = job._title()
