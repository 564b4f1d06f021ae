import threading
import uuid
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, api
from odoo.modules.registry import DummyRLock, Registry
from odoo.service.model import retrying
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, new_test_user
from odoo.tools import mute_logger

# How often, and how long apart in seconds, a thread is looked at.
LOOKS, PAUSE = 3000, 0.02


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


class TwoUsersCase(ConnectionCase):
    """What two users do in the same bin at once, Ann (0) and Bob (1)."""

    def _start(self, user, work):
        """Run ``work(env)`` as Odoo runs a request, retries included, in a thread."""
        outcome = {}

        def run():
            try:
                with self._connect(user) as env:
                    outcome["result"] = retrying(lambda: work(env), env)
            except Exception as error:  # Shown by the test
                outcome["error"] = error

        thread = threading.Thread(target=run)
        thread.start()
        return thread, outcome

    def _both(self, first, second):
        """``first`` is done but not committed while ``second`` runs into it."""
        with self._connect(0) as env:
            first(env)
            thread, outcome = self._start(1, second)
            self._is_blocked(env, thread)
        self._end(thread, outcome)
        return outcome["result"]

    def _end(self, thread, outcome):
        thread.join(60)
        self.assertFalse(thread.is_alive())
        self.assertNotIn("error", outcome)

    def _is_blocked(self, env, thread):
        """Let a thread go on until it waits for this transaction, or has ended.

        :return: whether it waits; otherwise it has ended
        """
        for _look in range(LOOKS):
            if self._is_waited_for(env):
                return True
            thread.join(PAUSE)
            if not thread.is_alive():
                return False
        return self.fail("The other user neither waited nor came to an end.")

    def _is_waited_for(self, env):
        """Whether any connection waits for a lock of this environment's."""
        holder = env.cr.connection.get_backend_pid()
        with db_connect(get_db_name()).cursor() as cr:
            cr.execute(
                """
                SELECT EXISTS (SELECT FROM pg_locks
                                WHERE NOT granted AND %s = ANY(pg_blocking_pids(pid)))
                """,
                [holder],
            )
            return cr.fetchone()[0]

    # === WHAT THEY DO === #

    def _book(self, quantity):
        with self._connect() as env:
            env["stock.quant"]._update_available_quantity(
                env["product.product"].browse(self.product_id),
                env["stock.location"].browse(self.bin_id),
                quantity,
            )

    def _booked(self):
        with self._connect() as env:
            quants = env["stock.quant"].search(
                [
                    ("product_id", "=", self.product_id),
                    ("location_id", "=", self.bin_id),
                ]
            )
            return sum(quants.mapped("quantity"))

    def _make_session(self):
        with self._connect(0) as env:
            session = env["stock.count.session"].create(
                {
                    "warehouse_id": self.warehouse_id,
                    "location_ids": [Command.set([self.bin_id])],
                }
            )
            session.action_generate()
            return session.id

    def _record(self, session_id, qty, operation="set", **values):
        entry = {
            "uuid": str(uuid.uuid4()),
            "operation": operation,
            "qty": qty,
            "product_id": self.product_id,
            "location_id": self.bin_id,
            **values,
        }

        def work(env):
            session = env["stock.count.session"].browse(session_id)
            [result] = session.record_entries([entry])
            return result

        return work

    def _count(self, session_id, qty):
        with self._connect(0) as env:
            self._record(session_id, qty)(env)
            env["stock.count.session"].browse(session_id).action_check_all()

    def _post(self, session_id):
        return lambda env: env["stock.count.session"].browse(session_id).action_post()

    def _read(self, session_id, field):
        with self._connect() as env:
            session = env["stock.count.session"].browse(session_id)
            return session.line_ids.mapped(field)

    def _deliver(self, quantity):
        def work(env):
            warehouse = env["stock.warehouse"].browse(self.warehouse_id)
            product = env["product.product"].browse(self.product_id)
            picking = env["stock.picking"].create(
                {
                    "picking_type_id": warehouse.out_type_id.id,
                    "location_id": self.bin_id,
                    "location_dest_id": self.customer_id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": quantity,
                                "location_id": self.bin_id,
                                "location_dest_id": self.customer_id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
            picking.action_assign()
            picking.move_ids.picked = True
            picking._action_done()

        return work

    def _adjust_natively(self, quantity):
        def work(env):
            quant = env["stock.quant"].with_context(inventory_mode=True)
            quant = quant.create(
                {
                    "product_id": self.product_id,
                    "location_id": self.bin_id,
                    "inventory_quantity": quantity,
                }
            )
            quant.action_apply_inventory()

        return work
