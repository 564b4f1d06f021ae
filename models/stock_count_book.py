from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..domain.reconcile import HOLD_WINDOW, Facts, Movement, judge

# A transaction that drew its stamp before a count but commits after it is looked for
# this far back; Odoo's own limits end a request long before.
HORIZON = timedelta(hours=1)

# The entry that counts last of the row ``line``, for a lateral join. Looked up line by
# line (OFFSET 0 sees to that): before PostgreSQL has statistics of a first large import
# it would join everything else to each entry first, for minutes.
LAST_ENTRY = SQL(
    "(SELECT * FROM stock_count_entry WHERE id = line.last_entry_id OFFSET 0) entry"
)

# Types whose values have no mark that an array would take for its own.
BARE = ("int", "numeric", "boolean")

# The natural key, 0 and "" for none.
KEY_COLUMNS = (
    "product_id int, location_id int, lot_id int, lot_name text, package_id int,"
    " owner_id int"
)
KEY_NAMES = [column.split()[0] for column in KEY_COLUMNS.split(", ")]


def array_literal(kind, rows, name):
    """A column of rows as PostgreSQL writes arrays.

    >>> array_literal("int", [{"a": 1}, {}], "a")
    '{1,NULL}'
    >>> array_literal("text", [{"a": 'say "NULL"'}], "a")
    '{"say \\\\"NULL\\\\""}'
    """
    values = [row.get(name) for row in rows]
    write = str if kind in BARE else _quote
    return f"{{{','.join(['NULL' if v is None else write(v) for v in values])}}}"


def _quote(value):
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


class StockCountBook(models.AbstractModel):
    """What the book says and what moved since: gathered in bulk for
    domain.reconcile."""

    _name = "stock.count.book"
    _description = "Book at a Count"

    # === SQL === #

    @api.model
    def _rows(self, rows, types):
        """An SQL row source of Python rows: a parameter for each column however many
        rows there are. As arrays, because PostgreSQL reads them in half the time of
        JSON and knows how many they are.

        :param list rows: dicts; what one has not is NULL
        :param str types: the column definitions of the rows
        """
        columns = [column.split() for column in types.split(",")]
        arrays = (
            SQL("%s::%s[]", array_literal(kind, rows, name), SQL(kind))
            for name, kind in columns
        )
        return SQL(
            "unnest(%s) AS rows(%s)",
            SQL(", ").join(arrays),
            SQL(", ").join(SQL.identifier(name) for name, _kind in columns),
        )

    @api.model
    def _key_rows(self, keys):
        """Natural keys for _rows(), with their place in the list as ``i``."""
        return [
            {"i": i, **dict(zip(KEY_NAMES, key, strict=True))}
            for i, key in enumerate(keys)
        ]

    @api.model
    def _same_key(self, left, right, *, location="location_id", package="package_id"):
        """SQL condition: both rows have the same product, place, lot, package and
        owner."""
        names = (
            ("product_id", "product_id"),
            (location, "location_id"),
            ("lot_id", "lot_id"),
            (package, "package_id"),
            ("owner_id", "owner_id"),
        )
        conditions = []
        for mine, other in names:
            one, two = SQL.identifier(left, mine), SQL.identifier(right, other)
            if other in ("product_id", "location_id"):
                conditions.append(SQL("%s = %s", one, two))
            else:
                conditions.append(SQL("COALESCE(%s, 0) = COALESCE(%s, 0)", one, two))
        return SQL(" AND ").join(conditions)

    @api.model
    def _book(self, alias):
        """SQL: what is booked now for the key of the row ``alias``."""
        return SQL(
            "(SELECT COALESCE(sum(quantity), 0) FROM stock_quant quant WHERE %s AND"
            " %s)",
            self._same_key("quant", alias),
            self._is_booked(alias),
        )

    @api.model
    def _is_booked(self, alias):
        """SQL condition: the row's lot exists; stock without a lot is another key."""
        return SQL("COALESCE(%s, '') = ''", SQL.identifier(alias, "lot_name"))

    @api.model
    def _moves_of(self, alias, columns, condition, joins=None, table="stock_move_line"):
        """SQL: the move lines at either end of the key of row ``alias``.

        ``qty`` is signed: negative where the key is the source. Lines from a key to
        itself change nothing and are left out.

        :param SQL columns: of the move line ``ml``, beside ``qty``
        :param SQL condition: on ``ml``
        :param SQL joins: of what ``columns`` name beside ``ml``
        :param str table: what ``ml`` is, move lines or their traces
        """
        source = self._same_key("ml", alias)
        dest = self._same_key(
            "ml", alias, location="location_dest_id", package="result_package_id"
        )
        return SQL(
            """
            SELECT -ml.quantity_product_uom AS qty, %(columns)s
              FROM %(table)s ml %(joins)s
             WHERE %(source)s AND NOT (%(dest)s) AND %(condition)s
             UNION ALL
            SELECT ml.quantity_product_uom AS qty, %(columns)s
              FROM %(table)s ml %(joins)s
             WHERE %(dest)s AND NOT (%(source)s) AND %(condition)s
            """,
            columns=columns,
            joins=joins or SQL(),
            table=SQL.identifier(table),
            source=source,
            dest=dest,
            condition=SQL("%s AND %s", self._is_booked(alias), condition),
        )

    @api.model
    def _traces_of(self, alias, since):
        """SQL: what the move lines at the key of row ``alias`` were, after a time.

        With the columns of _movement_columns(). Their ids are negative.
        """
        columns = SQL(
            """
            -ml.id, ml.count_picked_at, NULL::timestamp, NULL::varchar, ml.opened_at,
            ml.opened_at, FALSE, FALSE, ml.gone_at
            """
        )
        return self._moves_of(
            alias, columns, SQL("ml.gone_at >= %s", since), table="stock_count_trace"
        )

    @api.model
    def _is_after(self, entry):
        """SQL: the done move line ``ml`` was not in the book that the entry kept.

        A later stamp settles it. A line of a transaction that had drawn its stamp but
        was not committed yet is told by PostgreSQL's own snapshot. For a late entry the
        book was rolled back over everything done since it was counted.
        """
        return SQL(
            """
            (ml.count_stamp > %(entry)s.stamp
             OR (ml.count_xid <> %(entry)s.xid
                 AND ml.count_done_at > %(entry)s.recorded_at - %(horizon)s
                 AND NOT pg_visible_in_snapshot(
                     ml.count_xid::xid8, %(entry)s.snapshot::pg_snapshot))
             OR (%(entry)s.late AND ml.count_done_at > %(entry)s.counted_at))
            """,
            entry=SQL.identifier(entry),
            horizon=HORIZON,
        )

    @api.model
    def _done_after(self, entry):
        """SQL: ``ml`` is done and came after the entry; starts with what an index
        finds."""
        return SQL(
            "ml.count_stamp IS NOT NULL AND ml.state = 'done'"
            " AND ml.count_done_at > %s.counted_at - %s AND %s",
            SQL.identifier(entry),
            HORIZON,
            self._is_after(entry),
        )

    @api.model
    def _superseded(self, line):
        """SQL: a count of the same thing that is newer than the line's has been posted.

        A serial number is in one place only, and so is a package with all that is in
        it, so seeing it anywhere later tells; not seeing it elsewhere tells nothing.
        """
        newer = SQL(
            """
            rival.id <> %(line)s.id AND rival.posted_round > 0
            AND (rival.posted_counted_at, rival.posted_stamp)
                > (%(line)s.counted_at, %(line)s.counted_stamp)
            """,
            line=SQL.identifier(line),
        )
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
            same=self._same_key("rival", line),
            line=SQL.identifier(line),
            newer=newer,
        )

    # === BUSINESS METHODS - COUNT === #

    @api.model
    def _flush(self):
        """Let SQL see what the ORM still holds back."""
        for model in (
            "stock.quant",
            "stock.move",
            "stock.move.line",
            "stock.count.line",
        ):
            self.env[model].flush_model()

    @api.model
    def _read_books(self, keys):
        """What is booked, and what is ticked as picked but open, for each key now.

        :param list keys: tuples of the natural key
        :return: dict key → (book, picked); picked is negative or 0
        """
        rows = self._key_rows(keys)
        self.env.cr.execute(
            SQL(
                """
                SELECT rows.i,
                       %(book)s,
                       (SELECT COALESCE(-sum(ml.quantity_product_uom), 0)
                          FROM stock_move_line ml
                         WHERE %(same)s AND %(booked)s AND NOT (%(dest)s)
                           AND ml.picked AND ml.state NOT IN ('done', 'cancel'))
                  FROM %(rows)s
                """,
                book=self._book("rows"),
                booked=self._is_booked("rows"),
                same=self._same_key("ml", "rows"),
                dest=self._same_key(
                    "ml",
                    "rows",
                    location="location_dest_id",
                    package="result_package_id",
                ),
                rows=self._rows(rows, f"i int, {KEY_COLUMNS}"),
            )
        )
        return {keys[i]: (book, picked) for i, book, picked in self.env.cr.fetchall()}

    @api.model
    def _read_lot_ids(self, company, names):
        """The lots of these names.

        Looked up by product: Odoo's index of lot names is one for parts of words, and
        takes a hundred times as long for whole ones.

        :param set names: pairs (product id, name)
        :return: dict (product id, name) → lot id; the company's own where it shares a
            name with one of no company
        """
        self.env["stock.lot"].flush_model()
        rows = [{"product_id": product, "name": name} for product, name in names]
        self.env.cr.execute(
            SQL(
                """
                SELECT lot.product_id, rows.name, lot.id
                  FROM %s
                  JOIN stock_lot lot ON lot.product_id = rows.product_id
                   AND lot.name || '' = rows.name
                 WHERE lot.company_id IS NULL OR lot.company_id = %s
                 ORDER BY lot.company_id NULLS FIRST, lot.id DESC
                """,
                self._rows(rows, "product_id int, name text"),
                company.id,
            )
        )
        return {
            (product, name): lot_id for product, name, lot_id in self.env.cr.fetchall()
        }

    @api.model
    def _read_movements_since(self, counts):
        """The move lines of each key that were done after a time, or are open.

        :param list counts: pairs (key, counted_at) of late entries
        :return: list of lists of Movement, in the same order
        """
        rows = self._key_rows([key for key, _counted_at in counts])
        for row, (_key, counted_at) in zip(rows, counts, strict=True):
            row["counted_at"] = counted_at
        condition = SQL(
            "ml.state <> 'cancel' AND (ml.count_done_at > rows.counted_at"
            " OR ml.state <> 'done')"
        )
        self.env.cr.execute(
            SQL(
                "SELECT rows.i, found.* FROM %s, LATERAL (%s UNION ALL %s) found",
                self._rows(rows, f"i int, counted_at timestamp, {KEY_COLUMNS}"),
                self._moves_of("rows", self._movement_columns(SQL("TRUE")), condition),
                self._traces_of("rows", SQL("rows.counted_at")),
            )
        )
        movements = [[] for _count in counts]
        for i, *row in self.env.cr.fetchall():
            movements[i].append(self._movement(row))
        return movements

    @api.model
    def _movement_columns(self, after):
        return SQL(
            """
            ml.id, ml.count_picked_at, ml.count_done_at, ml.count_correction,
            (SELECT create_date FROM stock_move WHERE id = ml.move_id) AS opened_at,
            ml.create_date, ml.state = 'done' AND %s AS after,
            ml.state = 'done' AS done, NULL::timestamp AS gone_at
            """,
            after,
        )

    @api.model
    def _movement(self, row):
        qty, ml_id, picked_at, done_at, correction, opened_at, *rest = row
        created, after, done, gone_at = rest
        return Movement(
            id=ml_id,
            qty=qty,
            opened_at=opened_at or created,
            picked_at=picked_at,
            done_at=(done_at or created) if done else None,
            after=bool(after),
            correction=bool(correction),
            gone_at=gone_at,
        )

    # === BUSINESS METHODS - REVIEW === #

    @api.model
    def _read_facts(self, line_ids):
        """What posting has to know of counted lines, in one statement.

        :return: dict line id → (Facts, counted_at)
        """
        self._flush()
        since = self._moves_of(
            "line",
            SQL("ml.count_correction AS correction"),
            self._done_after("entry"),
        )
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.counted_at, line.found_qty, line.book_qty,
                       line.picked_qty, COALESCE(since.corrected, 0), %(book)s,
                       COALESCE(since.moved, 0),
                       COALESCE(since.native, FALSE) OR %(superseded)s,
                       line.hold_answer, COALESCE(line.explained_qty, 0),
                       line.state = 'held' AND line.serial_seen IS NOT TRUE
                  FROM stock_count_line line
                  CROSS JOIN LATERAL %(entry)s
                  CROSS JOIN LATERAL (
                      SELECT sum(qty) AS moved,
                             sum(qty) FILTER (
                                 WHERE correction IS NOT NULL) AS corrected,
                             bool_or(correction = 'native') AS native
                        FROM (%(since)s) moves) since
                 WHERE line.id = ANY(%(ids)s)
                """,
                entry=LAST_ENTRY,
                book=self._book("line"),
                superseded=self._superseded("line"),
                since=since,
                ids=list(line_ids),
            )
        )
        return {row[0]: (Facts(*row[2:]), row[1]) for row in self.env.cr.fetchall()}

    @api.model
    def _read_movements(self, line_ids):
        """The move lines that might explain a variance: open ones, those done around
        the count, and what was an open one until then or later.

        :return: dict line id → list of Movement
        """
        if not line_ids:
            return {}
        around = SQL(
            "ml.state <> 'cancel' AND (ml.state <> 'draft' OR ml.picked)"
            " AND ml.quantity_product_uom <> 0"
            " AND ml.count_correction IS NULL AND (ml.state <> 'done'"
            " OR ml.count_done_at >= entry.counted_at - %s)",
            HOLD_WINDOW,
        )
        columns = self._movement_columns(self._is_after("entry"))
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
                self._moves_of("line", columns, around),
                self._traces_of("line", SQL("entry.counted_at - %s", HOLD_WINDOW)),
                list(line_ids),
            )
        )
        movements = {}
        for line_id, *row in self.env.cr.fetchall():
            movements.setdefault(line_id, []).append(self._movement(row))
        return movements

    @api.model
    def _read_verdicts(self, line_ids):
        """Judge counted lines by the rules of domain.reconcile.

        :return: dict line id → (Facts, Verdict)
        """
        verdicts = self._judge(self._read_facts(line_ids))
        return self._hold_serials(self._supersede_moved_things(verdicts))

    @api.model
    def _judge(self, facts):
        """
        :param dict facts: line id → (Facts, counted_at)
        :return: dict line id → (Facts, Verdict)
        """
        digits = self._digits()
        # Only a variance needs explaining, and most lines have none.
        movements = self._read_movements(
            [
                line_id
                for line_id, (fact, _at) in facts.items()
                if self._differs(fact, digits)
            ]
        )
        return {
            line_id: (
                fact,
                judge(fact, movements.get(line_id, ()), counted_at, digits),
            )
            for line_id, (fact, counted_at) in facts.items()
        }

    @api.model
    def _supersede_moved_things(self, verdicts):
        """A serial number or a whole package that was moved after the count, from
        wherever the book had it, is where it was moved to: nothing is to be posted for
        the older sighting."""
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
                          -- Another count of it is judged as a count, and a native
                          -- adjustment away from one place does not say where it is.
                          AND (ml.count_correction IS NULL OR (
                               ml.count_correction = 'native'
                               AND dest.usage <> 'inventory')))
                """,
                LAST_ENTRY,
                line_ids,
                self._done_after("entry"),
            )
        )
        return [line_id for (line_id,) in self.env.cr.fetchall()]

    @api.model
    def _read_moved_packages(self, line_ids):
        """Which lines counted goods in a package that were moved in or out of it, or
        with it, after the count; from wherever the book had it.

        :return: dict line id → the transfer's name
        """
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, max(move.reference)
                  FROM stock_count_line line
                  CROSS JOIN LATERAL %s
                  JOIN stock_move_line ml ON ml.product_id = line.product_id
                   AND line.package_id IN (ml.package_id, ml.result_package_id)
                  JOIN stock_move move ON move.id = ml.move_id
                 WHERE line.id = ANY(%s) AND ml.count_correction IS NULL
                   AND ml.quantity_product_uom <> 0 AND %s
                 GROUP BY line.id
                """,
                LAST_ENTRY,
                line_ids,
                self._done_after("entry"),
            )
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _hold_serials(self, verdicts):
        """A serial number found where it is not booked waits for its open transfers,
        wherever these take it from."""
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

    @api.model
    def _differs(self, fact, digits):
        expected = fact.book + fact.picked + fact.corrected
        return bool(round(fact.found - expected, digits))

    @api.model
    def _digits(self):
        return self.env["decimal.precision"].precision_get("Product Unit")

    @api.model
    def _refresh_verdicts(self, lines):
        """Bring variance, value and holds of counted, unposted lines up to now."""
        lines = lines.sudo()
        # These columns only, and of all lines at once: a line is wide.
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
        """Judge first counts that this transaction has recorded: nothing came after
        them that it could see.

        :param dict facts: line id → (Facts, counted_at)
        """
        if facts:
            self._write_verdicts(self._hold_serials(self._judge(facts)))

    @api.model
    def _write_verdicts(self, verdicts):
        ratios = self.env["stock.count.tolerance"]._read_ratios(verdicts)
        rows = [
            self._verdict_row(line_id, fact, verdict, ratios.get(line_id, 0))
            for line_id, (fact, verdict) in verdicts.items()
        ]
        # Most verdicts are what they were; a line that is not written costs nothing.
        self.env.cr.execute(
            SQL(
                """
                UPDATE stock_count_line line
                   SET corrected_qty = rows.corrected,
                       variance_qty = rows.variance,
                       variance_value = %(value)s,
                       tolerance_ratio = rows.ratio,
                       state = %(state)s
                  FROM res_company company, res_currency currency, %(rows)s
                 WHERE line.id = rows.id AND company.id = line.company_id
                   AND currency.id = company.currency_id
                   AND (line.corrected_qty, line.variance_qty, line.state,
                        COALESCE(line.tolerance_ratio, 0), line.variance_value)
                       IS DISTINCT FROM (rows.corrected, rows.variance, %(state)s,
                        rows.ratio, %(value)s)
                """,
                value=SQL(
                    "round(rows.variance * COALESCE(line.unit_cost, 0),"
                    " currency.decimal_places)"
                ),
                state=SQL(
                    "CASE WHEN rows.state = 'counted' AND line.state = 'failed'"
                    " THEN 'failed' ELSE rows.state END"
                ),
                rows=self._rows(
                    rows,
                    "id int, corrected numeric, variance numeric, ratio numeric,"
                    " state text",
                ),
            )
        )
        self._write_holds(verdicts)
        self.env["stock.count.line"].invalidate_model()

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
        # An answered line keeps the transfers that it was asked about.
        asked = [i for i, (fact, _verdict) in verdicts.items() if not fact.answer]
        self.env.cr.execute(
            "DELETE FROM stock_count_line_hold_rel WHERE stock_count_line_id = ANY(%s)",
            [asked],
        )
        rows = [
            {"line": line_id, "ml": ml_id}
            for line_id, (_fact, verdict) in verdicts.items()
            for ml_id in verdict.explained_by
            # Former lines are not there any more.
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
                    self._rows(rows, "line int, ml int"),
                )
            )
