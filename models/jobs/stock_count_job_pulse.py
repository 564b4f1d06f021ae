from odoo import api, fields, models
from odoo.tools import SQL


class StockCountJobPulse(models.Model):
    """The progress of a long chunk while it runs.

    It has a row of its own, which another connection writes. Nobody sees what the chunk
    writes before it ends, and until then the row of the job is locked.
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
        """Write and commit the progress of a running chunk.

        :param int done: lines or rows of the job, with those of this chunk
        :param float seconds: since the chunk began
        :return: whether somebody asked the job to stop
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
