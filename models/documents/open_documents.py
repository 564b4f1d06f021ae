from odoo import api, fields, models

from ...const import LEAD
from ...rights import check_lead
from .signed_quantity import signed


class StockCountDocument(models.Model):
    """Which documents wait for an answer, and how those that have one are listed."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.document"

    explained_text = fields.Char(
        string="Explains",
        compute="_compute_explained_text",
        groups=LEAD,
        help="The lines that the answer explains, and how much of each.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.explained_qty")
    def _compute_explained_text(self):
        for document in self:
            explained = document.sudo().line_ids.filtered("explained_qty")
            document.explained_text = ", ".join(
                f"{signed(self.env, sum(parts.mapped('explained_qty')))}"
                f" {line.display_name}"
                for line, parts in explained.grouped("line_id").items()
            )

    # === ACTION METHODS === #

    def action_open_document(self):
        """Open the transfer, order or till that was answered.

        :raise AccessError: for everybody but counting leads
        """
        self.ensure_one()
        check_lead(self, "read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find_open(self, lines):
        """The documents that nobody has answered and that could explain a variance.

        :param lines: those to be answered of one count
        :return: dict (model, id) → list of Source, on all of these lines
        """
        variances = {line.id: line.variance_qty for line in lines}
        return {
            key: sources
            for key, sources in self._by_document(self._read_asked(lines)).items()
            if self._could_explain(sources, variances)
        }

    @api.model
    def _name_open(self, lines):
        """The documents that counted lines wait for, by line id: lists of names."""
        asked = self._read_asked(lines)
        variances = {line.id: line.variance_qty for line in lines}
        names = self._read_names(self._by_document(asked))
        result = {}
        for line_id, sources in asked.items():
            of_line = (
                names[source.document]
                for source in sources
                if self._could_explain([source], variances)
            )
            result[line_id] = list(dict.fromkeys(of_line))
        return result

    @api.model
    def _read_names(self, keys):
        """The names of documents by (model, id), read together."""
        by_model = {}
        for model, res_id in keys:
            by_model.setdefault(model, []).append(res_id)
        return {
            (model, record.id): record.display_name
            for model, ids in by_model.items()
            for record in self.env[model].browse(ids)
        }

    @api.model
    def _read_together(self, asked):
        """Read what describing asks for at once, not document by document.

        :param dict asked: (model, id) → list of Source
        """
        self._read_names(asked)
        sources = [source for sources in asked.values() for source in sources]
        lines = {source.claim.line for source in sources}
        places = {source.place_id for source in sources}
        lines = self.env["stock.count.line"].browse(lines)
        lines.mapped("display_name")
        lines.product_uom_id.mapped("name")
        self.env["stock.location"].browse(places).mapped("display_name")

    @api.model
    def _may_correct(self, model):
        """Whether who asks may put documents of a model right, see ``_fit``."""
        transfers = self.env["stock.picking"].sudo(False)
        return model == transfers._name and transfers.has_access("write")

    @api.model
    def _sum_meant(self, sources, variances):
        """What a document moves on a line: what it books there, or else what would
        explain the variance. The two ends of a transfer are not added up."""
        meant = (
            [source for source in sources if source.claim.own]
            or [s for s in sources if self._could_explain([s], variances)]
            or sources
        )
        return sum(source.claim.qty for source in meant)
