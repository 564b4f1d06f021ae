import uuid

from odoo import Command

from .common import CountCommon


class AppCommon(CountCommon):
    """A counter with a blind count of two bins, and the doors of the app."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counter, cls.other, cls.lead, cls.nobody = (
            cls._create_user(f"app_{name}", group)
            for name, group in (
                ("counter", "stock_count.group_count_counter"),
                ("other", "stock_count.group_count_counter"),
                ("lead", "stock.group_stock_user"),
                ("nobody", "base.group_user"),
            )
        )
        cls.lot = cls._create_lot(cls.glue, "G-1")
        cls._book(cls.screw, cls.bin_a, 10)
        cls._book(cls.screw, cls.bin_b, 7)
        cls._book(cls.glue, cls.bin_b, 4, cls.lot)
        cls.count = cls._create_count()

    @classmethod
    def _create_count(cls, **values):
        return cls._create_session(
            cls.bin_a | cls.bin_b,
            **{
                "blind": True,
                "user_id": cls.lead.id,
                "counter_ids": [Command.set((cls.counter | cls.other).ids)],
                **values,
            },
        )

    def _app(self, method, *args, user=None, **kwargs):
        return self._rpc(
            user or self.counter, self.env["stock.count.app"], method, *args, **kwargs
        )

    def _sync(self, entries=(), events=(), *, session=None, user=None, **batch):
        batch = {"entries": list(entries), "events": list(events), **batch}
        session = session or self.count
        return self._app("sync", session.id, batch, user=user)

    def _event(self, kind, **values):
        return {"uuid": str(uuid.uuid4()), "kind": kind, **values}

    def _rows(self, table):
        """The rows of a table of the catalogue, by name."""
        return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
