from odoo import api, models

from ...rights import is_lead

# What a line says of itself in a blind count, where no answer has quantities.
BLIND = ("line_id", "product", "place", "lot", "uom")


class StockCountApp(models.AbstractModel):
    """Open documents, which a lead may answer on the spot (P21)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.app"

    # === ACTION METHODS === #

    @api.model
    def load_documents(self, session_id):
        """The open documents that could explain variances; only leads get any.

        :return: ``documents``, as ``open`` of stock.count.session's ``get_documents``;
            in a blind count without quantities
        :raise AccessError: for a user who may not count this session
        """
        session = self._enter_session(session_id)
        documents = self._read_documents(session)
        if session.blind:
            documents = [self._hide_quantities(document) for document in documents]
        return self._answer(documents=documents)

    @api.model
    def answer_document(self, session_id, key, answer):
        """Keep what a lead says of all of a document. Goods taken elsewhere than the
        transfer says correct it, as the count sheet proposes.

        :param str key: ``model,id``
        :param str answer: ``happened`` or ``not_yet``
        :return: what ``load_documents`` returns now
        :raise AccessError: for everybody but counting leads
        :raise UserError: where the document has nothing to be answered any more
        """
        session = self._enter_session(session_id)
        documents = {
            document["key"]: document for document in session.get_documents()["open"]
        }
        fit = self._is_elsewhere(documents.get(str(key)))
        session.action_answer_documents([{"key": key, "answer": answer, "fit": fit}])
        return self.load_documents(session_id)

    # === BUSINESS METHODS === #

    @api.model
    def _read_documents(self, session):
        return session.get_documents()["open"] if is_lead(session.env) else []

    @api.model
    def _hide_quantities(self, document):
        lines = [{name: line[name] for name in BLIND} for line in document["lines"]]
        return {**document, "lines": lines}

    @api.model
    def _is_elsewhere(self, document):
        """Whether a transfer has goods elsewhere than they were taken or put."""
        return (
            bool(document)
            and document["may_correct"]
            and any(
                line["elsewhere"] and line["happened"] != line["variance"]
                for line in document["lines"]
            )
        )
