from odoo import api, fields, models
from odoo.tools import SQL


class StockCountJobPulse(models.Model):
    """How far a long chunk is, while it runs.

    A row of its own, written outside of the chunk's transaction: what the chunk itself
    writes nobody sees before its end, and the job's row is locked until then.
    """

    _name = "stock.count.job.pulse"
    _description = "Pulse of a Background Job"
    _log_access = False
    _rec_name = "job_id"

    job_id = fields.Many2one(
        comodel_name="stock.count.job", required=True, ondelete="cascade"
    )
    done = fields.Integer(help="Lines or rows, those of the chunk included.")
    seconds = fields.Float(help="What the chunk has taken until now.")
    at = fields.Datetime()

    _once = models.Constraint("UNIQUE (job_id)", "A job has one pulse.")

    @api.model
    def _tell(self, job, done, seconds):
        """Tell how far a job's chunk is, at once and for everybody.

        :return: whether somebody wants the job to stop
        """
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO stock_count_job_pulse (job_id, done, seconds, at)
                    VALUES (%s, %s, %s, now() AT TIME ZONE 'UTC')
                        ON CONFLICT (job_id) DO UPDATE
                       SET done = excluded.done, seconds = excluded.seconds,
                           at = excluded.at
                    """,
                    job.id,
                    done,
                    seconds,
                )
            )
            cr.execute(
                SQL("SELECT 1 FROM stock_count_job_stop WHERE job_id = %s", job.id)
            )
            return bool(cr.fetchone())
