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
        by_key = {document._key(): document for document in answered}
        return {
            "open": [
                self._describe_open(key, sources, variances, by_key.get(key, self))
                for key, sources in asked.items()
            ],
            "answered": [document._describe_answer() for document in answered],
        }

    @api.model
    def _could_explain(self, sources, variances):
        return any(
            source.claim.may_explain(variances[source.claim.line]) for source in sources
        )

    @api.model
    def _describe_open(self, key, sources, variances, before):
        """
        :param before: what was said of the document before, if anything
        """
        model, res_id = key
        remaining = {
            answer: before._read_remaining(sources, variances, answer)
            for answer in (HAPPENED, NOT_YET)
        }
        return {
            **self._describe_record(self.env[model].browse(res_id)),
            "key": f"{model},{res_id}",
            "kind": self._kind(model, sources),
            "changed": bool(before)
            and not self._is_unchanged(before._read_moved(), sources),
            "may_correct": self._may_correct(model),
            "lines": [
                self._describe_line(line_id, of_line, variances, remaining)
                for line_id, of_line in self._by_line(sources).items()
            ],
        }

    def _read_remaining(self, sources, variances, answer):
        """What is left of each line's variance after an answer, by line id.

        An answer comes in place of these, which were given before.
        """
        digits = quantity_digits(self.env)
        claims = [source.claim for source in sources]
        left = {claim.line: variances[claim.line] for claim in claims}
        for part in self.line_ids:
            if part.line_id.id in left:
                left[part.line_id.id] += part.explained_qty
        shares = explained_by_all(claims, left, answer, self._read_left_now(claims))
        for (line_id, _movement), qty in shares.items():
            left[line_id] -= qty
        return {line_id: round(qty, digits) + 0.0 for line_id, qty in left.items()}

    def _read_left_now(self, claims):
        """See ``_read_left``; all of it where nothing was said before."""
        if not self:
            return None
        record = self.env[self.res_model].browse(self.res_id)
        movements = self.env["stock.count.claims"]._read_movements(record)
        return self._read_left(claims, movements)

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
            "key": "{},{}".format(*self._key()),
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
