from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import CountCommon

OURS = ("stock.count.", "report.stock_count.")
# Of Odoo's own methods, those that a client may call on any model.
ORM = {
    "read": [],
    "web_read": [{}],
    "search_read": [[]],
    "search_count": [[]],
    "web_search_read": [[], {}],
    "name_search": [],
    "write": [{}],
    "web_save": [{}, {}],
    "unlink": [],
    "copy": [],
    "export_data": [["id"]],
    "fields_get": [],
    "formatted_read_group": [[], [], ["__count"]],
    "onchange": [{}, [], {}],
    "name_create": ["x"],
}
# What our own methods need to be called at all.
ARGUMENTS = {
    "action_open_row": [1],
    "action_print_report": ["x"],
    "action_report_excel": ["x"],
    "action_answer_documents": [[]],
    "action_withdraw_answer": [1],
    "answer_document": [0, "x", "y"],
    "attach_evidence": [0, {}],
    "create": [{}],
    "load_catalogue": [0],
    "load_documents": [0],
    "onchange": [{}, [], {}],
    "open_records": ["x"],
    "package_content": [0, 0],
    "record_entries": [[]],
    "resolve": [0, "x"],
    "search_items": [0, "x"],
    "serial_list": [0, 0, 0],
    "start_session": [0, "x"],
    "submit_count": [0],
    "sync": [0, {}],
    "write": [{}],
    "default_get": [[]],
    "export_data": [["id"]],
}


@tagged("post_install", "-at_install")
class TestWords(CountCommon):
    """A call about nothing is answered or refused in words, by every public method."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "stock.group_stock_manager,base.group_system"
        cls.users = [
            cls._create_user("words_manager", groups),
            cls._create_user("words_counter", "stock_count.group_count_counter"),
        ]

    def _our_methods(self, name):
        """What the addon lets clients call on a model."""
        return {
            method
            for cls in type(self.env[name]).mro()
            if cls.__module__.startswith("odoo.addons.stock_count.")
            for method, value in vars(cls).items()
            if callable(value)
            and not method.startswith("_")
            and not getattr(value, "_api_private", False)
            and method not in ("init", "unlink")
        }

    def _answer_in_words(self, user, records, method, args):
        with self.subTest(f"{records._name}.{method}", user=user.login):
            try:
                with self.env.cr.savepoint():
                    self._rpc(user, records, method, *args)
                    self.env.flush_all()
                    raise UserError("undone")
            except UserError as error:
                self.assertTrue(str(error))
            except IntegrityError:
                # Odoo says in words which field is missing.
                pass

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_every_public_method_answers_for_no_record(self):
        """Z2: nobody reads a traceback."""
        for name in sorted(self.registry):
            if name.startswith(OURS):
                calls = {
                    **{method: [] for method in self._our_methods(name)},
                    **ORM,
                    **{
                        method: ARGUMENTS[method]
                        for method in self._our_methods(name) & ARGUMENTS.keys()
                    },
                }
                for method, args in sorted(calls.items()):
                    for user in self.users:
                        self._answer_in_words(
                            user, self.env[name].browse(), method, args
                        )
