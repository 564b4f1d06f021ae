from unittest.mock import patch

from odoo import api

from odoo.addons.stock_count.models.posting import chunks
from odoo.addons.stock_count.models.session import background

from .common import CountCommon

ITEMS = 6


class JobCommon(CountCommon):
    """A company whose background begins at two lines, with chunks of two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.count_background_lines = 2
        for module, name in (
            (chunks, "JOB_CHUNK"),
            (background, "GENERATING_CHUNK"),
        ):
            cls.startClassPatcher(patch.object(module, name, 2))
        cls.Jobs = cls.env["stock.count.job"]
        cls.items = cls.env["product.product"].create(
            [
                {"name": f"Item {i}", "is_storable": True, "standard_price": 1}
                for i in range(ITEMS)
            ]
        )
        for item in cls.items:
            cls._book(item, cls.bin_a, 10)

    # === VERBS === #

    def _run_scheduler(self):
        """Run the jobs as Odoo's scheduler does."""
        with self.enter_registry_test_mode():
            self.env.ref("stock_count.ir_cron_job").method_direct_trigger()
        self.env.invalidate_all()

    def _do_chunk(self):
        """Run one chunk of the job whose turn it is."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            env["stock.count.job"]._take_turn()
        self.env.invalidate_all()

    def _job(self, session):
        return self.Jobs.search([("session_id", "=", session.id)], limit=1)

    def _counted(self, qty=9, **values):
        """A session in which one of each item is missing, checked to be posted."""
        session = self._create_session(self.bin_a, **values)
        session.record_entries(
            [self._entry(qty, item, self.bin_a) for item in self.items]
        )
        session.action_check_all()
        return session

    def _started(self):
        """Such a session whose posting waits in the background."""
        session = self._counted()
        session.action_post()
        return session

    def _books(self):
        return [self._booked(item, self.bin_a) for item in self.items]
