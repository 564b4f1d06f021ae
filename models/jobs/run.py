import logging
import random
import time
from datetime import UTC, datetime, timedelta

from psycopg2 import IntegrityError, InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import ACTIVE_JOB_STATES
from ..book.stock_count_fence import CONFLICTS

_logger = logging.getLogger(__name__)

# How often a chunk is tried again after a conflict, before a minute of waiting.
TRIES = 8
# Seconds that a chunk should take: people who count the same bins wait for it.
BUDGET = 1.5
# While people count, jobs of these kinds rest between two chunks, so that scans do not
# wait for the processor and the disk: so many seconds for each second of a chunk.
REST = 1.0
RESTING = ("post", "undo")


class Stopped(Exception):
    """Raised in a long chunk whose job was cancelled while it ran."""


class StockCountJob(models.Model):
    """Runs jobs chunk by chunk, called by Odoo's scheduler."""

    _inherit = "stock.count.job"

    # === BUSINESS METHODS - RUN === #

    @api.model
    def _cron_run(self):
        """Run chunks of all jobs by turns, until the scheduler's time is up."""
        Cron = self.env["ir.cron"]
        rest, entry, started = 0, None, time.monotonic()
        while job := self._take_turn(rest):
            left = self.search_count([("state", "in", ACTIVE_JOB_STATES)])
            before, entry = entry, self._read_last_entry()
            is_counted = before not in (None, entry) and job.kind in RESTING
            if not Cron._commit_progress(1, remaining=left):
                if left:
                    # Another scheduler continues at once.
                    self._trigger()
                break
            # Rest after the commit: a snapshot would be old after the rest.
            rest = self._rest(started) if left and is_counted else 0
            started = time.monotonic()

    @api.model
    def _read_last_entry(self):
        """A number that grows with each entry, committed or not.

        It is the value of a sequence, which no snapshot hides.
        """
        self.env.cr.execute("SELECT last_value FROM stock_count_entry_id_seq")
        return self.env.cr.fetchone()[0]

    @api.model
    def _rest(self, started):
        """Rest between two chunks, so that people who count go first.

        :param float started: when the last chunk began, by ``time.monotonic``
        :return: seconds of rest, about as long as the last chunk took
        """
        rest = min(time.monotonic() - started, BUDGET) * REST
        time.sleep(rest)
        return rest

    @api.model
    def _take_turn(self, rest=0):
        """Run one chunk of the job that waits longest, without committing it.

        :param float rest: seconds of rest before it, which count for the time left
        :return: the job; an empty recordset if no job was to be run
        """
        for tries in range(1, TRIES + 1):
            self.env.invalidate_all(flush=False)
            try:
                job = self._lock_next()
                if job:
                    job._do_chunk_or_fail(rest)
                    # Raises conflicts here, not in the commit.
                    self.env.flush_all()
            except CONFLICTS:
                self._give_way(tries)
            else:
                return job
        self._trigger(fields.Datetime.now() + timedelta(minutes=1))
        return self.browse()

    @api.model
    def _lock_next(self):
        """Lock the job whose turn it is, leaving out those of other schedulers.

        :return: the job; an empty recordset if there is none
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_count_job WHERE state IN %s
                 ORDER BY stepped_at NULLS FIRST, id LIMIT 1
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                ACTIVE_JOB_STATES,
            ),
            # A conflict is tried again, so it is not worth a log message.
            log_exceptions=False,
        )
        return self.browse(job_id for (job_id,) in self.env.cr.fetchall())

    @api.model
    def _give_way(self, tries):
        """Drop the chunk after a conflict, and wait a moment."""
        _logger.info("A chunk ran into another transaction, try %s", tries)
        self._roll_back()
        time.sleep(random.uniform(0.05, 0.2) * tries)

    @api.model
    def _roll_back(self):
        self.env.cr.rollback()
        self.env.transaction.reset()

    def _do_chunk_or_fail(self, rest):
        """Run one chunk. If it fails, the job fails; only conflicts are raised."""
        try:
            self._do_chunk(rest)
            self.env.flush_all()
        except CONFLICTS:
            raise
        except Stopped:
            # The job's next turn reads the request and cancels the job.
            self._roll_back()
        except (OperationalError, InterfaceError) as error:
            if self.env.cr._cnx.closed:
                # Without a connection nothing can be written. The next scheduler
                # continues the job.
                raise
            self._fail(str(error))
        except IntegrityError as error:
            self._fail(self.env["base"]._sql_error_to_message(error))
        except UserError as error:
            self._fail(str(error.args[0]))
        except Exception as error:  # The owner and the log get it
            _logger.exception("Job %s (%s) failed", self.id, self.kind)
            self._fail(f"{type(error).__name__}: {error}")

    def _do_chunk(self, rest):
        """Run one chunk in the name of the job's owner, and write how far the job is.

        A job that was asked to stop is cancelled instead, or undoes a chunk if half of
        its work must not stay.

        :param float rest: seconds of rest before it
        """
        started = time.monotonic() - rest
        stopping = self._is_asked_to_stop()
        if stopping and not (self._goes_back() and self._record().exists()):
            return self._end("cancelled")
        record = self._record() if stopping else self._record_or_raise()
        verb = "back" if stopping else "step"
        step = getattr(record, f"_job_{verb}_{self.kind}")(self, BUDGET)
        self.env.flush_all()
        self._write_step(step, time.monotonic() - started)
        if not step.finished:
            return None
        return self._end("cancelled" if stopping else "done")

    def _write_step(self, step, seconds):
        self.write(
            {
                "state": "running",
                "done": self.done + step.done,
                "memo": step.memo or self.memo,
                "work_seconds": self.work_seconds + seconds,
                "started_at": self.started_at or fields.Datetime.now(),
                "stepped_at": datetime.now(UTC).replace(tzinfo=None),
            }
        )

    def _beat(self, done, since):
        """Show the progress of a long chunk. A chunk calls it every second or so.

        :param int done: lines or rows of the job, with those of this chunk
        :param float since: when the chunk began, by ``time.monotonic``
        :raise Stopped: when the job was cancelled; the chunk is rolled back
        """
        pulse = self.env["stock.count.job.pulse"]
        if pulse._tell(self, done, time.monotonic() - since):
            raise Stopped

    def _end(self, state):
        """End the job, and send the result to its owner.

        :param str state: ``done`` or ``cancelled``
        """
        self.write({"state": state, "ended_at": fields.Datetime.now(), "error": False})
        record = self._record()
        end = getattr(record, f"_job_end_{self.kind}", None)
        self.message = (end(self) if end and record.exists() else None) or False
        self._forget_stop()
        kind = "success" if state == "done" else "warning"
        self._notify_owner(kind, self.message or self._label())

    def _fail(self, message):
        """Roll the chunk back, and fail the job until somebody retries it.

        :param str message: why, for the owner
        """
        self._roll_back()
        self._forget_stop()
        self.write(
            {
                "state": "failed",
                "error": message,
                "stepped_at": datetime.now(UTC).replace(tzinfo=None),
            }
        )
        self._notify_owner("danger", message)

    def _notify_owner(self, kind, message):
        """Notify the owner of the job, on whatever page of Odoo they are.

        :param str kind: ``success``, ``warning`` or ``danger``
        """
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": kind != "success",
            },
        )
