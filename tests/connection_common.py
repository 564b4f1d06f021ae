import uuid
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, new_test_user
from odoo.tools import mute_logger


class ConnectionCase(BaseCase):
    """Real database connections, for what goes wrong between two of them.

    Commits for real, so it makes a company of its own; the test database is thrown
    away.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The thread that runs the tests holds the registry's lock all the time.
        lock = patch.object(Registry, "_lock", DummyRLock())
        lock.start()
        cls.addClassCleanup(lock.stop)
        with cls._connect() as env:
            company = env["res.company"].create({"name": f"Both {uuid.uuid4()}"})
            cls.company_id = company.id
            cls.users = [cls._make_user(env, company, name) for name in ("ann", "bob")]
        with cls._connect() as env:
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", cls.company_id)], limit=1
            )
            cls.warehouse_id = warehouse.id
            cls.customer_id = env.ref("stock.stock_location_customers").id

    @classmethod
    def _make_user(cls, env, company, name):
        return new_test_user(
            env(context={"no_reset_password": True}),
            login=f"{name}-{uuid.uuid4()}",
            groups="stock.group_stock_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        ).id

    def setUp(self):
        super().setUp()
        # Conflicts are what these tests are about; Odoo logs them before it retries.
        self.enterContext(mute_logger("odoo.sql_db"))
        with self._connect() as env:
            warehouse = env["stock.warehouse"].browse(self.warehouse_id)
            self.bin_id = (
                env["stock.location"]
                .create({"name": "Bin", "location_id": warehouse.lot_stock_id.id})
                .id
            )
            product = env["product.product"].create(
                {"name": "Nut", "is_storable": True}
            )
            self.product_id = product.id

    # === TWO CONNECTIONS === #

    @classmethod
    @contextmanager
    def _connect(cls, user=None):
        """An environment on a connection of its own, committed at the end."""
        with db_connect(get_db_name()).cursor() as cr:
            uid = cls.users[user] if user is not None else api.SUPERUSER_ID
            context = {}
            if getattr(cls, "company_id", None):
                context["allowed_company_ids"] = [cls.company_id]
            yield api.Environment(cr, uid, context)
