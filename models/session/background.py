from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...const import ACTIVE_JOB_STATES, GENERATING_CHUNK, LEAD, LIGHT
from ...domain.chunks import pack
from ...rights import check_lead
from ..jobs.stock_count_job import Step


class StockCountSession(models.Model):
    """The background jobs of a session, and the verbs that they keep waiting.

    See ``docs/jobs.md``.
    """

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    job_ids = fields.One2many(
        string="Background Jobs",
        comodel_name="stock.count.job",
        inverse_name="session_id",
        readonly=True,
        groups=LEAD,
    )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_busy(self):
        self._refuse_busy()

    # === ACTION METHODS === #

    def get_job(self):
        """The job that works on this session, or its last job if that has failed.

        :return: dict, see ``get_progress`` of ``stock.count.job``; False without a job
        :raise AccessError: when the user is no counting lead
        """
        self.ensure_one()
        check_lead(self, "write")
        job = self._shown_job()
        return job.with_env(self.env).get_progress()[0] if job else False

    # === BUSINESS METHODS - JOBS === #

    def _active_job(self):
        """A job that works on one of these sessions, in sudo mode."""
        # In sudo mode because counters may not read jobs. They see only that they have
        # to wait.
        return (
            self.env["stock.count.job"]
            .sudo()
            .search(
                [("session_id", "in", self.ids), ("state", "in", ACTIVE_JOB_STATES)],
                limit=1,
            )
        )

    def _shown_job(self):
        """The last job, if it is active or has failed; in sudo mode."""
        Jobs = self.env["stock.count.job"].sudo()
        job = Jobs.search([("session_id", "=", self.id)], limit=1)
        return job.filtered(lambda job: job.state in (*ACTIVE_JOB_STATES, "failed"))

    def _refuse_busy(self):
        """Refuse a verb while a job works on one of these sessions.

        :raise UserError: naming the job
        """
        # Without these rights the verb itself is refused, with a better message.
        if self.ids and self.env.user.has_group(LEAD) and self.has_access("read"):
            job = self._active_job()
            if job:
                raise UserError(job.with_env(self.env)._describe_busy())

    def _is_for_background(self, heavy, light):
        """Whether these numbers of lines, with and without a stock move, are too many
        to do at once."""
        limit = self.company_id.sudo().count_background_lines
        return bool(limit) and heavy + light * LIGHT > limit

    def _light_limit(self):
        """The largest number of lines without a stock move that is done at once."""
        return int(self.company_id.sudo().count_background_lines / LIGHT)

    def _set_in_between(self, counts):
        """Set the state to Partial when a job has posted or undone some lines."""
        allowed = ("open", "posted")
        if (counts["posted"] or counts["undone"]) and self.state in allowed:
            self._set_state(allowed, "partial")

    @api.model
    def _result_of(self, job, text):
        """The result of a job in words: the text, after how far a cancelled job got."""
        if job.state != "cancelled":
            return text
        return self.env._(
            "Cancelled after %(done)s of %(total)s lines. %(text)s",
            done=job.done,
            total=job.total,
            text=text,
        )

    # === BUSINESS METHODS - GENERATE === #

    @api.model
    def _cut_places(self, places):
        """Cut locations into the chunks of a job.

        :param list places: pairs (location id, number of lines)
        :return: list of pairs (location ids, number of lines), in the same order
        """
        counts = dict(places)
        chunks = pack([[i] for i in counts], counts, GENERATING_CHUNK)
        return [(ids, sum(counts[i] for i in ids)) for ids in chunks]

    def _job_step_generate(self, job, budget):
        """Make the lines of some locations, see ``docs/jobs.md``."""
        check_lead(self, "write")
        self._check_countable()
        chunks, index = job.params["chunks"], job.memo["chunk"]
        location_ids, count = chunks[index]
        generator = self.env["stock.count.generator"]
        places = frozenset(location_ids)
        generator.with_context(count_location_ids=places)._generate(self)
        index += 1
        return Step(count, finished=index == len(chunks), memo={"chunk": index})

    def _job_end_generate(self, job):
        self._log_left_out()
        text = self.env._("%s lines to count.", self.line_count)
        return self._result_of(job, text)

    # === BUSINESS METHODS - POST === #

    def _job_step_post(self, job, budget):
        """Post the lines of a chunk that are still ticked, see ``docs/jobs.md``."""
        self._check_may_post()
        self._check_countable()
        poster = self.env["stock.count.poster"].sudo().with_company(self.company_id)
        return self._step_through(job, poster._post_some)

    def _job_end_post(self, job):
        if not job.done:
            return self._result_of(job, self.env._("Nothing was posted."))
        counts = Counter(job.memo["counts"])
        poster = self.env["stock.count.poster"].sudo().with_company(self.company_id)
        poster._finish(self.sudo(), counts)
        return self._result_of(job, self._describe_outcome(counts))

    def _step_through(self, job, work):
        """Do the next chunk of lines, and add its counts to those of the job.

        :param work: function of the session and a list of line ids that returns a
            Counter of what became of the lines
        :rtype: Step
        """
        chunks, memo = job.params["chunks"], job.memo
        index = memo["chunk"]
        line_ids = chunks[index]
        if index in (0, len(chunks) - 1):
            # The first and the last step write the session, which has to be locked
            # before the fences.
            self._lock()
        counts = Counter(memo.get("counts", {}))
        for kind, count in work(self.sudo(), line_ids).items():
            # JSON cannot store a Decimal.
            counts[kind] += int(count) if count == int(count) else float(count)
        self._set_in_between(counts)
        index += 1
        return Step(
            len(line_ids),
            finished=index == len(chunks),
            memo={"chunk": index, "counts": dict(counts)},
        )

    # === BUSINESS METHODS - UNDO === #

    def _job_step_undo(self, job, budget):
        """Undo the posting of a chunk of lines, see ``docs/jobs.md``."""
        self._check_may_undo()
        undo = self.env["stock.count.undo"].sudo().with_company(self.company_id)
        return self._step_through(job, undo._undo_some)

    def _job_end_undo(self, job):
        counts = Counter(job.memo.get("counts", {}))
        self._set_undone(counts)
        message = self._result_of(job, self._describe_undo(counts))
        self._log_action(message)
        return message

    def _start_generating(self):
        """Start a job for a large scope, which makes the lines of some locations at a
        time.

        :return: the job; None if the scope is small enough to do it at once
        """
        if self.lots_to_count or self.count_type not in ("full", "blind"):
            # These types choose lines among all of the scope, which cannot be cut.
            return None
        generator = self.env["stock.count.generator"]
        if not generator._has_more_quants(self, self._light_limit()):
            return None
        places = generator._count_places(self)
        total = sum(count for _location_id, count in places)
        if not self._is_for_background(0, total):
            return None
        chunks = self._cut_places(places)
        return self.env["stock.count.job"]._start(
            "generate", self, total, params={"chunks": chunks}
        )

    def _start_posting(self):
        """Start a job for many ticked lines, which posts those of a place together.

        :return: the job; None if they are few enough to post at once
        """
        Chunks = self.env["stock.count.chunks"].sudo()
        light, heavy = Chunks._count_checked(self)
        if not self._is_for_background(heavy, light):
            return None
        return self.env["stock.count.job"]._start(
            "post", self, light + heavy, params={"chunks": Chunks._cut_checked(self)}
        )

    def _start_undoing(self):
        """Start a job for many posted lines, which undoes those of a place together.

        :return: the job; None if they are few enough to undo at once
        """
        Chunks = self.env["stock.count.chunks"].sudo()
        light, heavy = Chunks._count_posted(self)
        if not self._is_for_background(heavy, light):
            return None
        return self.env["stock.count.job"]._start(
            "undo", self, light + heavy, params={"chunks": Chunks._cut_posted(self)}
        )
