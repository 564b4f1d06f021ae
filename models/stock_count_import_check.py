import json

from odoo import models
from odoo.tools import SQL, split_every

from ..domain.spreadsheet_book import Unreadable

# What can be checked while somebody waits, and before Odoo stops a long request.
MAX_COUNTED = 250_000
# Rows that are recorded in one go; whoever counts the same bins waits for it.
CHUNK = 1000
PROBLEM_ROW = (
    "row int, field text, value text, kind text, message text, suggestion text,"
    " code text"
)


class StockCountImport(models.Model):
    """The third step: what each row would do, and what is wrong with it."""

    _inherit = "stock.count.import"

    # === ACTION METHODS - CHECK === #

    def action_check(self):
        """Look at every row: what it would do, and what is wrong with it. Nothing is
        counted by it.

        :raise UserError: where a column is missing, or the file cannot be read
        """
        self.ensure_one()
        self._check_may_import()
        self._check_step("columns", "check")
        reading = self._reading()
        own = self.sudo()
        own.problem_ids.unlink()
        own.chunk_ids.unlink()
        # Of a try before, whose rows were taken back.
        own.refused_count = 0
        try:
            self._check_rows(reading)
        except Unreadable as error:
            raise self._refusal(error) from error
        own.state = "check"
        return True

    def _check_rows(self, reading):
        Checker = self.env["stock.count.import.checker"]
        rows = (row for row in self.read_rows() if row.number > self.header_row)
        run = Checker._prepare(self, reading)
        for staged, problems in Checker._check(run, rows):
            if run.tally.rows > MAX_COUNTED:
                raise Unreadable("too_many_counts", limit=MAX_COUNTED)
            self._stage(staged)
            self._add_problems(problems)
        if not run.tally.rows:
            raise Unreadable("no_rows")
        self._sum_up(run)

    def _stage(self, staged):
        """Keep rows as they will be recorded, in pieces that are done in a second."""
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
        """Keep what is wrong, in words, as rows that can be sorted and filtered."""
        if not problems:
            return
        words = self.env["stock.count.import.words"]
        rows = []
        texts = words._describe_cells(problems)
        for problem, (message, suggestion) in zip(problems, texts, strict=True):
            values = problem._asdict()
            del values["params"]
            rows.append({**values, "message": message, "suggestion": suggestion})
        self.env["stock.count.import.problem"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_import_problem
                       (import_id, row, field, value, kind, message, suggestion, code)
                SELECT %s, row, field, value, kind, message, suggestion, code FROM %s
                """,
                self.id,
                self.env["stock.count.book"]._rows(rows, PROBLEM_ROW),
            )
        )
        self.env["stock.count.import.problem"].invalidate_model()
        self.sudo().invalidate_recordset(["problem_ids"])

    def _sum_up(self, run):
        """Keep the sums of the check."""
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
        errors, warnings = self.env.cr.fetchone()
        tally = run.tally
        self.sudo().write(
            {
                "targets": run.targets,
                "row_count": tally.rows,
                "good_count": tally.good,
                "empty_count": tally.rows - tally.counted,
                "error_count": errors,
                "warning_count": warnings,
                "known_count": tally.known,
                "zero_count": tally.zero,
                "new_lot_count": tally.new_lots,
                "new_session_count": sum(not t["session_id"] for t in run.targets),
            }
        )
