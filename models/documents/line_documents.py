from odoo import api, fields, models

from ...const import LEAD
from ...domain.documents import NOT_YET
from .signed_quantity import signed


class StockCountLine(models.Model):
    """What documents have to do with a line: those that it waits for, and those that
    people have answered (P21)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.line"

    hold_text = fields.Char(
        compute="_compute_hold",
        groups=LEAD,
        help="What a person has to confirm before the line is posted.",
    )
    hold_is_exact = fields.Boolean(
        compute="_compute_hold",
        groups=LEAD,
        help="The transfers would explain all of the variance.",
    )
    document_text = fields.Char(
        string="Documents",
        compute="_compute_document_text",
        groups=LEAD,
        help="What the answered documents explain of the line, and what remains.",
    )

    # === COMPUTE METHODS === #

    @api.depends("hold_move_line_ids", "state", "variance_qty")
    def _compute_hold(self):
        gone = self.env._("a transfer that was changed or cancelled since")
        lines = self.sudo()
        exact = {line.id: line._name_transfers() for line in lines}
        held = lines.filtered(lambda line: line.state == "held" and not exact[line.id])
        waiting = self.env["stock.count.document"].sudo()._name_open(held._origin)
        for line in self:
            names = exact[line.id] or waiting.get(line._origin.id)
            line.hold_is_exact = bool(exact[line.id])
            line.hold_text = ", ".join(names or ()) or (line.state == "held" and gone)

    @api.depends("explained_qty", "variance_qty", "is_counted", "state")
    def _compute_document_text(self):
        # In sudo mode because which documents are read follows from the lines.
        explained = self.env["stock.count.document.line"].sudo()
        counted = self.filtered("is_counted")._origin
        explained = explained.search([("line_id", "in", counted.ids)])
        by_line = explained.grouped("line_id")
        for line in self:
            parts = by_line.get(line._origin.sudo(), explained.browse())
            line.document_text = line._describe_documents(parts)

    # === BUSINESS METHODS === #

    def _name_transfers(self):
        """The transfers that would explain all of the variance, each once."""
        names = self.hold_move_line_ids.mapped(
            lambda ml: ml.picking_id.name or ml.reference or ml.move_id.display_name
        )
        return list(dict.fromkeys(names))

    def _describe_documents(self, parts):
        """For example "−3 WH/OUT/00012, −1 lost".

        :param parts: what the movements of documents explain of this line
        """
        texts = [
            of_document._describe_share(document)
            for document, of_document in parts.grouped("document_id").items()
        ]
        texts = [text for text in texts if text]
        if texts and self.state != "held":
            texts.append(self._describe_rest())
        return ", ".join(filter(None, texts)) or False

    def _describe_rest(self):
        """What no document explains of the variance."""
        rest = signed(self.env, self.variance_qty)
        if self.variance_qty < 0:
            return self.env._("%s lost", rest)
        return self.env._("%s found", rest) if self.variance_qty else ""


class StockCountDocumentLine(models.Model):
    """How one document's share of a line is written."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.document.line"

    # === BUSINESS METHODS === #

    def _describe_share(self, document):
        """What a document explains of one line; nothing where it explains none of it
        and should."""
        qty = sum(self.mapped("explained_qty"))
        if qty:
            return f"{signed(self.env, qty)} {document.name}"
        if document.answer == NOT_YET:
            return self.env._("%s: not yet", document.name)
        return ""
