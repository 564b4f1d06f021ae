from odoo import api, fields, models
from odoo.tools import SQL


class StockCountJobStop(models.Model):
    """Somebody wants a job to stop whose chunk is running.

    A row of its own, because the job's row is locked by the chunk all the time: who
    writes it would wait for a chunk, lose against it, and wait for the next.
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
        """Before the job's next chunk it is cancelled."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO stock_count_job_stop (job_id) VALUES (%s)"
                " ON CONFLICT DO NOTHING",
                job.id,
            )
        )
        self.invalidate_model()
