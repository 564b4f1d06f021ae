from odoo import api, fields, models
from odoo.tools import SQL


class StockCountFence(models.Model):
    """One row per location that puts counts and corrections of it into one order.

    A lock on quants excludes nobody: Odoo skips a locked quant and inserts a second
    one. A correction updates the rows of its locations, an entry shares them; whoever
    comes with a snapshot older than the other's commit is refused by PostgreSQL and
    retried by Odoo.
    """

    _name = "stock.count.fence"
    _description = "Count Fence"
    _log_access = False
    _rec_name = "location_id"

    location_id = fields.Many2one(
        comodel_name="stock.location", required=True, ondelete="cascade"
    )
    stamp = fields.Integer(help="Stamp of the last correction at the location.")

    _one_per_location = models.Constraint(
        "UNIQUE (location_id)", "A location has one count fence."
    )

    def init(self):
        """The sequence of stamps, and a fence for each location that is there
        already."""
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS stock_count_stamp")
        self.env.cr.execute(
            """
            INSERT INTO stock_count_fence (location_id)
            SELECT id FROM stock_location ORDER BY id
            ON CONFLICT (location_id) DO NOTHING
            """
        )

    @api.model
    def _share(self, location_ids):
        """Keep corrections of the locations out until the end of the transaction."""
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM stock_count_fence
                 WHERE location_id = ANY(%s) ORDER BY id FOR SHARE
                """,
                sorted(location_ids),
            ),
            # A conflict is not an error: Odoo retries the request.
            log_exceptions=False,
        )

    @api.model
    def _close(self, location_ids):
        """Keep entries and other corrections of the locations out until the end.

        The rows are updated, not only locked: a transaction that read its snapshot
        before must fail, and a lock alone would let it pass as soon as this one has
        committed.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_fence fence
                   SET stamp = nextval('stock_count_stamp')
                  FROM (SELECT id FROM stock_count_fence
                         WHERE location_id = ANY(%s) ORDER BY id FOR UPDATE) locked
                 WHERE fence.id = locked.id
                """,
                sorted(location_ids),
            ),
            log_exceptions=False,
        )

    @api.model
    def _draw(self):
        """The next stamp, the database's time (UTC, microseconds) and its
        transaction."""
        self.env.cr.execute(
            """
            SELECT nextval('stock_count_stamp')::int,
                   clock_timestamp() AT TIME ZONE 'UTC',
                   pg_current_xact_id()::text
            """
        )
        return self.env.cr.fetchone()
