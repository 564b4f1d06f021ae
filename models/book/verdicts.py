from odoo import api, models
from odoo.tools import SQL

from ...domain.reconcile import HOLD_WINDOW, Facts, judge, variance_of
from ..shared.keys import booked_qty, moves_of, same_key, sql_rows
from ..shared.quantities import quantity_digits
from .book import LAST_ENTRY

VERDICT_TYPES = "id int, corrected numeric, variance numeric, ratio numeric, state text"


class StockCountVerdicts(models.AbstractModel):
    """The verdict on each counted line: what would have to be posted now.

    Reads the facts of many lines at once, lets domain.reconcile judge them, and writes
    variance, state and explaining transfers. Quantities are in the product's unit.
    """

    _name = "stock.count.verdicts"
    _description = "Verdicts on Counted Lines"

    # === BUSINESS METHODS === #

    @api.model
    def _read_verdicts(self, line_ids):
        """Judge counted lines as they are now, without writing anything.

        :param list line_ids: ids of counted lines
        :return: dict line id → (Facts, Verdict)
        """
        verdicts = self._judge(self._read_facts(line_ids))
        return self._hold_serials(self._supersede_moved_things(verdicts))

    @api.model
    def _refresh_verdicts(self, lines):
        """Judge counted lines that are not posted, and write what has changed."""
        lines = lines.sudo()
        # Fetch these columns only, of all lines at once: a line has many columns.
        lines.fetch(["is_counted", "round", "posted_round", "state"])
        lines = lines.filtered(
            lambda line: (
                line.is_counted and (line._is_unposted() or line.state == "superseded")
            )
        )
        if not lines:
            return
        verdicts = self._read_verdicts(lines.ids)
        self._write_verdicts(verdicts)

    @api.model
    def _judge_first(self, facts):
        """Judge lines that this transaction counted for the first time, and write it.

        The caller has their facts: this transaction sees nothing that came after them.

        :param dict facts: line id → (Facts, counted_at)
        """
        if facts:
            self._write_verdicts(self._hold_serials(self._judge(facts)))

    # === FACTS === #

    @api.model
    def _read_facts(self, line_ids):
        """Read the facts of counted lines, in one statement.

        :param line_ids: ids of counted lines
        :return: dict line id → (Facts, counted_at)
        """
        Book = self.env["stock.count.book"]
        Book._flush()
        since = moves_of(
            "line",
            SQL("ml.count_correction AS correction"),
            Book._done_after("entry"),
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.counted_at, line.found_qty, line.book_qty,
                       line.picked_qty, COALESCE(since.corrected, 0), %(book)s,
                       COALESCE(since.moved, 0),
                       COALESCE(since.native, FALSE) OR %(superseded)s,
                       line.hold_answer, COALESCE(line.explained_qty, 0),
                       line.state = 'held' AND line.serial_seen IS NOT TRUE,
                       EXISTS (SELECT FROM stock_count_document_line said
                                WHERE said.line_id = line.id)
                  FROM stock_count_line line
                  CROSS JOIN LATERAL %(entry)s
                  CROSS JOIN LATERAL (
                    SELECT sum(qty) AS moved, bool_or(correction = 'native') AS native,
                           sum(qty) FILTER (WHERE correction IS NOT NULL) AS corrected
                      FROM (%(since)s) moves) since
                 WHERE line.id = ANY(%(ids)s)
                """,
                entry=LAST_ENTRY,
                book=booked_qty("line"),
                superseded=self._superseded("line"),
                since=since,
                ids=list(line_ids),
            )
        )
        return {row[0]: (Facts(*row[2:]), row[1]) for row in self.env.cr.fetchall()}

    @api.model
    def _superseded(self, line):
        """SQL condition: a newer count of the same key has been posted.

        A serial number is in one place only, and so is a package with its content. For
        these, a later count that found them at any other place is enough. A later count
        that did not find them elsewhere proves nothing.

        :param str line: alias of the line
        """
        return SQL(
            """
            (EXISTS (SELECT FROM stock_count_line rival WHERE %(same)s
                        AND COALESCE(rival.lot_name, '') = COALESCE(%(line)s.lot_name,
                            '')
                        AND %(newer)s)
             OR (%(line)s.lot_id IS NOT NULL AND EXISTS (
                    SELECT FROM stock_count_line rival
                      JOIN product_product product ON product.id = rival.product_id
                      JOIN product_template template
                        ON template.id = product.product_tmpl_id
                     WHERE rival.lot_id = %(line)s.lot_id
                         AND template.tracking = 'serial'
                       AND rival.posted_found_qty > 0 AND %(newer)s))
             OR (%(line)s.package_id IS NOT NULL AND EXISTS (
                    SELECT FROM stock_count_line rival
                     WHERE rival.package_id = %(line)s.package_id
                       AND rival.location_id <> %(line)s.location_id
                       AND rival.posted_found_qty > 0 AND %(newer)s)))
            """,
            same=same_key("rival", line),
            line=SQL.identifier(line),
            newer=self._is_newer(line),
        )

    @api.model
    def _is_newer(self, line):
        """SQL condition: ``rival`` was posted and counted after the line.

        :param str line: alias of the line
        """
        return SQL(
            """
            rival.id <> %(line)s.id AND rival.posted_round > 0
            AND (rival.posted_counted_at, rival.posted_stamp)
                > (%(line)s.counted_at, %(line)s.counted_stamp)
            """,
            line=SQL.identifier(line),
        )

    @api.model
    def _read_movements(self, line_ids):
        """Read the movements that might explain a variance.

        These are move lines that are open, that were done around the count, or that
        were open at the count and have changed since (traces).

        :param list line_ids: ids of counted lines
        :return: dict line id → list of ``Movement``
        """
        Book = self.env["stock.count.book"]
        if not line_ids:
            return {}
        around = SQL(
            "ml.state <> 'cancel' AND (ml.state <> 'draft' OR ml.picked)"
            " AND ml.quantity_product_uom <> 0"
            " AND ml.count_correction IS NULL AND (ml.state <> 'done'"
            " OR ml.count_done_at >= entry.counted_at - %s)",
            HOLD_WINDOW,
        )
        columns = Book._movement_columns(Book._is_after("entry"))
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, found.*
                  FROM stock_count_line line
                  CROSS JOIN LATERAL %s
                 CROSS JOIN LATERAL (%s UNION ALL %s) found
                 WHERE line.id = ANY(%s)
                """,
                LAST_ENTRY,
                moves_of("line", columns, around),
                Book._traces_of("line", SQL("entry.counted_at - %s", HOLD_WINDOW)),
                list(line_ids),
            )
        )
        movements = {}
        for line_id, *row in self.env.cr.fetchall():
            movements.setdefault(line_id, []).append(Book._movement(row))
        return movements

    # === JUDGING === #

    @api.model
    def _judge(self, facts):
        """Let domain.reconcile judge the facts.

        :param dict facts: line id → (Facts, counted_at)
        :return: dict line id → (Facts, Verdict)
        """
        digits = quantity_digits(self.env)
        # Only a variance needs explaining, and most lines have none.
        differing = [i for i, (fact, _at) in facts.items() if variance_of(fact, digits)]
        asked = [i for i in differing if not facts[i][0].answer]
        claims, answered = self.env["stock.count.document"]._read_open_claims(asked)
        movements = self._read_movements(differing)
        return {
            line_id: (
                fact,
                judge(
                    fact,
                    [
                        movement
                        for movement in movements.get(line_id, ())
                        if movement.id not in answered[line_id]
                    ],
                    counted_at,
                    digits,
                    claims.get(line_id, ()),
                ),
            )
            for line_id, (fact, counted_at) in facts.items()
        }

    @api.model
    def _supersede_moved_things(self, verdicts):
        """Supersede counts of serial numbers and packages that were moved later.

        The later move says where the thing is now, so nothing is posted for the older
        count. It does not matter from which location the move took it.

        :param dict verdicts: line id → (Facts, Verdict); changed in place
        """
        differing = [i for i, (_fact, verdict) in verdicts.items() if verdict.variance]
        for line_id in self._read_moved_things(differing):
            fact, verdict = verdicts[line_id]
            verdicts[line_id] = (
                fact,
                verdict._replace(kind="superseded", explained_by=()),
            )
        return verdicts

    @api.model
    def _read_moved_things(self, line_ids):
        """Ids of the lines whose serial number or package was moved after the count."""
        Book = self.env["stock.count.book"]
        if not line_ids:
            return []
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id
                  FROM stock_count_line line
                  CROSS JOIN LATERAL %s
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE line.id = ANY(%s)
                   AND (template.tracking = 'serial' OR line.package_id IS NOT NULL)
                   AND EXISTS (
                       SELECT FROM stock_move_line ml
                         JOIN stock_location dest ON dest.id = ml.location_dest_id
                        WHERE ml.product_id = line.product_id
                          AND ((template.tracking = 'serial'
                                AND ml.lot_id = line.lot_id)
                               OR (ml.package_id = line.package_id
                                   AND ml.result_package_id = line.package_id))
                          AND %s
                          AND ml.location_id <> ml.location_dest_id
                          AND ml.quantity_product_uom <> 0
                          -- A move of another count is judged as a count. A native
                          -- adjustment that takes it away does not say where it is.
                          AND (ml.count_correction IS NULL OR (
                               ml.count_correction = 'native'
                               AND dest.usage <> 'inventory')))
                """,
                LAST_ENTRY,
                line_ids,
                Book._done_after("entry"),
            )
        )
        return [line_id for (line_id,) in self.env.cr.fetchall()]

    @api.model
    def _hold_serials(self, verdicts):
        """Hold lines that found a serial number where it is not booked, while an open
        transfer has it.

        It does not matter from which location the transfer takes it.

        :param dict verdicts: line id → (Facts, Verdict); changed in place
        """
        found = [
            line_id
            for line_id, (fact, verdict) in verdicts.items()
            if verdict.kind == "post" and verdict.variance > 0 and not fact.answer
        ]
        for line_id, ml_ids in self._read_open_serials(found):
            fact, verdict = verdicts[line_id]
            verdicts[line_id] = (
                fact,
                verdict._replace(kind="held", explained_by=tuple(ml_ids)),
            )
        return verdicts

    @api.model
    def _read_open_serials(self, line_ids):
        """Pairs of a line id and the ids of open move lines of its serial number."""
        if not line_ids:
            return []
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, array_agg(ml.id)
                  FROM stock_count_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                  JOIN stock_move_line ml
                    ON ml.product_id = line.product_id AND ml.lot_id = line.lot_id
                 WHERE line.id = ANY(%s) AND template.tracking = 'serial'
                   AND ml.state NOT IN ('done', 'cancel') AND ml.state <> 'draft'
                   AND ml.quantity > 0
                 GROUP BY line.id
                """,
                line_ids,
            )
        )
        return self.env.cr.fetchall()

    # === WRITING === #

    @api.model
    def _write_verdicts(self, verdicts):
        """Write variance, value, tolerance ratio, state and explaining transfers.

        :param dict verdicts: line id → (Facts, Verdict)
        """
        rows = sql_rows(self._prepare_verdicts(verdicts), VERDICT_TYPES)
        value = SQL(
            "round(rows.variance * COALESCE(line.unit_cost, 0),"
            " currency.decimal_places)"
        )
        state = SQL(
            "CASE WHEN rows.state = 'counted' AND line.state = 'failed'"
            " THEN 'failed' ELSE rows.state END"
        )
        self.env["stock.count.line"]._update_states(
            SQL("res_company company, res_currency currency, %s", rows),
            state,
            SQL(
                "corrected_qty = rows.corrected, variance_qty = rows.variance,"
                " variance_value = %s, tolerance_ratio = rows.ratio",
                value,
            ),
            # Most verdicts have not changed, and a line that is not written is free.
            where=SQL(
                """
                company.id = line.company_id AND currency.id = company.currency_id
                AND (line.corrected_qty, line.variance_qty, line.state,
                     COALESCE(line.tolerance_ratio, 0), line.variance_value)
                    IS DISTINCT FROM (rows.corrected, rows.variance, %s, rows.ratio, %s)
                """,
                state,
                value,
            ),
        )
        self._write_holds(verdicts)
        self.env["stock.count.line"].invalidate_model(["hold_move_line_ids"])

    @api.model
    def _prepare_verdicts(self, verdicts):
        """Rows of ``VERDICT_TYPES``."""
        ratios = self.env["stock.count.tolerance"]._read_ratios(verdicts)
        return [
            self._verdict_row(line_id, fact, verdict, ratios.get(line_id, 0))
            for line_id, (fact, verdict) in verdicts.items()
        ]

    @api.model
    def _verdict_row(self, line_id, fact, verdict, ratio):
        states = {"held": "held", "superseded": "superseded"}
        return {
            "id": line_id,
            "corrected": fact.corrected,
            "variance": verdict.variance,
            "ratio": ratio,
            "state": states.get(verdict.kind, "counted"),
        }

    @api.model
    def _write_holds(self, verdicts):
        """Write which transfers would explain each line that is held."""
        # A line with an answer keeps the transfers that the question named.
        asked = [i for i, (fact, _verdict) in verdicts.items() if not fact.answer]
        self.env.cr.execute(
            "DELETE FROM stock_count_line_hold_rel WHERE stock_count_line_id = ANY(%s)",
            [asked],
        )
        rows = [
            {"line": line_id, "ml": ml_id}
            for line_id, (_fact, verdict) in verdicts.items()
            for ml_id in verdict.explained_by
            # A negative id is a trace: its move line no longer exists.
            if ml_id > 0
        ]
        if rows:
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO stock_count_line_hold_rel
                        (stock_count_line_id, stock_move_line_id)
                    SELECT line, ml FROM %s ON CONFLICT DO NOTHING
                    """,
                    sql_rows(rows, "line int, ml int"),
                )
            )
