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
)
from ..shared.keys import sql_rows


class StockCountDocument(models.Model):
    """What a person said of an open document, once for a whole count: that its goods
    had moved when they were counted, that they had not, or which part of them had."""

    _name = "stock.count.document"
    _description = "Answer about an Open Document"
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
        :return: dict line id → list of Claim; set of the ids of the move lines of
            documents that are answered
        """
        sources = self.env["stock.count.claims"]._read(line_ids)
        lines = self.env["stock.count.line"].browse(line_ids)
        documents = self._find_answered(lines)
        claims, settled = {}, documents._move_line_ids()
        for line_id, of_line in sources.items():
            asked = [source for source in of_line if not documents._settle(source)]
            claims[line_id] = [source.claim for source in asked]
            settled |= {s.ml_id for s in of_line} - {s.ml_id for s in asked}
        return claims, settled

    @api.model
    def _find_answered(self, lines):
        """The answers of the counts of these lines; few counts have any."""
        if not lines:
            return self.browse()
        sessions = lines.session_id
        return self.sudo().search([("session_id", "in", sessions.ids)])

    def _settle(self, source):
        """Whether one of these answers speaks for a claim, as the document is now.

        An answer for all of a document that had happened speaks for lines that are
        counted later, too; the others for the lines that were counted by then. What
        a backorder brings is a part of what was asked about.
        """
        session = self.env["stock.count.line"].browse(source.claim.line).session_id
        for document in self.filtered(lambda d: d.session_id == session):
            key = (document.res_model, document.res_id)
            if source.document != key:
                if source.backorder_of == key:
                    return True
                continue
            if document._has_changed(source):
                return False
            known = {(x.line_id.id, x.movement) for x in document.line_ids}
            claimed = (source.claim.line, source.claim.movement)
            return document.answer == HAPPENED or claimed in known
        return False

    def _has_changed(self, source):
        """Whether the document moves something else now than when it was asked."""
        if self.res_model == "pos.session":
            # Whatever is sold later has its own time, which a claim respects.
            return False
        return (self.movements or {}).get(source.key) != source.total

    def _move_line_ids(self):
        """The move lines of these documents, done ones included.

        :rtype: set of int
        """
        keys = [key for document in self for key in document.movements or ()]
        moves = {int(key[1:].split(":")[0]) for key in keys if key[1:2].isdigit()}
        if not moves:
            return set()
        lines = self.env["stock.move.line"].sudo()
        return set(lines.search([("move_id", "in", list(moves))]).ids)

    @api.model
    def _apply(self, session, lines):
        """Let the answers of a count explain lines that were counted after them.

        Only answers that speak for a later count, too: what had not happened when it
        was asked may have happened since, and of a part a person knows what is left.

        :param lines: counted lines of the session that nobody has answered by line
        """
        documents = self.sudo().search([("session_id", "=", session.id)])
        if not documents:
            return
        lines = lines.filtered(lambda line: line.is_counted and not line.hold_answer)
        documents.line_ids.filtered(lambda x: x.line_id in lines).unlink()
        by_key = {(d.res_model, d.res_id): d for d in documents}
        sources = self.env["stock.count.claims"]._read(lines.ids)
        for key, claims in self._by_document(sources).items():
            document = by_key.get(key)
            if document and document.answer == HAPPENED:
                document._explain(claims)
        self._sum_up(lines.ids)

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
                "|",
                ("variance_qty", "!=", 0),
                ("explained_qty", "!=", 0),
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
        """Keep an answer, in place of the one before.

        :param key: (model, id) of the document
        """
        model, res_id = key
        before = self.search(
            [
                ("session_id", "=", session.id),
                ("res_model", "=", model),
                ("res_id", "=", res_id),
            ]
        )
        before.unlink()
        record = self.env[model].browse(res_id)
        return self.create(
            {
                "session_id": session.id,
                "res_model": model,
                "res_id": res_id,
                "name": record.display_name,
                "answer": answer,
                "answered_at": self.env.cr.now(),
                "answered_by_id": self.env.uid,
                "by_rule": by_rule,
                "movements": self.env["stock.count.claims"]._read_movements(record),
            }
        )

    def _explain(self, sources, quantities=None):
        """Keep what this document explains on lines.

        :param sources: its claims on lines of which it explains nothing yet
        :param dict quantities: line id → how much had happened, in the product's unit;
            None where the answer is for all of it
        """
        self.ensure_one()
        claims = [source.claim for source in sources]
        variances = self._read_unexplained({claim.line for claim in claims})
        if quantities is None:
            shares = explained_by_all(claims, variances, self.answer)
        else:
            shares = explained_by_parts(claims, variances, quantities)
        self._keep(claims, shares)

    def _keep(self, claims, shares):
        """Keep what the document explains.

        :param dict shares: (line, movement) → quantity, in product units
        """
        quantities = {(claim.line, claim.movement): claim.qty for claim in claims}
        self.env["stock.count.document.line"].sudo().create(
            [
                {
                    "document_id": self.id,
                    "line_id": line_id,
                    "movement": movement,
                    "qty": quantities[line_id, movement],
                    "explained_qty": qty,
                }
                for (line_id, movement), qty in shares.items()
            ]
        )

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
            SQL("CASE WHEN line.state = 'held' THEN 'counted' ELSE line.state END"),
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
