from odoo import api, models
from odoo.tools import SQL

from ...const import JOB_CHUNK, LIGHT
from ...domain.chunks import bind, pack


class StockCountChunks(models.AbstractModel):
    """Cuts the lines of a session into the chunks of a job, location by location.

    A line without a stock move is *light*, a line with one is *heavy*.
    """

    _name = "stock.count.chunks"
    _description = "Chunks of Count Lines"

    # === BUSINESS METHODS === #

    @api.model
    def _count_checked(self, session):
        """Count the ticked lines.

        :return: tuple (number of light lines, number of heavy lines)
        """
        return self._count(self._checked(session), SQL("line.variance_qty <> 0"))

    @api.model
    def _cut_checked(self, session):
        """Cut the ticked lines into chunks.

        :return: list of lists of line ids
        """
        return self._cut(self._checked(session), SQL("line.variance_qty <> 0"))

    @api.model
    def _count_posted(self, session):
        """Count the posted lines.

        :return: tuple (number of light lines, number of heavy lines)
        """
        return self._count(self._posted(session), SQL("line.posted_qty <> 0"))

    @api.model
    def _cut_posted(self, session):
        """Cut the posted lines into chunks.

        :return: list of lists of line ids
        """
        return self._cut(self._posted(session), SQL("line.posted_qty <> 0"))

    @api.model
    def _checked(self, session):
        Line = self.env["stock.count.line"]
        return Line._search(Line._postable_domain(session))

    @api.model
    def _posted(self, session):
        return self.env["stock.count.line"]._search(
            [("session_id", "=", session.id), ("state", "=", "posted")]
        )

    @api.model
    def _count(self, lines, heavy):
        self.env.cr.execute(
            SQL(
                """
                SELECT count(*) FILTER (WHERE NOT (%s)), count(*) FILTER (WHERE %s)
                  FROM stock_count_line line WHERE line.id IN %s
                """,
                heavy,
                heavy,
                lines.subselect(),
            )
        )
        return self.env.cr.fetchone()

    @api.model
    def _cut(self, lines, heavy):
        rows = self._read_bound(lines, heavy)
        keys = {row["id"]: [key for key in row["keys"] if key] for row in rows}
        weights = {row["id"]: 1 if row["heavy"] else LIGHT for row in rows}
        return pack(bind(keys), weights, JOB_CHUNK)

    @api.model
    def _read_bound(self, lines, heavy):
        """Read lines in the order of their locations, with what binds them together.

        :param lines: query of the lines
        :param SQL heavy: condition on ``line``
        :return: list of dicts ``id``, ``heavy`` and ``keys``; lines with a key in
            common have to be in one chunk
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, %(heavy)s AS heavy, %(keys)s AS keys
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                      ON template.id = product.product_tmpl_id
                  JOIN stock_location location ON location.id = line.location_id
                 WHERE line.id IN %(lines)s
                 ORDER BY location.complete_name, location.id, line.id
                """,
                heavy=heavy,
                keys=self._binding_keys(),
                lines=lines.subselect(),
            )
        )
        return self.env.cr.dictfetchall()

    @api.model
    def _binding_keys(self):
        """SQL: what binds ``line`` to other lines; an array with gaps.

        Lines of one package, of one serial number (missing here and found there), of
        one accepted location move, or of one lot that does not exist yet have to be
        posted in one transaction.
        """
        return SQL(
            """
            ARRAY['package ' || line.package_id,
                  CASE WHEN template.tracking = 'serial'
                       THEN 'serial ' || line.lot_id END,
                  CASE WHEN line.lot_id IS NULL AND line.lot_name <> ''
                       THEN 'lot ' || line.product_id || ' ' || line.lot_name END
            ] || (SELECT array_agg('match ' || pair.id)
                    FROM stock_count_match pair
                   WHERE pair.state IN ('accepted', 'posted')
                     AND line.id IN (pair.shortage_line_id, pair.overage_line_id))
            """
        )
