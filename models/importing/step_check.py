import json
import time
from itertools import islice

from odoo import api, models
from odoo.tools import SQL, split_every

from ...const import LIGHT
from ...domain.spreadsheet.body import read_body
from ...domain.spreadsheet.book import Unreadable
from ..jobs.stock_count_job import Step
from ..shared.keys import sql_rows

# The largest number of rows that can be checked within Odoo's time limits.
MAX_COUNTED = 250_000
# Rows that are recorded together, in half a second. Posting of the session waits.
CHUNK = 2500
PROBLEM_ROW = (
    "row int, field text, value text, kind text, message text, suggestion text,"
    " code text"
)


class StockCountImport(models.Model):
    """The third step, Check: what each row would do, and what is wrong with it."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.import"

    # === ACTION METHODS - CHECK === #

    def action_check(self):
        """Check each row: what it would do, and what is wrong with it.

        Nothing is counted. A background job checks very many rows.

        :return: True, or a notification that a job was started
        :raise AccessError: when the user is no counting lead
        :raise UserError: when a column is missing, or the file cannot be read
        """
        self.ensure_one()
        self._check_may_import()
        self._check_step("columns", "check")
        reading = self._reading()
        self._forget_check()
        if self._is_long():
            return self._check_later()
        self._check_rows(reading)
        return True

    def _forget_check(self):
        """Delete the results of an earlier check."""
        own = self.sudo()
        own._delete_all("problem_ids")
        own._delete_all("chunk_ids")
        # An earlier import may have ended with refused rows.
        own.refused_count = 0
        own._shown_job()._dismiss()

    def _delete_all(self, name):
        """Delete the records of a field in one statement: there may be one by row."""
        records = self[name].browse()
        records.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE import_id = ANY(%s)",
                SQL.identifier(records._table),
                self.ids,
            )
        )
        records.invalidate_model()
        self.invalidate_recordset([name])

    def _is_long(self):
        """Whether the check needs a job. A row takes as long as a line without a stock
        move."""
        limit = int(self.company_id.sudo().count_background_lines / LIGHT)
        return bool(limit) and self._count_rows(limit + 1) > limit

    def _count_rows(self, limit):
        """The rows below the heading, as far as the limit."""
        rows = (row for row in self.read_rows() if row.number > self.header_row)
        try:
            return sum(1 for _row in islice(rows, limit))
        except Unreadable as error:
            raise self._refusal(error) from error

    @api.model
    def _refuse_many(self, rows):
        if rows > MAX_COUNTED:
            raise self._refusal(Unreadable("too_many_counts", limit=MAX_COUNTED))

    def _read_body(self):
        """The rows below the heading, with what merged cells say of each."""
        book = self._open_book()
        return read_body(self.read_rows(book), self._layout(book))

    def _check_rows(self, reading, beat=lambda done: None):
        """Check all rows in this transaction.

        :param beat: function that is called with the number of rows that were checked
        :raise UserError: when the file cannot be read
        """
        try:
            self._check_each(reading, beat)
        except Unreadable as error:
            raise self._refusal(error) from error
        self.sudo().state = "check"

    def _check_each(self, reading, beat):
        self.sudo().write(self._read_what_is_seen())
        Rules = self.env["stock.count.import.checker"]
        memory = Rules._prepare(self, reading)
        for staged, problems in Rules._check(memory, self._read_body()):
            self._refuse_many(memory.tally.rows)
            self._stage(staged)
            self._add_problems(problems)
            beat(memory.tally.rows)
        if not memory.tally.rows:
            raise Unreadable("no_rows")
        self._add_problems([*self._doubt_columns(), *memory.describe_marks()])
        self._sum_up(memory)

    @api.model
    def _read_what_is_seen(self):
        """What says later which entries this transaction could see.

        The number of an entry is taken before it is committed, so an entry with a lower
        number may come later. PostgreSQL's snapshot has the open transactions.
        """
        self.env.cr.execute(
            """
            SELECT COALESCE(max(id), 0) AS checked_entry_id,
                   pg_current_xact_id()::text AS checked_xid,
                   pg_current_snapshot()::text AS checked_snapshot,
                   now() AT TIME ZONE 'UTC' AS checked_at
              FROM stock_count_entry
            """
        )
        [seen] = self.env.cr.dictfetchall()
        return seen

    # === BACKGROUND === #

    def _check_later(self):
        self.sudo().state = "columns"
        job = self.env["stock.count.job"]._start("check", self, 0)
        return job._notify_started()

    def _job_step_check(self, job, budget):
        """Count the rows, then check all of them in one chunk, see ``docs/jobs.md``.

        One chunk, because the problems of a row depend on the rows before it.
        """
        self._check_may_import()
        if not job.memo["chunk"]:
            job.total = self._count_rows(MAX_COUNTED + 1)
            self._refuse_many(job.total)
            return Step(memo={"chunk": 1})
        since = time.monotonic()
        job._beat(0, since)
        self._check_rows(self._reading(), lambda done: job._beat(done, since))
        return Step(self.row_count, finished=True)

    def _job_end_check(self, job):
        if job.state == "cancelled":
            return self.env._("The check was cancelled. Check the file again to go on.")
        if not self.error_count:
            return self.outcome
        return self.env._(
            "%(rows)s rows were checked: %(errors)s have errors.",
            rows=self._format_number(self.row_count),
            errors=self._format_number(self.error_count),
        )

    def _stage(self, staged):
        """Keep rows in the chunks in which they will be recorded.

        :param list staged: see ``_check`` of ``stock.count.import.checker``
        """
        Chunk = self.env["stock.count.import.chunk"].sudo()
        Chunk.create(
            [
                {
                    "import_id": self.id,
                    "size": len(rows),
                    "rows": json.dumps([row for row, *_rest in rows]),
                    "payload": json.dumps(rows),
                }
                for rows in split_every(CHUNK, staged)
            ]
        ).flush_recordset()
        Chunk.invalidate_model(["payload", "rows"])

    def _add_problems(self, problems):
        """Write problems with their texts, as rows that can be sorted and filtered.

        :param list problems: ``domain.spreadsheet.rows.Problem``
        """
        if not problems:
            return
        Problems = self.env["stock.count.import.problem"]
        Problems.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_import_problem
                       (import_id, row, field, value, kind, message, suggestion, code)
                SELECT %s, row, field, value, kind, message, suggestion, code FROM %s
                """,
                self.id,
                sql_rows(self._prepare_problems(problems), PROBLEM_ROW),
            )
        )
        Problems.invalidate_model()
        self.sudo().invalidate_recordset(["problem_ids"])

    @api.model
    def _prepare_problems(self, problems):
        """Rows of ``PROBLEM_ROW``."""
        texts = self.env["stock.count.import.words"]._describe_cells(problems)
        rows = []
        for problem, (message, suggestion) in zip(problems, texts, strict=True):
            values = problem._asdict()
            del values["params"]
            rows.append({**values, "message": message, "suggestion": suggestion})
        return rows

    def _sum_up(self, memory):
        """Write the totals of the check.

        :param memory: ``CheckMemory`` after the last row
        """
        errors, warnings = self._count_problems()
        tally = memory.tally
        targets = [
            {**target, "is_used": number in memory.used}
            for number, target in enumerate(memory.targets)
        ]
        made = [t for t in targets if t["is_used"] and not t["session_id"]]
        self.sudo().write(
            {
                "targets": targets,
                "row_count": tally.rows,
                "good_count": tally.good,
                "empty_count": tally.rows - tally.left_out - tally.counted,
                "error_count": errors,
                "warning_count": warnings,
                "known_count": tally.known,
                "zero_count": tally.zero,
                "new_lot_count": tally.new_lots,
                "new_session_count": len(made),
            }
        )

    def _count_problems(self):
        """Number of rows with errors, and number of warnings."""
        self.env.cr.execute(
            SQL(
                """
                SELECT count(DISTINCT row) FILTER (WHERE kind = 'error'),
                       count(*) FILTER (WHERE kind = 'warning')
                  FROM stock_count_import_problem WHERE import_id = %s
                """,
                self.id,
            )
        )
        return self.env.cr.fetchone()
