from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...const import LEAD, MAX_ITEMS
from ...domain.documents import ANSWERS, HAPPENED, PARTLY
from ...rights import check_lead
from ..shared.hostile_values import check_number, check_texts
from ..shared.signals import send


class StockCountSession(models.Model):
    """What people say of open documents that could explain variances (P21)."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.session"

    document_count = fields.Integer(
        string="Answered Documents", compute="_compute_document_count", groups=LEAD
    )

    # === COMPUTE METHODS === #

    def _compute_document_count(self):
        counts = dict(
            self.env["stock.count.document"]
            .sudo()
            ._read_group([("session_id", "in", self.ids)], ["session_id"], ["__count"])
        )
        for session in self:
            session.document_count = counts.get(session._origin, 0)

    # === ACTION METHODS === #

    def get_documents(self):
        """The documents to ask about, and the answers that were given.

        :return: dict with ``open`` and ``answered``, lists of documents: ``key``
            (``model,id``), ``name``, ``partner``, ``kind`` (``out``, ``in``,
            ``inside``, ``made``, ``sold``), ``date`` (UTC), ``changed`` (asked before,
            but it moves something else now), ``may_correct`` (it is a transfer that the
            user may change), ``lines``. A line has ``line_id``, ``product``, ``place``,
            ``lot``, ``uom``, ``found``, ``variance``, ``qty`` (what the document moves
            here, signed), ``expected`` (the part of it that is taken as happened),
            ``elsewhere`` (where the document has it, if not here), ``happened`` and
            ``not_yet`` (what remains of the variance after either answer). An answered
            document has ``key``, ``name``, ``partner``, ``id``, ``answer``, ``label``,
            ``who``, ``at``, ``by_rule`` and ``lines``, which have ``line_id``,
            ``name``, ``uom``, ``explained`` and ``variance``. Quantities are in the
            product's unit.
        :raise AccessError: for everybody but counting leads
        """
        self.ensure_one()
        check_lead(self, "read")
        Documents = self.env["stock.count.document"].sudo()
        return Documents._describe_all(self.sudo())

    def action_answer_documents(self, answers):
        """Keep what a person says of documents, and judge the lines that they touch.

        :param list answers: objects with ``key`` (``model,id``), ``answer``
            (``happened``, ``not_yet`` or ``partly``) and, for ``partly``,
            ``quantities``: line id → how much of it had happened there when it was
            counted, in the product's unit; ``fit`` corrects the document to that
        :return: what ``get_documents`` returns now
        :raise AccessError: for everybody but counting leads
        :raise UserError: where a document touches no line to be answered any more
        :raise ValidationError: for what is no answer
        """
        self.ensure_one()
        check_lead(self, "write")
        self._refuse_busy()
        self._check_countable()
        # Answers that are given together are about what was shown together.
        lines = self.env["stock.count.document"].sudo()._find_asked_lines(self.sudo())
        for answer in self._read_answers(answers):
            self._answer_document(lines, **answer)
        return self.get_documents()

    def action_withdraw_answer(self, document_id):
        """Take back what was said of a document; its lines are asked about again, but
        for those that are posted.

        :param int document_id: of the answer
        :return: what ``get_documents`` returns now
        :raise AccessError: for everybody but counting leads
        :raise UserError: where all of its lines are posted, or there is no such answer
        """
        self.ensure_one()
        check_lead(self, "write")
        self._refuse_busy()
        self._check_countable()
        document = (
            self.env["stock.count.document"]
            .sudo()
            .search([("session_id", "=", self.id)])
            # Not in the domain: a client may send anything as an id.
            .filtered(lambda document: document.id == document_id)
        )
        if not document:
            raise UserError(self.env._("This answer was taken back already."))
        name, lines = document.name, self._find_unposted(document)
        document._take_back(lines)
        self._judge_again(lines)
        self._log_action(self.env._("%s: the answer was taken back.", name))
        return self.get_documents()

    def action_view_documents(self):
        """Open the answers about documents that this count was given.

        :raise AccessError: for everybody but counting leads
        """
        check_lead(self, "read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock_count.stock_count_document_action"
        )
        action["domain"] = [("session_id", "in", self.ids)]
        return action

    # === BUSINESS METHODS === #

    @api.model
    def _read_answers(self, answers):
        """Answers as a client sent them, checked.

        :return: list of dicts with the arguments of ``_answer_document``
        """
        if not isinstance(answers, list):
            raise ValidationError(self.env._("Answers come as a list."))
        check_number(self.env, answers, MAX_ITEMS)
        check_texts(self.env, answers)
        return [self._read_answer(answer) for answer in answers]

    @api.model
    def _read_answer(self, answer):
        answer = answer if isinstance(answer, dict) else {}
        model, _comma, res_id = str(answer.get("key")).partition(",")
        kind, quantities = answer.get("answer"), answer.get("quantities") or {}
        if kind not in ANSWERS or not res_id.isdecimal():
            raise ValidationError(
                self.env._("%s is no answer about a document.", answer)
            )
        try:
            quantities = {int(line): float(qty) for line, qty in quantities.items()}
        except (AttributeError, TypeError, ValueError) as error:
            raise ValidationError(
                self.env._("The quantities of %s cannot be read.", answer["key"])
            ) from error
        return {
            "key": (model, int(res_id)),
            "answer": kind,
            "quantities": quantities,
            "fit": answer.get("fit") is True,
        }

    def _answer_document(
        self, lines, key, answer, quantities=None, fit=False, by_rule=False
    ):
        """Keep one answer, and what it explains.

        :param lines: the lines that it is about, as far as the document touches them
        """
        Documents = self.env["stock.count.document"].sudo()
        sources = Documents._by_document(Documents._read_asked(lines)).get(key)
        if not sources:
            raise UserError(
                self.env._(
                    "This document was validated, cancelled or answered meanwhile:"
                    " nothing is left to answer."
                )
            )
        document = Documents._answer(self, key, answer, by_rule)
        document._explain(sources, quantities if answer == PARTLY else None)
        touched = lines.browse({source.claim.line for source in sources})
        self._judge_again(touched)
        if fit:
            # A transfer is changed with the rights of who answers.
            document.sudo(False)._fit(sources)
        label = dict(document._fields["answer"]._description_selection(self.env))
        self._log_action(f"{document.name}: {label[answer]}. {touched._names()}")

    def _judge_again(self, lines):
        """Judge lines whose explanation changed, and let others know."""
        self.env["stock.count.document"].sudo()._sum_up(lines.ids)
        self.env["stock.count.verdicts"].sudo()._refresh_verdicts(lines)
        send(self.env, "counted", lines.sudo())

    def _find_unposted(self, document):
        """The lines of which an answer can be taken back.

        :raise UserError: where all of them are posted
        """
        lines = document.line_ids.line_id
        posted = lines.filtered(
            lambda line: not line._is_unposted() and line.state == "posted"
        )
        if posted and posted == lines:
            raise UserError(
                self.env._(
                    "%(name)s explains lines that are posted: %(lines)s. Undo the"
                    " posting first.",
                    name=document.name,
                    lines=posted._names(),
                )
            )
        return lines - posted

    @api.model
    def _answer_by_rule(self, lines):
        """Answer documents whose operation type says that what is not ticked has left,
        right after something was counted."""
        Documents = self.env["stock.count.document"].sudo()
        held = lines.filtered(lambda line: line.state == "held")
        told = {}
        for of_line in Documents._read_asked(held).values():
            for source in of_line:
                if source.left:
                    session = held.browse(source.claim.line).session_id
                    told[session, source.document] = True
        for session, key in told:
            asked = Documents._find_asked_lines(session.sudo())
            session._answer_document(asked, key, HAPPENED, by_rule=True)
