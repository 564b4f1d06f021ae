"""Counts that are made while a file is checked (I4, I5, Z4)."""

import base64
import uuid

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..connection_common import TwoUsersCase


@tagged("post_install", "-at_install", "stock_count_crash")
class TestCountedSince(TwoUsersCase):
    def setUp(self):
        super().setUp()
        self._book(10)
        self.session_id = self._make_session()
        self.code = uuid.uuid4().hex[:8]
        with self._connect() as env:
            env["product.product"].browse(self.product_id).default_code = self.code

    def _count_elsewhere(self):
        """An entry with a higher number, of another bin."""
        with self._connect() as env:
            other = env["stock.location"].browse(self.bin_id).copy({"name": "Other"})
            other_id = other.id
        with self._connect(1) as env:
            session = env["stock.count.session"].create(
                {
                    "warehouse_id": self.warehouse_id,
                    "location_ids": [Command.set([other_id])],
                }
            )
            self._record(session.id, 3, location_id=other_id)(env)

    def _check(self):
        """A checked file that says 5; the number of its import."""
        with self._connect(1) as env:
            session = env["stock.count.session"].browse(self.session_id)
            place = env["stock.location"].browse(self.bin_id).complete_name
            rows = f"Item,Location,Units,Count Session\n{self.code},{place},5"
            record = env["stock.count.import"].create(
                {
                    "file": base64.b64encode(f"{rows},{session.name}\n".encode()),
                    "file_name": "count.csv",
                    "warehouse_id": self.warehouse_id,
                }
            )
            record.action_read()
            record.action_check()
            self.assertEqual(record.good_count, 1, record.problem_ids.mapped("message"))
            return record.id

    def _import(self, record_id):
        with self._connect(1) as env:
            env["stock.count.import"].browse(record_id).action_import()

    def test_an_entry_that_was_being_written_at_the_check_is_not_set_back(self):
        """I5: its number is lower than that of the last entry that the check saw."""
        with self._connect(0) as env:
            self._record(self.session_id, 7)(env)
            env.flush_all()
            self._count_elsewhere()
            record_id = self._check()
        with self.assertRaisesRegex(UserError, "counted it since the check"):
            self._import(record_id)
        self.assertEqual(self._read(self.session_id, "found_qty"), [7])

    def test_an_entry_that_the_check_could_see_is_replaced(self):
        """I4: the check said so."""
        with self._connect(0) as env:
            self._record(self.session_id, 7)(env)
        self._count_elsewhere()
        self._import(self._check())
        self.assertEqual(self._read(self.session_id, "found_qty"), [5])
