from odoo import api, models
from odoo.fields import Domain

from ...domain.codes import MAX_LENGTH, read_code
from ...domain.codes.meaning import Answer
from ...domain.codes.resolve import codes_of, resolve
from .records import CodeRecords


class StockCountCodes(models.AbstractModel):
    """What codes mean among the records of a company.

    Whoever calls it has checked the user's rights: it runs in sudo mode, because
    counters read neither products nor stock, and returns ids and never quantities.
    """

    _name = "stock.count.codes"
    _description = "Resolver of Codes"

    # === BUSINESS METHODS === #

    @api.model
    def _resolve_codes(self, company, texts, *, products=None, find_locations=None):
        """What codes mean, at a number of queries that does not grow with them.

        :param texts: of any type, as clients sent them
        :param Domain products: the products that may be meant, of this company or none
        :param find_locations: finds the locations of a domain that may be meant; by
            default those of this company or of none
        :return: dict of each text to its ``domain.codes.meaning.Answer``
        """
        codes = self.sudo()
        records = CodeRecords(
            codes.env,
            company,
            products=Domain.TRUE if products is None else products,
            find_locations=find_locations,
            measures=codes._read_measures(),
        )
        readings = codes._read_codes(company, texts)
        records.load(
            {c for text, read in readings.items() for c in codes_of(text, *read)}
        )
        answers = codes._answer_all(readings, records)
        # In another case only where nothing has a code exactly: that search is slow.
        lost = {t: readings[t] for t, found in answers.items() if self._is_lost(found)}
        if records.load_in_any_case(self._codes_of(lost)):
            answers.update(codes._answer_all(lost, records))
        return {text: answers.get(text, Answer()) for text in texts}

    @api.model
    def _read_codes(self, company, texts):
        """Dict of each text that can be a code to its reading, and what the company's
        nomenclature makes of it."""
        separator, uses = self._separator(company), self._uses(company)
        codes = {
            text: read_code(text, separator=separator, uses=uses)
            for text in texts
            if isinstance(text, str) and "\0" not in text and len(text) <= MAX_LENGTH
        }
        return {
            text: (reading, self._read_embedded(company, reading.text))
            for text, reading in codes.items()
            if reading.text
        }

    @api.model
    def _codes_of(self, readings):
        return {
            code for text, read in readings.items() for code in codes_of(text, *read)
        }

    @api.model
    def _answer_all(self, readings, records):
        return {
            text: resolve(text, reading, records, embedded=embedded)
            for text, (reading, embedded) in readings.items()
        }

    @api.model
    def _is_lost(self, answer):
        """Whether another case of a code might be known: it means nothing, or a new
        lot."""
        return not answer.meanings or any(m.lot_name for m in answer.meanings)
