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

# How often a chunk that ran into somebody else is done again before others' turn.
TRIES = 8
# Seconds that a chunk should take: counters of the same bins wait for it.
BUDGET = 1.5
# What moves stock rests so long, for each second of a chunk, while people count: their
# scans shall not wait for processors and disks, either.
REST = 1.0
RESTING = ("post", "undo")


class Stopped(Exception):
    """Somebody cancelled the job while a long chunk of it was running."""


class StockCountJob(models.Model):
    """Runs jobs, chunk by chunk, as Odoo's scheduler calls."""

    _inherit = "stock.count.job"

    # === BUSINESS METHODS - RUN === #

    @api.model
    def _cron_run(self):
        """Do chunks of the jobs by turns, until the scheduler's time is over."""
        Cron = self.env["ir.cron"]
        rest, entry, started = 0, None, time.monotonic()
        while job := self._take_turn(rest):
            left = self.search_count([("state", "in", ACTIVE_JOB_STATES)])
            before, entry = entry, self._read_last_entry()
            is_counted = before not in (None, entry) and job.kind in RESTING
            if not Cron._commit_progress(1, remaining=left):
                if left:
                    # The next scheduler that listens goes on at once.
                    self._trigger()
                break
            # Not in a transaction: what it would see is old when it goes on.
            rest = self._rest(started) if left and is_counted else 0
            started = time.monotonic()

    @api.model
    def _read_last_entry(self):
        """A number that grows with each count that anybody records, committed or not:
        no snapshot hides it."""
        self.env.cr.execute("SELECT last_value FROM stock_count_entry_id_seq")
        return self.env.cr.fetchone()[0]

    @api.model
    def _rest(self, started):
        """Let people who count go first, between two chunks.

        :return: seconds that it rested: as long as the last chunk took
        """
        rest = min(time.monotonic() - started, BUDGET) * REST
        time.sleep(rest)
        return rest

    @api.model
    def _take_turn(self, rest=0):
        """Do one chunk of the job that waits longest. Not committed yet.

        :param float rest: seconds that were rested before, for what is left to be told
        :return: the job; none where there was none to do
        """
        for tries in range(1, TRIES + 1):
            self.env.invalidate_all(flush=False)
            try:
                job = self._lock_next()
                if job:
                    job._do_chunk_or_fail(rest)
                    # Conflicts show now, not in the commit.
                    self.env.flush_all()
            except CONFLICTS:
                self._give_way(tries)
            else:
                return job
        self._trigger(fields.Datetime.now() + timedelta(minutes=1))
        return self.browse()

    @api.model
    def _lock_next(self):
        """The job whose turn it is and that no other scheduler has; by turns."""
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_count_job WHERE state IN %s
                 ORDER BY stepped_at NULLS FIRST, id LIMIT 1
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                ACTIVE_JOB_STATES,
            ),
            # A conflict is not an error: it is tried again.
            log_exceptions=False,
        )
        return self.browse(job_id for (job_id,) in self.env.cr.fetchall())

    @api.model
    def _give_way(self, tries):
        """Somebody else was faster: forget the chunk, wait a moment."""
        _logger.info("A chunk ran into another transaction, try %s", tries)
        self._forget_chunk()
        time.sleep(random.uniform(0.05, 0.2) * tries)

    @api.model
    def _forget_chunk(self):
        self.env.cr.rollback()
        self.env.transaction.reset()

    def _do_chunk_or_fail(self, rest):
        try:
            self._do_chunk(rest)
            self.env.flush_all()
        except CONFLICTS:
            raise
        except Stopped:
            # The next turn, which sees who asked for it, cancels the job.
            self._forget_chunk()
        except (OperationalError, InterfaceError) as error:
            if self.env.cr._cnx.closed:
                # Nobody is left to tell; the next scheduler goes on.
                raise
            self._fail(str(error))
        except IntegrityError as error:
            self._fail(self.env["base"]._sql_error_to_message(error))
        except UserError as error:
            self._fail(str(error.args[0]))
        except Exception as error:  # Told to the owner, and to the log
            _logger.exception("Job %s (%s) failed", self.id, self.kind)
            self._fail(f"{type(error).__name__}: {error}")

    def _do_chunk(self, rest):
        """Do one chunk in the owner's name and note how far it is."""
        started = time.monotonic() - rest
        stopping = self._is_asked_to_stop()
        if stopping and not (self._goes_back() and self._record().exists()):
            return self._end("cancelled")
        record = self._record() if stopping else self._record_or_raise()
        verb = "back" if stopping else "step"
        step = getattr(record, f"_job_{verb}_{self.kind}")(self, BUDGET)
        self.env.flush_all()
        self.write(
            {
                "state": "running",
                "done": self.done + step.done,
                "memo": step.memo or self.memo,
                "work_seconds": self.work_seconds + time.monotonic() - started,
                "started_at": self.started_at or fields.Datetime.now(),
                "stepped_at": datetime.now(UTC).replace(tzinfo=None),
            }
        )
        if not step.finished:
            return None
        return self._end("cancelled" if stopping else "done")

    def _beat(self, done, since):
        """Let a chunk that takes longer than others show how far it is.

        :param int done: lines or rows of the job, those of this chunk included
        :param float since: when the chunk began, by ``time.monotonic``
        :raise Stopped: when somebody has cancelled the job: the chunk is forgotten
        """
        pulse = self.env["stock.count.job.pulse"]
        if pulse._tell(self, done, time.monotonic() - since):
            raise Stopped

    def _end(self, state):
        """Done or cancelled; the record has its last word, which the owner is told."""
        self.write({"state": state, "ended_at": fields.Datetime.now(), "error": False})
        record = self._record()
        end = getattr(record, f"_job_end_{self.kind}", None)
        self.message = (end(self) if end and record.exists() else None) or False
        self._forget_stop()
        kind = "success" if state == "done" else "warning"
        self._tell_owner(kind, self.message or self._label())

    def _fail(self, message):
        """The chunk is forgotten; the job waits for somebody to mend it and retry."""
        self._forget_chunk()
        self._forget_stop()
        self.write(
            {
                "state": "failed",
                "error": message,
                "stepped_at": datetime.now(UTC).replace(tzinfo=None),
            }
        )
        self._tell_owner("danger", message)

    def _tell_owner(self, kind, message):
        """Wherever they are in Odoo by now."""
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": kind != "success",
            },
        )
