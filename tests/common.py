import uuid

from odoo import Command, fields
from odoo.service.model import call_kw
from odoo.tests import freeze_time, new_test_user

from odoo.addons.base.tests.common import BaseCommon


class CountCommon(BaseCommon):
    """A small warehouse of its own, and verbs that read like the floor."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create(
            {
                "group_stock_multi_locations": True,
                "group_stock_production_lot": True,
                "group_stock_tracking_lot": True,
                "group_stock_tracking_owner": True,
            }
        ).execute()
        cls.company = cls.env["res.company"].create({"name": "Count & Co"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.bin_a = cls._create_bin("Bin A")
        cls.bin_b = cls._create_bin("Bin B")
        cls.screw = cls._create_product("Screw", default_code="SCR", standard_price=2)
        cls.drill = cls._create_product("Drill", tracking="serial", standard_price=50)
        cls.glue = cls._create_product("Glue", tracking="lot", standard_price=5)

    # === FACTORIES === #

    @classmethod
    def _create_bin(cls, name, parent=None, **values):
        return cls.env["stock.location"].create(
            {"name": name, "location_id": (parent or cls.stock).id, **values}
        )

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {"name": name, "is_storable": True, **values}
        )

    @classmethod
    def _create_lot(cls, product, name):
        return cls.env["stock.lot"].create({"name": name, "product_id": product.id})

    @classmethod
    def _create_package(cls, name):
        return cls.env["stock.package"].create({"name": name})

    @classmethod
    def _create_user(cls, login, groups):
        """A user of the test company with these groups, comma-separated XML ids."""
        return new_test_user(
            cls.env,
            login=login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _rpc(cls, user, records, method, *args, **kwargs):
        """Call a method as a client of this user does, with what RPC lets through."""
        model = records.browse().with_user(user)
        function = getattr(type(model), method, None)
        if not getattr(function, "_api_model", False):
            args = (records.ids, *args)
        return call_kw(model, method, list(args), kwargs)

    @classmethod
    def _create_session(cls, locations=None, **values):
        session = cls.env["stock.count.session"].create(
            {
                "company_id": cls.company.id,
                "warehouse_id": cls.warehouse.id,
                "location_ids": [Command.set(locations.ids if locations else [])],
                **values,
            }
        )
        session.action_generate()
        return session

    # === THE CLOCK === #

    def _stop_clock(self):
        """No midnight comes between what a test does and what it expects.

        The database's own clock goes on.
        """
        self.enterContext(freeze_time(fields.Datetime.now()))

    def _day(self, moment):
        """The day of a moment (UTC) on the user's own clock, as reports print it."""
        return fields.Datetime.context_timestamp(self.env.user, moment).date()

    # === THE BOOK === #

    @classmethod
    def _book(cls, product, location, quantity, lot=None, package=None, owner=None):
        """Put stock on the book, as opening stock: before any count."""
        cls.env["stock.quant"]._update_available_quantity(
            product, location, quantity, lot_id=lot, package_id=package, owner_id=owner
        )

    @classmethod
    def _booked(cls, product, location, lot=None, package=None, owner=None):
        """What is booked now for a key."""
        quants = cls.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", lot.id if lot else False),
                ("package_id", "=", package.id if package else False),
                ("owner_id", "=", owner.id if owner else False),
            ]
        )
        return sum(quants.mapped("quantity"))

    # === THE FLOOR === #

    @classmethod
    def _create_transfer(cls, product, quantity, source, dest, lot=None, assign=True):
        """An open transfer, reserved where that is possible."""
        types = {
            "supplier": cls.warehouse.in_type_id,
            "customer": cls.warehouse.out_type_id,
        }
        usage = dest.usage if dest.usage == "customer" else source.usage
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": types.get(usage, cls.warehouse.int_type_id).id,
                "location_id": source.id,
                "location_dest_id": dest.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": dest.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        if assign:
            picking.action_assign()
        if lot:
            picking.move_line_ids.lot_id = lot
        return picking

    @classmethod
    def _tick(cls, picking):
        """Tick the lines as picked, without validating."""
        picking.move_line_ids.picked = True

    @classmethod
    def _validate(cls, picking):
        if not picking.move_line_ids:
            picking.move_ids.quantity = picking.move_ids.product_uom_qty
        picking.move_ids.picked = True
        picking._action_done()

    @classmethod
    def _deliver(cls, product, quantity, location, lot=None):
        picking = cls._create_transfer(product, quantity, location, cls.customers, lot)
        cls._validate(picking)
        return picking

    @classmethod
    def _receive(cls, product, quantity, location):
        picking = cls._create_transfer(product, quantity, cls.suppliers, location)
        cls._validate(picking)
        return picking

    @classmethod
    def _adjust_natively(cls, product, location, quantity, lot=None):
        """Odoo's own Physical Inventory: count and apply."""
        quant = cls.env["stock.quant"].with_context(inventory_mode=True)
        quant = quant.create(
            {
                "product_id": product.id,
                "location_id": location.id,
                "lot_id": lot.id if lot else False,
                "inventory_quantity": quantity,
            }
        )
        quant.action_apply_inventory()

    # === COUNTING === #

    @classmethod
    def _entry(cls, qty, product=None, location=None, **values):
        entry = {"uuid": str(uuid.uuid4()), "operation": "set", "qty": qty}
        if product:
            entry["product_id"] = product.id
        if location:
            entry["location_id"] = location.id
        return {**entry, **values}

    @classmethod
    def _line(cls, session, product, location, lot=None):
        lines = session.line_ids.filtered(
            lambda line: (
                line.product_id == product
                and line.location_id == location
                and (not lot or line.lot_id == lot)
            )
        )
        return lines[:1]

    def _count(self, session, product, location, qty, **values):
        """Record what was found through the one door; returns the line."""
        [result] = session.record_entries(
            [self._entry(qty, product, location, **values)]
        )
        self.assertEqual(result["status"], "recorded", result["message"])
        return self.env["stock.count.line"].browse(result["line_id"])

    def _post(self, session, lines=None):
        """Check lines (all by default) and post them; returns the notification."""
        if lines is None:
            session.action_check_all()
        else:
            session.action_uncheck_all()
            lines.to_post = True
        return session.action_post()
