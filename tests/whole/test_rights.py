from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rights_client import MUTED, RightsClient
from ..rights_table import join_ways, print_row, read_table
from ..rights_world import FILE, ROLES

OURS = ("stock.count.", "report.stock_count.")
OPERATIONS = {
    "r": "read",
    "g": "formatted_read_group",
    "c": "create",
    "w": "write",
    "d": "unlink",
}
# Odoo's own methods, which the table of models is about; an onchange is a create that
# is not kept.
EXPIRY = "report.stock_count.report_expiry_document"
LISTED_AS_MODELS = {"create", "write", "unlink", "onchange"}
# By model: the record that is read and written, and the one that is deleted.
RECORDS = {
    "product.product": ("product", None),
    "product.template": ("template", None),
    "res.company": ("company", None),
    "stock.count.approval": ("approval", None),
    "stock.count.import": ("import new", None),
    "stock.count.import.column": ("column", None),
    "stock.count.job": ("job failed", None),
    "stock.count.line": ("line open", "line fresh"),
    "stock.count.session": ("session open", "session fresh"),
    "stock.location": ("location", None),
    "stock.move": ("posted move", None),
}
# What the public methods need: what they are called on, and their arguments. Without a
# row, it is the record of the model, and nothing.
SESSION_CALLS = {
    "action_answer_documents": ("session held", lambda w: [w._answers()]),
    "action_approve": ("session waiting", None),
    "action_count_rest_as_zero": ("session fresh", None),
    "action_generate": ("session fresh", None),
    "action_post": ("session open", None),
    "action_print_report": ("session open", lambda w: [w._paper()]),
    "action_propose_moves": ("session paired", None),
    "action_reject": ("session waiting", lambda w: ["Look again"]),
    "action_report_excel": ("session open", lambda w: [w._paper()]),
    "action_undo_posting": ("session posted", None),
    "action_view_moves": ("session posted", None),
    "action_withdraw_answer": ("session asked", lambda w: w.records["document"].ids),
    "record_entries": ("session open", lambda w: [w._entries()]),
}
LINE_CALLS = {
    "action_follow_cause": ("line held", None),
    "action_accept_move": ("line paired", None),
    "action_accept_transfer": ("line held", None),
    "action_accept_variance": ("line held", None),
    "action_view_moves": ("line posted", None),
}
IMPORT_CALLS = {
    "action_back": ("import checked", None),
    "action_check": ("import columns", None),
    "action_download_bad": ("import checked", None),
    "action_download_rows": ("import checked", None),
    "action_import": ("import checked", None),
    "action_open_problems": ("import checked", None),
    "action_open_sessions": ("import done", None),
    "action_read": ("import new", None),
    "get_job": ("import done", None),
}
APP_CALLS = {
    "answer_document": (None, lambda w: [w._id("session held"), w._key(), "happened"]),
    "attach_evidence": (None, lambda w: [w._id("session open"), w._evidence()]),
    "load_catalogue": (None, lambda w: [w._id("session open")]),
    "load_documents": (None, lambda w: [w._id("session held")]),
    "package_content": (None, lambda w: [w._id("session open"), 1]),
    "resolve": (None, lambda w: [w._id("session open"), "4006381333931"]),
    "search_items": (None, lambda w: [w._id("session open"), "open"]),
    "serial_list": (None, lambda w: [w._id("session open"), w.drill.id, w.bin_a.id]),
    "start_session": (None, lambda w: [w.warehouse.id, "blind"]),
    "submit_count": (None, lambda w: [w._id("session open")]),
    "sync": (None, lambda w: [w._id("session open"), {"entries": w._entries()}]),
}
CALLS = {
    "stock.count.session": SESSION_CALLS,
    "stock.count.line": LINE_CALLS,
    "stock.count.import": IMPORT_CALLS,
    "stock.count.app": APP_CALLS,
    "stock.count.approval": {
        "action_reject": ("approval", lambda w: ["Look again"]),
    },
    "stock.count.dashboard": {"open_records": (None, lambda w: ["accuracy"])},
    "stock.count.exception": {
        "action_dismiss": ("exception", lambda w: ["Seen"]),
        "action_done": ("exception", lambda w: ["Seen"]),
    },
    "stock.count.import.problem": {"export_data": ("problem", lambda w: [["row"]])},
    "stock.count.job": {"action_cancel": ("job waiting", None)},
    "stock.count.report.wizard": {"default_get": (None, lambda w: [["report"]])},
    "stock.picking": {"action_assign": ("picking held", None)},
}


@tagged("post_install", "-at_install", "stock_count_browser")
class TestRights(RightsClient):
    """What each role gets over HTTP, measured and compared with tables for people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.records.update(
            {
                "product": cls.screw,
                "template": cls.screw.product_tmpl_id,
                "company": cls.company,
                "location": cls.bin_a,
                "picking type": cls.warehouse.out_type_id,
                "digest": cls.env["digest.digest"].search([], limit=1),
            }
        )

    def setUp(self):
        super().setUp()
        self.messages = {}

    @mute_logger(*MUTED)
    def test_each_role_does_with_each_model_what_the_table_says(self):
        """Z1, Z2, Z7: models.md."""
        models = sorted(name for name in self.registry if name.startswith(OURS))
        stored = {name for name in models if not self.registry[name]._abstract}
        rows = [(name,) for name in models]
        # No option is asked where there is no record.
        measured = self._measure(rows, self._do_with, lambda name: name in stored)
        self._compare("models", measured)

    @mute_logger(*MUTED)
    def test_each_method_answers_each_role_as_the_table_says(self):
        """Z1, Z2: methods.md."""
        rows = [
            (name, method)
            for name in sorted(self.registry)
            if self._may_answer(name)
            for method in sorted(self._public_methods(name) - LISTED_AS_MODELS)
        ]
        # A report changes nothing.
        measured = self._measure(
            rows, self._try, lambda name, _method: not name.startswith("report.")
        )
        self._compare("methods", measured)

    @mute_logger(*MUTED)
    def test_each_role_reads_and_writes_the_fields_that_the_table_says(self):
        """Z1, Z7: fields.md, what the addon adds to Odoo's models."""
        rows = [
            (model, name)
            for model in sorted(self.registry)
            if not model.startswith(OURS) and not self.registry[model]._transient
            for name, field in sorted(self.registry[model]._fields.items())
            if getattr(field, "_module", None) == "stock_count"
        ]
        measured = self._measure(
            rows,
            self._read_and_write,
            lambda *_row: False,
            (*ROLES, "inventory manager"),
        )
        self._compare("fields", measured)

    def _may_answer(self, name):
        """Whether a model is of use: without expiry dates their report says only what
        to install."""
        return name != EXPIRY or "use_expiration_date" in self.env["product.template"]

    # === TABLES === #

    def _measure(self, rows, cell, by_option, roles=ROLES):
        """The cells of rows.

        :param rows: list of tuples
        :param cell: function of a role and a row
        :param by_option: function of a row: whether Option 170 may make a difference
        """
        return {
            row: {
                role: join_ways(
                    *(
                        self._with_option(option, cell, role, row)
                        for option in ((False, True) if by_option(*row) else (False,))
                    )
                )
                for role in roles
            }
            for row in rows
        }

    def _with_option(self, option, cell, role, row):
        if self.company.count_require_approval != option:
            self.company.count_require_approval = option
        return cell(role, *row)

    def _compare(self, table, measured):
        expected = read_table(table)
        where = f"tests/files/rights/{table}.md"
        for row in expected.keys() - measured.keys():
            if not self._may_answer(row[0]):
                continue
            with self.subTest(row):
                self.fail(f"Take this row out of {where}: it does not exist any more.")
        for row, cells in measured.items():
            with self.subTest(row):
                printed = print_row(row, cells)
                self.assertIn(row, expected, f"Add a row to {where}, such as {printed}")
            for role, cell in cells.items():
                with self.subTest(row, role=role):
                    said = self.messages.get((role, *row))
                    self.assertEqual(cell, expected.get(row, cells)[role], said)

    def _letter(self, role, row, letter, verdict, result):
        """A letter for what was done, a capital for what is refused in words."""
        if verdict == "refused":
            return ""
        if verdict != "ok":
            self.messages[(role, *row)] = result
        letters = {"ok": letter, "words": letter.upper()}
        return letters.get(verdict, f"500 for {letter} ")

    # === MODELS === #

    def _do_with(self, role, model):
        letters = ""
        for letter, method in OPERATIONS.items():
            verdict, result = self._operate(role, model, method)
            # Who may not read any of the records is told of none.
            if letter != "g" or verdict != "ok" or result[0]["__count"]:
                letters += self._letter(role, (model,), letter, verdict, result)
        return letters or "-"

    def _operate(self, role, model, method):
        with self._undone():
            ids = self._record(model, role, method == "unlink").ids or [1]
            args = {
                "read": [ids, ["id"]],
                "formatted_read_group": [[["id", "in", ids]], [], ["__count"]],
                "create": [self._values(model, role)],
                "write": [ids, self._change(model)],
                "unlink": [ids],
            }
            self.env.flush_all()
            return self._call(role, model, method, args[method])

    def _record(self, model, role, doomed=False):
        """The record of a model that roles try; of a wizard each role's own."""
        records = self.env[model]
        if records._abstract:
            return records
        if records._transient:
            # Another company's manager tries the lead's: their own is refused already.
            owner = "lead" if role in ("public", "other company") else role
            return self._wizard(model, self.users[owner])
        kept, deleted = RECORDS.get(model, (None, None))
        word = (doomed and deleted) or kept or self._first_word(model)
        return self.records[word]

    def _first_word(self, model):
        for word, records in self.records.items():
            if records._name == model:
                return word
        raise AssertionError(f"RightsWorld has no record of {model}: make one.")

    def _values(self, model, role):
        """Values of a new record of the company that counts."""
        company = {"company_id": self.company.id}
        if self.env[model]._transient:
            owner = "lead" if role == "public" else role
            return self._wizard_values(model, self.users[owner])
        values = {
            "stock.count.session": {
                **company,
                "warehouse_id": self.warehouse.id,
                "location_ids": [Command.set(self.bin_b.ids)],
            },
            "stock.count.line": {
                "session_id": self._id("session fresh"),
                "product_id": self.screw.id,
                "location_id": self.records["line fresh"].location_id.id,
            },
            "stock.count.reason": {**company, "name": "New", "code": "NEW"},
            "stock.count.tolerance": {
                **company,
                "applied_on": "warehouse",
                "warehouse_id": self.warehouse.id,
                "percent_minus": 1,
            },
            "stock.count.class": {**company, "name": "New", "share": 99},
            "stock.count.exception.rule": {
                **company,
                "kind": "over_tolerance",
                "user_id": self.users["lead"].id,
            },
            "stock.count.import": {
                **company,
                "file": "YQ==",
                "file_name": f"{FILE[:9]}.csv",
            },
        }
        return values.get(model, {})

    def _change(self, model):
        values = {
            "stock.count.session": {"description": "Rights"},
            "stock.count.line": {"note": "Rights"},
            "stock.count.exception": {"close_reason": "Rights"},
            "stock.count.import.column": {"meaning": "units"},
            "stock.count.reason": {"name": "Rights"},
            "stock.count.create": {"description": "Rights"},
            "stock.count.answer": {"comment": "Rights"},
            "stock.count.report.wizard": {"days": 7},
            "stock.count.part": {"qty": 2},
            "stock.count.split": {"part_ids": []},
            "stock.count.tolerance": {"percent_minus": 2},
            "stock.count.exception.rule": {"days": 7},
            "stock.count.import": {"mode": "good"},
            "stock.count.class": {"counts_per_year": 7},
        }
        return values.get(model, {self._first_field(model): False})

    def _first_field(self, model):
        fields = self.env[model]._fields
        stored = [name for name, f in fields.items() if f.store and name != "id"]
        return stored[0] if stored else "display_name"

    # === METHODS === #

    def _try(self, role, model, method):
        word, arguments = CALLS.get(model, {}).get(method, (None, None))
        args = arguments(self) if arguments else self._row_of(model, method)
        context = {"active_domain": [["id", "in", self.records["quant"].ids]]}
        with self._undone():
            records = self.records[word] if word else self._own(model, role)
            verdict, result = self._call_on(
                role, records, method, *args, context=context
            )
        if verdict != "ok":
            self.messages[role, model, method] = result
        return verdict

    def _row_of(self, model, method):
        """The row of a report that it opens; other methods need nothing."""
        if method != "action_open_row":
            return []
        kind = self.env[model]._report_model
        return [self._record(kind, "lead").id if kind else 1]

    def _own(self, model, role):
        """As ``_record``, but a wizard in the role's own name: its verbs look again."""
        if self.env[model]._transient and role != "public":
            return self._wizard(model, self.users[role])
        return self._record(model, role)

    # === FIELDS === #

    def _read_and_write(self, role, model, name):
        records = self._record(model, role)
        field = records._fields[name]
        answer = self._call_on(role, records, "read", [name])
        letters = self._letter(role, (model, name), "r", *answer)
        if field.store or field.inverse:
            letters += self._write(role, records, field)
        return letters or "-"

    def _write(self, role, records, field):
        """``w`` if a field has another value now: one may be ignored, too."""
        before = records[field.name]
        args = [records.ids, {field.name: self._another_value(field, before)}]
        with self._undone():
            verdict, result = self._call(role, records._name, "write", args)
            records.invalidate_recordset()
            if verdict == "ok" and records[field.name] == before:
                return ""
        row = (records._name, field.name)
        return self._letter(role, row, "w", verdict, result)

    def _another_value(self, field, value):
        if field.relational:
            others = self.env[field.comodel_name].search([])
            other = (others - value)[:1].id
            return [Command.link(other)] if field.type.endswith("2many") else other
        if field.type == "selection":
            return next(v for v in field.get_values(self.env) if v != value)
        values = {"char": "Rights", "datetime": "2020-01-01 00:00:00"}
        return not value if field.type == "boolean" else values.get(field.type, 7)

    # === ARGUMENTS === #

    def _id(self, word):
        return self.records[word].id

    def _key(self):
        return f"stock.picking,{self._id('picking held')}"

    def _answers(self):
        return [{"key": self._key(), "answer": "happened"}]

    def _entries(self):
        return [self._entry(8, line_id=self._id("line open"))]

    def _evidence(self):
        return {"uuid": "rights-note", "line_id": self._id("line open"), "note": "x"}

    def _paper(self):
        return "report.stock_count.report_review_document"
