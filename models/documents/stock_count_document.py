from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...const import UNPOSTED_COUNT_STATES
from ...domain.documents import (
    HAPPENED,
    NOT_YET,
    PARTLY,
    explained_by_all,
    explained_by_parts,
    explained_later,
    speaks_for_later,
)
from ..shared.keys import sql_rows


def _way(movement):
    """Which move a movement is a part of, and in which direction.

    >>> _way("-7:12:L1:")
    '-7'
    """
    return movement.partition(":")[0]


class StockCountDocument(models.Model):
    """What a person said of an open document, once for a whole count: that its goods
    had moved when they were counted, that they had not, or which part of them had."""

    _name = "stock.count.document"
    _description = "Answer about an Open Document"
    _inherit = ["stock.count.one.record", "stock.count.unlinking"]
    _order = "answered_at desc, id desc"
    _log_access = False

    session_id = fields.Many2one(
        string="Cycle Count",
        comodel_name="stock.count.session",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="session_id.company_id")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    name = fields.Char(required=True, readonly=True)
    answer = fields.Selection(
        selection=[
            (HAPPENED, "All of it had happened"),
            (NOT_YET, "Nothing had happened yet"),
            (PARTLY, "A part had happened"),
        ],
        required=True,
        readonly=True,
    )
    answered_at = fields.Datetime(required=True, readonly=True)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="restrict"
    )
    by_rule = fields.Boolean(
        string="By Operation Type",
        readonly=True,
        help="Nobody was asked: the operation type says it.",
    )
    for_later = fields.Boolean(
        string="For Later Counts",
        readonly=True,
        help="Nothing was taken back or counted again since that keeps it from speaking"
        " for lines that are counted after it.",
    )
    movements = fields.Json(
        readonly=True, help="What the document moved when it was asked."
    )
    line_ids = fields.One2many(
        string="Explained Lines",
        comodel_name="stock.count.document.line",
        inverse_name="document_id",
    )

    _asked_once = models.UniqueIndex(
        "(session_id, res_model, res_id)", "This document has an answer in this count."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        if not self.env.su:
            raise AccessError(
                self.env._("Answers about documents are given on the count sheet.")
            )

    # === BUSINESS METHODS === #

    @api.model
    def _read_open_claims(self, line_ids):
        """The claims that nobody has answered yet, and what answers settle.

        :param line_ids: of counted lines with a variance
        :return: dict line id → list of Claim; dict line id → set of the ids of the move
            lines of documents that were answered for the line, negative for traces
        """
        answered = self._find_answered(self.env["stock.count.line"].browse(line_ids))
        sources = self.env["stock.count.claims"]._read(line_ids)
        claims = {
            line_id: [source.claim for source in of_line]
            for line_id, of_line in answered._leave_out_settled(sources).items()
        }
        return claims, answered._read_settled_moves()

    @api.model
    def _read_asked(self, lines):
        """The claims on counted lines that nobody has answered, by line id.

        :return: dict line id → list of Source
        """
        sources = self.env["stock.count.claims"]._read(lines.ids)
        return self._find_answered(lines)._leave_out_settled(sources)

    def _leave_out_settled(self, sources):
        """The claims that none of these answers speaks for.

        :param dict sources: line id → list of Source
        """
        if not self:
            return sources
        answered = self._index()
        return {
            line_id: [
                source
                for of_document in self._by_document({line_id: of_line}).values()
                if not self._is_settled(answered, of_document)
                for source in of_document
            ]
            for line_id, of_line in sources.items()
        }

    @api.model
    def _find_answered(self, lines):
        """The answers of the counts of these lines; few counts have any."""
        if not lines:
            return self.browse()
        sessions = lines.session_id
        return self.sudo().search([("session_id", "in", sessions.ids)])

    def _index(self):
        """What these answers say of which lines.

        :return: dict (session id, document) → what the document moved, and the
            movements that the answer speaks for by line id
        """
        result = {}
        for document in self:
            by_line = defaultdict(set)
            for part in document.line_ids:
                by_line[part.line_id.id].add(part.movement)
            key = (document.session_id.id, document._key())
            result[key] = (document._read_moved(), by_line)
        return result

    @api.model
    def _is_settled(self, answered, sources):
        """Whether an answer speaks for all claims of one document on one line, as the
        document is now.

        :param dict answered: see ``_index``
        """
        [line_id] = {source.claim.line for source in sources}
        session = self.env["stock.count.line"].browse(line_id).session_id
        movements, by_line = answered.get((session.id, sources[0].document), ({}, {}))
        if line_id in by_line:
            return self._is_unchanged(movements, sources) and all(
                source.claim.movement in by_line[line_id] for source in sources
            )
        # What a backorder brings was a part of what was asked about.
        return any(
            line_id in answered[session.id, key][1]
            for key in self._find_origins(sources[0])
            if (session.id, key) in answered
        )

    @api.model
    def _is_unchanged(self, movements, sources):
        """Whether the document moves what it moved when it was asked.

        :param dict movements: of the document then
        """
        return all(
            # Whatever is sold later has its own time, which a claim respects.
            source.document[0] == "pos.session"
            or movements.get(source.claim.movement, 0) == source.claim.qty
            for source in sources
        )

    @api.model
    def _find_origins(self, source):
        """The transfers that a document is the rest of, the last one first."""
        key, transfers = source.backorder_of, self.env["stock.picking"].sudo()
        while key:
            yield key
            origin = transfers.browse(key[1]).backorder_id
            key = origin and (origin._name, origin.id)

    def _key(self):
        """(model, id) of the document."""
        return self.res_model, self.res_id

    def _read_moved(self):
        """What the document moved when it was asked; Odoo reads no movements, those of
        a till, as False."""
        return self.movements or {}

    def _read_settled_moves(self):
        """The move lines that these answers speak for, with those that are done or were
        changed since, and those of backorders.

        :return: dict line id → set of ids, negative for traces
        """
        move_ids = {document: document._find_move_ids() for document in self}
        by_move = self._read_move_lines(set().union(*move_ids.values()))
        result = defaultdict(set)
        for document, ids in move_ids.items():
            found = set().union(*(by_move[move_id] for move_id in ids))
            for line_id in document.line_ids.line_id.ids:
                result[line_id] |= found
        return result

    def _find_move_ids(self):
        """The ids of the moves of this document, and of its backorders."""
        heads = (key[1:].split(":")[0] for key in self._read_moved())
        ids = {int(head) for head in heads if head.isdigit()}
        if self.res_model == "stock.picking":
            rest = self.env[self.res_model].sudo().browse(self.res_id).backorder_ids
            while rest:
                ids |= set(rest.move_ids.ids)
                rest = rest.backorder_ids
        return ids

    def _read_move_lines(self, move_ids):
        """The move lines of moves, and what they were before.

        :return: dict move id → set of ids, negative for traces
        """
        result = defaultdict(set)
        if not move_ids:
            return result
        self.env["stock.move.line"].flush_model(["move_id"])
        # Traces are found by product, for which they have an index.
        self.env.cr.execute(
            SQL(
                """
                SELECT move_id, id FROM stock_move_line WHERE move_id = ANY(%(moves)s)
                 UNION ALL
                SELECT move_id, -id FROM stock_count_trace
                 WHERE move_id = ANY(%(moves)s) AND product_id = ANY(%(products)s)
                """,
                moves=list(move_ids),
                products=self.line_ids.line_id.product_id.ids,
            )
        )
        for move_id, found in self.env.cr.fetchall():
            result[move_id].add(found)
        return result

    @api.model
    def _apply(self, session, lines):
        """Let the answers of a count explain lines that were counted after them.

        Only answers that speak for a later count, too: what had not happened when it
        was asked may have happened since, and of a part a person knows what is left.

        :param lines: lines of the session that were counted just now
        """
        documents = self.sudo().search([("session_id", "=", session.id)])
        if not documents:
            return
        documents._forget(lines)
        lines = lines.filtered("is_counted")
        by_key = {document._key(): document for document in documents}
        for of_line in self.env["stock.count.claims"]._read(lines.ids).values():
            for key, sources in self._by_document({0: of_line}).items():
                if key in by_key:
                    by_key[key]._explain_later(sources)
        self._sum_up(lines.ids)

    def _explain_later(self, sources):
        """Keep what this document explains on a line that was counted after it was
        answered, if the answer speaks for that, and if the line differs at all."""
        claims = [source.claim for source in sources]
        line = self.env["stock.count.line"].browse(claims[0].line)
        is_later = speaks_for_later(self.answer, self.answered_at, line.counted_at)
        if not (self.for_later and is_later):
            return
        moved = self._read_moved()
        if self._is_unchanged(moved, sources) and any(
            self._read_unexplained(line.ids).values()
        ):
            shares = explained_later(claims, self._read_left(claims, moved))
            self._keep(claims, shares or {})

    @api.model
    def _find_asked_lines(self, session):
        """The lines whose variance documents could explain: counted, not posted, and
        not answered line by line."""
        return self.env["stock.count.line"].search(
            [
                ("session_id", "=", session.id),
                ("is_counted", "=", True),
                ("state", "in", UNPOSTED_COUNT_STATES),
                ("hold_answer", "=", False),
                ("variance_qty", "!=", 0),
            ]
        )

    @api.model
    def _by_document(self, sources):
        """The claims on lines by document, the line's own key first.

        :param dict sources: line id → list of Source
        :return: dict (model, id) → list of Source
        """
        result = {}
        for of_line in sources.values():
            for source in of_line:
                result.setdefault(source.document, []).append(source)
        for claims in result.values():
            claims.sort(key=lambda source: not source.claim.own)
        return result

    @api.model
    def _answer(self, session, key, answer, by_rule=False):
        """Keep an answer. What was said before of other lines stays, because it was
        said of when they were counted.

        :param key: (model, id) of the document
        """
        model, res_id = key
        record = self.env[model].browse(res_id)
        values = {
            "name": record.display_name,
            "answer": answer,
            "for_later": True,
            "answered_at": self.env.cr.now(),
            "answered_by_id": self.env.uid,
            "by_rule": by_rule,
            "movements": self.env["stock.count.claims"]._read_movements(record),
        }
        before = self._find(session, key)
        if before:
            before.write(values)
            return before
        return self.create(
            {"session_id": session.id, "res_model": model, "res_id": res_id, **values}
        )

    @api.model
    def _find(self, session, key):
        """What was said of a document in a count.

        :param key: (model, id) of the document
        """
        model, res_id = key
        return self.search(
            [
                ("session_id", "=", session.id),
                ("res_model", "=", model),
                ("res_id", "=", res_id),
            ]
        )

    def _explain(self, sources, quantities=None):
        """Keep what this document explains on lines, in place of what it explained.

        :param sources: its claims on lines
        :param dict quantities: line id → how much had happened, in the product's unit;
            None where the answer is for all of it
        """
        self.ensure_one()
        claims = [source.claim for source in sources]
        line_ids = {claim.line for claim in claims}
        self.line_ids.filtered(lambda x: x.line_id.id in line_ids).unlink()
        variances = self._read_unexplained(line_ids)
        if quantities is None:
            left = self._read_left(claims, self._read_moved())
            shares = explained_by_all(claims, variances, self.answer, left)
        else:
            shares = explained_by_parts(claims, variances, quantities)
        self._keep(claims, shares)

    def _read_left(self, claims, movements):
        """What is not known to have happened on other lines.

        :param claims: of this document on lines
        :param dict movements: what all of the document moves now
        :return: dict movement → quantity
        """
        line_ids = {claim.line for claim in claims}
        moves, known = defaultdict(float), defaultdict(float)
        for movement, qty in movements.items():
            moves[_way(movement)] += qty
        for part in self.line_ids:
            if part.line_id.id not in line_ids:
                known[_way(part.movement)] += part.happened_qty
        left = {}
        for claim in claims:
            way = _way(claim.movement)
            # What a till sells is no part of more.
            left[claim.movement] = claim.part_of(moves.get(way, claim.qty) - known[way])
        return left

    def _keep(self, claims, shares):
        """Keep what the document explains.

        :param dict shares: (line, movement) → quantity, in product units
        """
        by_key = {(claim.line, claim.movement): claim for claim in claims}
        self.env["stock.count.document.line"].sudo().create(
            [
                {
                    "document_id": self.id,
                    "line_id": line_id,
                    "movement": movement,
                    "qty": by_key[line_id, movement].qty,
                    "explained_qty": qty,
                    "happened_qty": qty + by_key[line_id, movement].assumed,
                }
                for (line_id, movement), qty in shares.items()
            ]
        )

    def _take_back(self, lines):
        """Forget what was said of lines; what was said of others stays, and speaks for
        them alone."""
        self._forget(lines)
        if self.line_ids:
            self.for_later = False
        else:
            self.unlink()

    def _forget(self, lines):
        """Forget what was said of lines, because they are counted again.

        With that, nobody knows any more that goods were taken from another place than
        the document says; so the answer does not speak for that place.
        """
        parts = self.line_ids.filtered(lambda x: x.line_id in lines)
        elsewhere = parts.filtered(lambda x: x.happened_qty and not x._is_own())
        elsewhere.document_id.for_later = False
        parts.unlink()

    @api.model
    def _read_unexplained(self, line_ids):
        """What of the variance of lines no document explains yet, by line id."""
        self.env["stock.count.line"].flush_model()
        self.env["stock.count.document.line"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT line.id, line.found_qty - line.book_qty - line.picked_qty
                       - line.corrected_qty - COALESCE((
                           SELECT sum(explained_qty) FROM stock_count_document_line
                            WHERE line_id = line.id), 0)
                  FROM stock_count_line line WHERE line.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return {line_id: float(qty) for line_id, qty in self.env.cr.fetchall()}

    @api.model
    def _sum_up(self, line_ids):
        """Write on lines what all documents explain of them; a line that was answered
        for itself keeps its own answer."""
        self.env["stock.count.document.line"].flush_model()
        Line = self.env["stock.count.line"]
        rows = [{"id": line_id} for line_id in line_ids]
        Line.sudo()._update_states(
            sql_rows(rows, "id int"),
            SQL("line.state"),
            SQL(
                """
                explained_qty = COALESCE((
                    SELECT sum(explained_qty) FROM stock_count_document_line
                     WHERE line_id = line.id), 0)
                """
            ),
            where=SQL("line.hold_answer IS NULL"),
        )


class StockCountDocumentLine(models.Model):
    """What one movement of a document explains of one counted line."""

    _name = "stock.count.document.line"
    _description = "Line Explained by a Document"
    _rec_name = "document_id"
    _log_access = False

    document_id = fields.Many2one(
        comodel_name="stock.count.document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="document_id.session_id.company_id")
    line_id = fields.Many2one(
        comodel_name="stock.count.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    movement = fields.Char(required=True, readonly=True)
    qty = fields.Float(
        string="Moves",
        digits="Product Unit",
        readonly=True,
        help="What it does to the stock of its place, in the product's unit.",
    )
    explained_qty = fields.Float(
        string="Explains",
        digits="Product Unit",
        readonly=True,
        help="How much of the variance is the document's, in the product's unit.",
    )
    happened_qty = fields.Float(
        string="Happened",
        digits="Product Unit",
        readonly=True,
        help="How much of it had happened when the line was counted, in the product's"
        " unit: what it explains, and what was expected.",
    )

    # === BUSINESS METHODS === #

    def _is_own(self):
        """Whether it took place where the document has it."""
        self.ensure_one()
        line = self.line_id
        lot = line.lot_id.id or line.lot_name or ""
        key = f"{line.location_id.id}:{lot}:{line.package_id.id or ''}"
        return self.movement.partition(":")[2] == key
