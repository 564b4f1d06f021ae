from odoo import api, fields, models

from ...const import LEAD
from ...domain.documents import HAPPENED, NOT_YET, explained_by_all
from ...rights import check_lead
from ..shared.quantities import quantity_digits
from .words import signed


class StockCountDocument(models.Model):
    """What people are shown of documents, asked or answered."""

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
            document.explained_text = ", ".join(
                f"{signed(self.env, qty)} {line.display_name}"
                for line, qty in document.sudo()._sum_explained().items()
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

    # === BUSINESS METHODS - OPEN === #

    @api.model
    def _describe_all(self, session):
        """See ``get_documents`` of stock.count.session."""
        answered = self.search([("session_id", "=", session.id)])
        asked = self._find_open(session)
        known = {document._key() for document in answered}
        records = self._browse_keys(known | asked.keys())
        self._read_together(asked.values())
        return {
            "open": [
                self._describe_open(records[key], sources, key in known)
                for key, sources in asked.items()
            ],
            "answered": [
                document._describe_answer(records.get(document._key()))
                for document in answered
            ],
        }

    @api.model
    def _find_open(self, session):
        """The documents that nobody has answered and that could explain a variance.

        :return: dict (model, id) → list of Source, on all lines to be answered
        """
        lines = self._find_asked_lines(session)
        variances = {line.id: line.variance_qty for line in lines}
        return {
            key: sources
            for key, sources in self._by_document(self._read_asked(lines)).items()
            if any(self._could_explain(source, variances) for source in sources)
        }

    @api.model
    def _name_open(self, lines):
        """The documents that counted lines wait for, by line id: lists of names."""
        asked = self._read_asked(lines)
        variances = {line.id: line.variance_qty for line in lines}
        records = self._browse_keys(self._by_document(asked))
        result = {}
        for line_id, sources in asked.items():
            names = (
                records[source.document].display_name
                for source in sources
                if self._could_explain(source, variances)
            )
            result[line_id] = list(dict.fromkeys(names))
        return result

    @api.model
    def _read_asked(self, lines):
        """The claims on counted lines that nobody has answered.

        :return: dict line id → list of Source
        """
        answered = self._find_answered(lines)
        return {
            line_id: [s for s in of_line if not answered._settle(s)]
            for line_id, of_line in self.env["stock.count.claims"]
            ._read(lines.ids)
            .items()
        }

    @api.model
    def _could_explain(self, source, variances):
        return source.claim.effect() * variances[source.claim.line] > 0

    @api.model
    def _browse_keys(self, keys):
        """The records of (model, id) pairs by these, as far as they are there."""
        by_model = {}
        for model, res_id in keys:
            by_model.setdefault(model, []).append(res_id)
        return {
            (model, record.id): record
            for model, ids in by_model.items()
            for record in self.env[model].browse(ids).exists()
        }

    @api.model
    def _read_together(self, of_documents):
        """Read what describing asks for at once, not document by document.

        :param of_documents: lists of Source
        """
        sources = [source for sources in of_documents for source in sources]
        lines = {source.claim.line for source in sources}
        places = {source.place_id for source in sources}
        lines = self.env["stock.count.line"].browse(lines)
        lines.mapped("display_name")
        lines.product_uom_id.mapped("name")
        self.env["stock.location"].browse(places).mapped("display_name")

    @api.model
    def _describe_open(self, record, sources, changed):
        claims = [source.claim for source in sources]
        by_line = self._by_line(sources)
        lines = self.env["stock.count.line"].browse(by_line)
        variances = {line.id: line.variance_qty for line in lines}
        remaining = {
            answer: self._remaining(claims, variances, answer)
            for answer in (HAPPENED, NOT_YET)
        }
        return {
            **self._describe_record(record),
            "kind": self._kind(record._name, sources),
            "changed": changed,
            "may_correct": self._may_correct(record),
            "lines": [
                self._describe_line(line, by_line[line.id], remaining) for line in lines
            ],
        }

    @api.model
    def _may_correct(self, record):
        """Whether who asks may put the document right, see ``_fit``."""
        transfers = self.env["stock.picking"].sudo(False)
        return record._name == transfers._name and transfers.has_access("write")

    @api.model
    def _remaining(self, claims, variances, answer):
        """What is left of each line's variance after an answer, by line id."""
        digits = quantity_digits(self.env)
        left = {claim.line: variances[claim.line] for claim in claims}
        shares = explained_by_all(claims, left, answer)
        for (line_id, _movement), qty in shares.items():
            left[line_id] -= qty
        return {line_id: round(qty, digits) + 0.0 for line_id, qty in left.items()}

    @api.model
    def _by_line(self, sources):
        result = {}
        for source in sources:
            result.setdefault(source.claim.line, []).append(source)
        return result

    @api.model
    def _describe_line(self, line, sources, remaining):
        claims = [source.claim for source in sources]
        expected = sum(claim.qty for claim in claims if claim.own and claim.assumed)
        return {
            "line_id": line.id,
            "product": line.product_id.display_name,
            "place": line.location_id.display_name,
            "lot": line.lot_display or "",
            "uom": line.product_uom_id.name,
            "found": line.found_qty,
            "variance": line.variance_qty,
            "qty": self._sum_meant(claims, line.variance_qty),
            "expected": expected,
            "elsewhere": self._describe_elsewhere(sources),
            **{answer: left[line.id] for answer, left in remaining.items()},
        }

    @api.model
    def _sum_meant(self, claims, variance):
        """What a document moves on a line: what it books there, or else what would
        explain the variance. The two ends of a transfer are not added up."""
        meant = (
            [claim for claim in claims if claim.own]
            or [claim for claim in claims if claim.effect() * variance > 0]
            or claims
        )
        return sum(claim.qty for claim in meant)

    @api.model
    def _describe_elsewhere(self, sources):
        """Where the document has it, unless that is the line's own key."""
        if any(source.claim.own for source in sources):
            return ""
        place = self.env["stock.location"].browse(sources[0].place_id)
        return " · ".join(filter(None, (place.display_name, sources[0].lot)))

    @api.model
    def _describe_record(self, record):
        """Name, partner and date of a document, whatever it is."""
        fields_ = record._fields
        partner = record.partner_id if "partner_id" in fields_ else None
        dates = ("scheduled_date", "date_start", "start_at", "schedule_date", "date")
        date = next((record[name] for name in dates if name in fields_), False)
        return {
            "key": f"{record._name},{record.id}",
            "name": record.display_name,
            "partner": partner.display_name if partner else "",
            "date": date,
        }

    @api.model
    def _kind(self, model, sources):
        """What kind of document it is, for its icon and its question."""
        if model == "pos.session":
            return "sold"
        if model == "mrp.production":
            return "made"
        ways = {source.claim.qty > 0 for source in sources}
        return "inside" if len(ways) > 1 else "in" if True in ways else "out"

    # === BUSINESS METHODS - ANSWERED === #

    def _describe_answer(self, record):
        """An answer that was given, with what it explains.

        :param record: the document, None if it is gone
        """
        labels = dict(self._fields["answer"]._description_selection(self.env))
        return {
            "id": self.id,
            "key": "{},{}".format(*self._key()),
            "name": self.name,
            "partner": self._describe_record(record)["partner"] if record else "",
            "answer": self.answer,
            "label": labels[self.answer],
            "who": self.answered_by_id.name,
            "at": self.answered_at,
            "by_rule": self.by_rule,
            "lines": [
                {
                    "line_id": line.id,
                    "name": line.display_name,
                    "uom": line.product_uom_id.name,
                    "explained": qty,
                    "variance": line.variance_qty,
                }
                for line, qty in self._sum_explained().items()
            ],
        }

    def _key(self):
        """(model, id) of the document."""
        return self.res_model, self.res_id

    def _sum_explained(self):
        """How much of each line the answer explains: dict line → quantity."""
        explained = self.line_ids.filtered("explained_qty")
        return {
            line: sum(of_line.mapped("explained_qty"))
            for line, of_line in explained.grouped("line_id").items()
        }
