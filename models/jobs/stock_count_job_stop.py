from odoo import api, fields, models
from odoo.tools import SQL


class StockCountJobStop(models.Model):
    """A request to stop a job whose chunk is running.

    It has a row of its own, because a running chunk locks the row of its job. A request
    that wrote the job's row would wait for the chunk, then fail with a serialization
    error, and the next try would wait for the next chunk.
    """

    _name = "stock.count.job.stop"
    _description = "Stop of a Background Job"
    _log_access = False
    _rec_name = "job_id"

    job_id = fields.Many2one(
        comodel_name="stock.count.job", required=True, ondelete="cascade"
    )

    _once = models.Constraint("UNIQUE (job_id)", "A job is stopped once.")

    @api.model
    def _ask(self, job):
        """Ask a job to stop. The scheduler cancels it before its next chunk."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO stock_count_job_stop (job_id) VALUES (%s)"
                " ON CONFLICT DO NOTHING",
                job.id,
            )
        )
        self.invalidate_model()
