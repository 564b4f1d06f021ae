from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...domain.documents import Claim
from ...domain.reconcile import HOLD_WINDOW
from ..shared.keys import is_booked, same_key

# States in which a move will still change stock.
OPEN_MOVES = ("waiting", "confirmed", "partially_available", "assigned")
COUNTED = SQL("SELECT product_id FROM counted")
# By what a move belongs to: the model of its document and the column that names it.
# The modules that bring the models may be missing.
OWNERS = (
    ("stock.picking", "picking_id"),
    ("mrp.production", "production_id"),
    ("mrp.production", "raw_material_production_id"),
    ("repair.order", "repair_id"),
)


def movement_key(qty, move, place, lot=None, package=None):
    """The identity of a movement: its direction, move, place, lot and package.

    >>> movement_key(-3, 7, 12, lot="L1")
    '-7:12:L1:'
    """
    sign = "-" if qty < 0 else "+"
    return f"{sign}{move}:{place}:{lot or ''}:{package or ''}"


class Source(NamedTuple):
    """A claim with what a person has to know of it.

    :param claim: see domain.documents
    :param document: (model, id) of what will be validated
    :param move_id: the open move, None for sales that no move books yet
    :param ml_id: its open move line, None for what nothing is reserved for
    :param place_id: where the document has it
    :param backorder_of: (model, id) of the transfer that it is the rest of, or None
    :param lot: name of the lot that the document has, empty for none
    :param left: the operation type says that what is not ticked has left
    """

    claim: Claim
    document: tuple[str, int]
    backorder_of: tuple[str, int] | None
    move_id: int | None
    ml_id: int | None
    place_id: int
    lot: str
    left: bool

    def _merge(self, other):
        """This and another part of the same movement, as one."""
        if other is None:
            return self
        mine, first = self.claim, other.claim
        first = first._replace(
            qty=first.qty + mine.qty, assumed=first.assumed + mine.assumed
        )
        return other._replace(claim=first, left=self.left or other.left)


class StockCountClaims(models.AbstractModel):
    """Which open documents lie around counted lines: of the same product, at the same
    place, its parents, children and siblings, whatever lot or package they have.

    Closest first: the line's own key, then its place, then the others.
    """

    _name = "stock.count.claims"
    _description = "Claims of Open Documents"

    # === BUSINESS METHODS === #

    @api.model
    def _read(self, line_ids):
        """The claims of open documents on lines, in one statement.

        :param line_ids: of counted lines
        :return: dict line id → list of Source
        """
        if not line_ids:
            return {}
        self._flush()
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS MATERIALIZED (%(counted)s),
                opened AS MATERIALIZED (%(opened)s),
                part AS MATERIALIZED (%(parts)s),
                side AS (%(sides)s)
                SELECT * FROM (%(around)s UNION ALL %(traced)s) claim
                 ORDER BY id, own DESC, here DESC, move_id, ml_id
                """,
                counted=self._counted(line_ids),
                opened=self._opened(SQL("move.product_id IN (%s)", COUNTED)),
                parts=SQL("%s %s", self._parts(), self._sold()),
                sides=self._sides(),
                around=self._around(),
                traced=self._traced(),
            )
        )
        return self._by_line(self.env.cr.dictfetchall())

    @api.model
    def _by_line(self, rows):
        """Sources by line id, of a movement one."""
        merged, result = {}, defaultdict(list)
        for row in rows:
            source = self._source(row)
            key = (source.claim.line, source.document, source.claim.movement)
            merged[key] = source._merge(merged.get(key))
        for source in merged.values():
            result[source.claim.line].append(source)
        return result

    @api.model
    def _read_movements(self, document):
        """What a document moves, whatever was counted of it.

        :param document: record of a model of OWNERS, a move, or a session of a till
        :return: dict movement key → quantity, see domain.documents
        """
        if document._name == "pos.session":
            return {}
        columns = [column for model, column in OWNERS if model == document._name]
        domain = Domain.OR(
            Domain(column, "=", document.id)
            for column in columns or ["id"]
            if column in self.env["stock.move"]._fields
        )
        moves = self.env["stock.move"].search(domain)
        self._flush()
        self.env.cr.execute(
            SQL(
                """
                WITH opened AS (%s), part AS (%s), side AS (%s)
                SELECT qty, movement, place_id, lot_id, lot_name, pack_id FROM side
                """,
                self._opened(SQL("move.id = ANY(%s)", moves.ids)),
                self._parts(),
                self._sides(),
            )
        )
        movements = defaultdict(float)
        for row in self.env.cr.dictfetchall():
            movements[self._movement(row)] += float(row["qty"])
        return movements

    @api.model
    def _source(self, row):
        return Source(
            claim=Claim(
                line=row["id"],
                movement=self._movement(row),
                qty=float(row["qty"]),
                own=row["own"],
                assumed=float(row["assumed"]),
            ),
            document=(row["model"], row["document_id"]),
            backorder_of=row["backorder_of"] and ("stock.picking", row["backorder_of"]),
            move_id=row["move_id"],
            ml_id=row["ml_id"],
            place_id=row["place_id"],
            lot=row["lot_name"] or "",
            left=row["count_unticked"] == "left" and not row["assumed"],
        )

    @api.model
    def _movement(self, row):
        """What stays the same while a document does: not the id of a move line, which
        Odoo makes anew when it reserves again."""
        lot = row["lot_id"] or row["lot_name"]
        qty = row["qty"] or row["assumed"]
        return movement_key(qty, row["movement"], row["place_id"], lot, row["pack_id"])

    @api.model
    def _flush(self):
        names = ("stock.move", "stock.move.line", "stock.picking.type")
        for model in (*names, "stock.count.line", "stock.count.trace"):
            self.env[model].flush_model()

    # === SQL === #

    @api.model
    def _counted(self, line_ids):
        """SQL: the lines with their place; siblings share a parent that holds stock."""
        return SQL(
            """
            SELECT line.id, line.product_id, line.location_id, line.lot_id,
                   COALESCE(line.lot_name, '') AS lot_name, line.package_id,
                   line.owner_id, line.counted_at, place.parent_path,
                   CASE WHEN parent.usage <> 'view' THEN parent.id END AS parent_id
              FROM stock_count_line line
              JOIN stock_location place ON place.id = line.location_id
              LEFT JOIN stock_location parent ON parent.id = place.location_id
             WHERE line.id = ANY(%s)
            """,
            list(line_ids),
        )

    @api.model
    def _around(self):
        """SQL: what open documents around the counted lines do."""
        return SQL(
            """
            SELECT counted.id, side.model, side.document_id, side.move_id,
                   side.backorder_of, side.ml_id, side.place_id, side.qty, side.lot_id,
                   side.lot_name, side.pack_id, side.movement, side.count_unticked,
                   keyed.own, place.id = counted.location_id AS here,
                   CASE WHEN keyed.own AND side.qty < 0
                         AND side.picked_at <= counted.counted_at
                        THEN side.qty ELSE 0 END AS assumed
              FROM counted
              JOIN side ON side.product_id = counted.product_id
              JOIN stock_location place ON place.id = side.place_id
             CROSS JOIN LATERAL (SELECT %s AS own) keyed
             WHERE %s
            """,
            self._is_own(),
            self._is_around(),
        )

    @api.model
    def _traced(self):
        """SQL: what was expected of open documents when lines were counted, because
        their move lines were ticked then, and are not what they were."""
        source = same_key("trace", "counted")
        dest = same_key(
            "trace",
            "counted",
            location="location_dest_id",
            package="result_package_id",
        )
        return SQL(
            """
            SELECT counted.id, opened.model, opened.document_id, opened.id,
                   opened.backorder_of, NULL, trace.location_id, 0, trace.lot_id, NULL,
                   trace.package_id, opened.id::text, opened.count_unticked, TRUE,
                   TRUE, -trace.quantity_product_uom
              FROM counted
              JOIN stock_count_trace trace ON %(source)s AND NOT (%(dest)s)
               AND %(booked)s AND trace.count_picked_at <= counted.counted_at
               AND trace.gone_at > counted.counted_at
              JOIN opened ON opened.id = trace.move_id
            """,
            source=source,
            dest=dest,
            booked=is_booked("counted"),
        )

    @api.model
    def _opened(self, which):
        """SQL: open moves, with the document of each.

        :param SQL which: condition on ``move``
        """
        owners = [
            (model, SQL.identifier("move", column))
            for model, column in OWNERS
            if column in self.env["stock.move"]._fields
        ]
        kinds = SQL(" ").join(
            SQL("WHEN %s IS NOT NULL THEN %s", column, model)
            for model, column in owners
        )
        return SQL(
            """
            SELECT move.id, move.product_id, move.location_id, move.location_dest_id,
                   move.product_qty, move.state, type.count_unticked,
                   CASE %(kinds)s ELSE 'stock.move' END AS model,
                   COALESCE(%(ids)s, move.id) AS document_id,
                   picking.backorder_id AS backorder_of, move.create_date AS opened_at
              FROM stock_move move
              LEFT JOIN stock_picking_type type ON type.id = move.picking_type_id
              LEFT JOIN stock_picking picking ON picking.id = move.picking_id
             WHERE %(which)s AND move.state IN %(states)s AND move.count_line_id IS NULL
               AND move.is_inventory IS NOT TRUE
            """,
            kinds=kinds,
            which=which,
            ids=SQL(", ").join(column for _model, column in owners),
            states=OPEN_MOVES,
        )

    @api.model
    def _parts(self):
        """SQL: the lines of open moves, and what moves have no line for yet."""
        return SQL(
            """
            SELECT opened.id AS move_id, ml.id AS ml_id, opened.product_id,
                   ml.location_id, ml.location_dest_id, ml.lot_id,
                   COALESCE(lot.name, ml.lot_name) AS lot_name, ml.package_id,
                   ml.result_package_id, ml.owner_id, ml.quantity_product_uom AS qty,
                   CASE WHEN ml.picked THEN ml.count_picked_at END AS picked_at,
                   opened.model, opened.document_id, opened.count_unticked,
                   opened.state = 'waiting' AS is_waiting, NULL::timestamp AS since,
                   opened.id::text AS movement, opened.backorder_of, opened.opened_at
              FROM opened
              JOIN stock_move_line ml ON ml.move_id = opened.id
               AND ml.quantity_product_uom > 0
              LEFT JOIN stock_lot lot ON lot.id = ml.lot_id
             UNION ALL
            SELECT opened.id, NULL, opened.product_id, opened.location_id,
                   opened.location_dest_id, NULL, NULL, NULL, NULL, NULL,
                   opened.product_qty - COALESCE(reserved.qty, 0), NULL,
                   opened.model, opened.document_id, opened.count_unticked,
                   opened.state = 'waiting', NULL, opened.id::text,
                   opened.backorder_of, opened.opened_at
              FROM opened
             CROSS JOIN LATERAL (
                   SELECT sum(quantity_product_uom) AS qty FROM stock_move_line ml
                    WHERE ml.move_id = opened.id) reserved
             WHERE opened.product_qty > COALESCE(reserved.qty, 0)
            """
        )

    @api.model
    def _sold(self):
        """SQL: what tills have sold and book when their session is closed (P22), as
        parts; empty without point of sale."""
        if "pos.session" not in self.env:
            return SQL()
        self.env["pos.order.line"].flush_model()
        return SQL(
            """
             UNION ALL
            SELECT NULL, NULL, sold.product_id, type.default_location_src_id, NULL,
                   NULL, NULL, NULL, NULL, NULL, sold.qty, NULL, 'pos.session',
                   session.id, type.count_unticked, FALSE, sale.date_order,
                   'till' || sold.id, NULL, NULL
              FROM pos_order_line sold
              JOIN pos_order sale ON sale.id = sold.order_id
               AND sale.state IN ('paid', 'done', 'invoiced')
              JOIN pos_session session ON session.id = sale.session_id
               AND session.state <> 'closed' AND session.update_stock_at_closing
              JOIN pos_config config ON config.id = session.config_id
              JOIN stock_picking_type type ON type.id = config.picking_type_id
             WHERE sold.product_id IN (SELECT product_id FROM counted)
               AND NOT EXISTS (SELECT FROM stock_picking booked
                                WHERE booked.pos_order_id = sale.id)
            """
        )

    @api.model
    def _sides(self):
        """SQL: both ends of the parts.

        Nothing has left for a move that waits for another one, because that one brings
        its goods; what comes by it may be here before either is booked. An operation
        type may say that what is not ticked has not left.
        """
        common = SQL(
            "move_id, ml_id, product_id, lot_id, lot_name, owner_id, picked_at, model,"
            " document_id, count_unticked, since, movement, backorder_of, opened_at"
        )
        told = SQL(
            "(picked_at IS NOT NULL OR count_unticked IS DISTINCT FROM 'not_left')"
        )
        return SQL(
            """
            SELECT %(common)s, location_id AS place_id, package_id AS pack_id,
                   -qty AS qty, location_dest_id AS other_id
              FROM part WHERE NOT is_waiting AND %(told)s
             UNION ALL
            SELECT %(common)s, location_dest_id, result_package_id, qty, location_id
              FROM part WHERE %(told)s
            """,
            common=common,
            told=told,
        )

    @api.model
    def _is_own(self):
        """SQL condition: the document books the line's own key."""
        return SQL(
            """
            (side.place_id = counted.location_id
             AND COALESCE(side.lot_id, 0) = COALESCE(counted.lot_id, 0)
             AND CASE WHEN side.lot_id IS NULL THEN COALESCE(side.lot_name, '')
                      ELSE '' END = counted.lot_name
             AND COALESCE(side.pack_id, 0) = COALESCE(counted.package_id, 0)
             AND COALESCE(side.owner_id, 0) = COALESCE(counted.owner_id, 0))
            """
        )

    @api.model
    def _is_around(self):
        """SQL condition: the document could have meant the line's place.

        What was taken from a place was not put there. A document that was made long
        after the count has nothing to do with it, and the rest that a transfer left
        for another one was a part of that, which is asked about by line.
        """
        return SQL(
            """
            (side.since IS NULL OR side.since <= counted.counted_at)
            AND (side.opened_at IS NULL OR side.opened_at <= counted.counted_at
                 + CASE WHEN side.backorder_of IS NULL THEN %s
                        ELSE interval '0' END)
            AND (keyed.own OR side.other_id = side.place_id
                 OR side.other_id IS DISTINCT FROM counted.location_id)
            AND (place.id = counted.location_id
                 OR place.location_id = counted.parent_id
                 OR place.parent_path LIKE counted.parent_path || '%%'
                 OR (counted.parent_path LIKE place.parent_path || '%%'
                     AND place.usage <> 'view'))
            """,
            HOLD_WINDOW,
        )
