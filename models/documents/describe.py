from odoo import api, models

from ...domain.documents import HAPPENED, NOT_YET, explained_by_all
from ..shared.quantities import quantity_digits


class StockCountDocument(models.Model):
    """What the panel of the count sheet shows of documents, asked or answered."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.document"

    # === BUSINESS METHODS === #

    @api.model
    def _describe_all(self, session):
        """See ``get_documents`` of stock.count.session."""
        lines = self._find_asked_lines(session)
        answered = self.search([("session_id", "=", session.id)])
        asked = self._find_open(lines)
        self._read_together(asked)
        variances = {line.id: line.variance_qty for line in lines}
        known = {(d.res_model, d.res_id) for d in answered}
        return {
            "open": [
                self._describe_open(key, of_document, variances, key in known)
                for key, of_document in asked.items()
            ],
            "answered": [document._describe_answer() for document in answered],
        }

    @api.model
    def _could_explain(self, sources, variances):
        return any(
            source.claim.effect() * variances[source.claim.line] > 0
            for source in sources
        )

    @api.model
    def _describe_open(self, key, sources, variances, changed):
        model, res_id = key
        claims = [source.claim for source in sources]
        remaining = {
            answer: self._remaining(claims, variances, answer)
            for answer in (HAPPENED, NOT_YET)
        }
        return {
            **self._describe_record(self.env[model].browse(res_id)),
            "key": f"{model},{res_id}",
            "kind": self._kind(model, sources),
            "changed": changed,
            "may_correct": self._may_correct(model),
            "lines": [
                self._describe_line(line_id, of_line, variances, remaining)
                for line_id, of_line in self._by_line(sources).items()
            ],
        }

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
    def _describe_line(self, line_id, sources, variances, remaining):
        line = self.env["stock.count.line"].browse(line_id)
        place = self.env["stock.location"].browse(sources[0].place_id)
        own = [source.claim for source in sources if source.claim.own]
        elsewhere = " · ".join(filter(None, (place.display_name, sources[0].lot)))
        return {
            "line_id": line_id,
            "product": line.product_id.display_name,
            "place": line.location_id.display_name,
            "lot": line.lot_display or "",
            "uom": line.product_uom_id.name,
            "found": line.found_qty,
            "variance": variances[line_id],
            "qty": self._sum_meant(sources, variances),
            "expected": sum(claim.qty for claim in own if claim.assumed),
            "elsewhere": "" if own else elsewhere,
            **{answer: left[line_id] for answer, left in remaining.items()},
        }

    @api.model
    def _describe_record(self, record):
        """Name, partner and date of a document, whatever it is."""
        fields_ = record._fields
        partner = record.partner_id if "partner_id" in fields_ else None
        dates = ("scheduled_date", "date_start", "start_at", "schedule_date", "date")
        date = next((record[name] for name in dates if name in fields_), False)
        return {
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

    def _describe_answer(self):
        """An answer that was given, with what it explains."""
        labels = dict(self._fields["answer"]._description_selection(self.env))
        record = self.env[self.res_model].browse(self.res_id)
        explained = self.line_ids.filtered("explained_qty")
        return {
            "id": self.id,
            "key": f"{self.res_model},{self.res_id}",
            "name": self.name,
            "partner": self._describe_record(record.exists())["partner"],
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
                    "explained": sum(of_line.mapped("explained_qty")),
                    "variance": line.variance_qty,
                }
                for line, of_line in explained.grouped("line_id").items()
            ],
        }
