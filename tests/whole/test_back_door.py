from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.stock_quant import APPLY_BUTTONS
from ..common import CountCommon

INVENTORY = {"inventory_mode": True}


@tagged("post_install", "-at_install")
class TestBackDoor(CountCommon):
    """Odoo's own ways to correct stock by a count, with Option 170 on and off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_user(
            "door_user", "stock.group_stock_user,product.group_product_manager"
        )
        cls.manager = cls._create_user("door_manager", "stock.group_stock_manager")
        cls._book(cls.screw, cls.bin_a, 10)
        cls.quant = cls.env["stock.quant"].search(
            [("product_id", "=", cls.screw.id), ("location_id", "=", cls.bin_a.id)]
        )
        cls.company.count_require_approval = True

    def _count_natively(self, user, quantity=8):
        """Count without applying: everybody with Inventory may."""
        values = {"inventory_quantity": quantity}
        self._rpc(user, self.quant, "write", values, context=INVENTORY)

    def _wizard(self, user, model, **values):
        values.setdefault("quant_ids", [Command.set(self.quant.ids)])
        return self.env[model].with_user(user).create(values)

    def _check_closed(self, records, method, *args, context=None):
        """The door is closed and the book is as before."""
        kwargs = {"context": context} if context else {}
        with (
            mute_logger("odoo.models", "odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError),
            self.env.cr.savepoint(),
        ):
            self._rpc(self.user, records, method, *args, **kwargs)
        self.assertEqual(self._booked(self.screw, self.bin_a), 10)

    # === THE BUTTONS === #

    def test_apply_is_refused_and_says_what_to_do(self):
        """P16."""
        self._count_natively(self.user)
        with self.assertRaisesRegex(AccessError, "Option 170.*Run a new cycle count"):
            self._rpc(self.user, self.quant, "action_apply_inventory")

    def test_apply_all_is_refused(self):
        """P16: before it asks for a reason."""
        self._count_natively(self.user)
        context = {"active_domain": [("id", "in", self.quant.ids)]}
        self._check_closed(self.quant, "action_apply_all", context=context)

    def test_applying_with_a_reason_is_refused(self):
        """P16: the wizard behind Apply and Apply All."""
        self._count_natively(self.user)
        wizard = self._wizard(self.user, "stock.inventory.adjustment.name")
        self._check_closed(wizard, "action_apply")

    def test_the_conflict_wizard_is_refused(self):
        """P16: keeping the count, or the difference."""
        self._count_natively(self.user)
        wizard = self._wizard(self.env.user, "stock.inventory.conflict")
        for answer in ("action_keep_counted_quantity", "action_keep_difference"):
            self._check_closed(wizard, answer)

    def test_setting_to_zero_in_the_stock_report_is_refused(self):
        """P16: there it applies at once."""
        self._check_closed(
            self.quant,
            "action_set_inventory_quantity_zero",
            context={**INVENTORY, "inventory_report_mode": True},
        )

    def test_update_quantity_is_refused(self):
        """P16: a new row and an edited one, which apply themselves."""
        values = {"inventory_quantity_auto_apply": 3}
        self._check_closed(self.quant, "write", values, context=INVENTORY)
        key = {"product_id": self.screw.id, "location_id": self.bin_a.id}
        self._check_closed(self.quant, "create", {**key, **values}, context=INVENTORY)

    def test_the_quantity_of_a_product_is_refused(self):
        """P16: the number on the product form."""
        self._check_closed(self.screw, "write", {"qty_available": 5})
        template = self.screw.product_tmpl_id
        self._check_closed(template, "write", {"qty_available": 5})
        values = {"name": "New", "is_storable": True, "qty_available": 5}
        self._check_closed(template, "create", values)

    # === BEHIND THE BUTTONS === #

    def test_an_import_that_applies_itself_is_refused(self):
        """P16: whatever the file says, the book is as before."""
        for column in ("inventory_quantity_auto_apply", "quantity"):
            with self.subTest(column), mute_logger("odoo.sql_db"):
                self._rpc(
                    self.user,
                    self.quant,
                    "load",
                    ["product_id/.id", "location_id/.id", column],
                    [[str(self.screw.id), str(self.bin_b.id), "7"]],
                )
                self.assertEqual(self._booked(self.screw, self.bin_b), 0)

    def test_quantities_are_not_written_directly(self):
        """P16: Odoo itself lets Inventory users write them by RPC."""
        for values in ({"quantity": 3}, {"reserved_quantity": 3}):
            self._check_closed(self.quant, "write", values)
        key = {"product_id": self.screw.id, "location_id": self.bin_a.id}
        self._check_closed(self.quant, "create", {**key, "quantity": 3})

    def test_quants_are_not_given_another_key(self):
        """P16: that would move stock without a move."""
        for values in ({"location_id": self.bin_b.id}, {"product_id": self.glue.id}):
            self._check_closed(self.quant, "write", values)

    def test_quants_are_not_deleted(self):
        """P16: Odoo's own rule, and ours behind it."""
        with self.assertRaises(UserError):
            self._rpc(self.user, self.quant, "unlink")

    def _move_values(self, **values):
        shared = {
            "product_id": self.screw.id,
            "location_id": self.bin_a.id,
            "location_dest_id": self.screw.property_stock_inventory.id,
        }
        line = {**shared, "product_uom_id": self.screw.uom_id.id, "quantity": 4}
        return {
            **shared,
            "product_uom_qty": 4,
            "is_inventory": True,
            "company_id": self.company.id,
            "move_line_ids": [Command.create(line)],
            **values,
        }

    def test_a_move_is_not_born_as_a_correction(self):
        """P16: a move made as done changes stock at once."""
        move = self.env["stock.move"]
        self._check_closed(move, "create", self._move_values(state="done"))

    def test_a_transfer_is_not_validated_as_a_correction(self):
        """P16: a transfer that calls itself an adjustment."""
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.bin_a.id,
                "location_dest_id": self.screw.property_stock_inventory.id,
                "move_ids": [Command.create(self._move_values(picked=True))],
            }
        )
        self._check_closed(picking, "button_validate")

    def test_a_done_correction_is_not_edited(self):
        """P16, P7: its quantity would change stock again."""
        self._adjust_natively(self.screw, self.bin_a, 10)
        session = self._create_session(self.bin_b)
        self._count(session, self.screw, self.bin_b, 2)
        self.company.count_require_approval = False
        self._post(session)
        self.company.count_require_approval = True
        done = session.move_ids.move_line_ids
        self._check_closed(done, "write", {"quantity": 5})
        self.assertEqual(self._booked(self.screw, self.bin_b), 2)

    # === WHAT STAYS OPEN === #

    def test_counting_without_applying_stays_open(self):
        """P16: as do clearing and setting."""
        self._count_natively(self.user)
        self._rpc(self.user, self.quant, "action_clear_inventory_quantity")
        self._rpc(self.user, self.quant, "action_set_inventory_quantity")
        self.assertTrue(self.quant.inventory_quantity_set)
        self.assertEqual(self.quant.quantity, 10)

    def test_scrap_stays_open(self):
        """P16: it is physical, not a count."""
        scrap = self.env["stock.scrap"].with_user(self.user)
        scrap = scrap.create(
            {"product_id": self.screw.id, "location_id": self.bin_a.id, "scrap_qty": 1}
        )
        self._rpc(self.user, scrap, "action_validate")
        self.assertEqual(self._booked(self.screw, self.bin_a), 9)

    def test_deliveries_stay_open(self):
        """P16."""
        picking = self._create_transfer(self.screw, 3, self.bin_a, self.customers)
        self._rpc(self.user, picking, "button_validate")
        self.assertEqual(self._booked(self.screw, self.bin_a), 7)

    def test_managers_relocate_and_apply_with_the_option_on(self):
        """P16: they may post counts."""
        self._count_natively(self.manager)
        self._rpc(self.manager, self.quant, "action_apply_inventory")
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)
        relocate = self._wizard(
            self.manager, "stock.quant.relocate", dest_location_id=self.bin_b.id
        )
        self._rpc(self.manager, relocate, "action_relocate_quants")
        self.assertEqual(self._booked(self.screw, self.bin_b), 8)

    def test_everybody_applies_with_the_option_off(self):
        """P16: Odoo's behaviour is untouched."""
        self.company.count_require_approval = False
        self._count_natively(self.user)
        self._rpc(self.user, self.quant, "action_apply_inventory")
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    def test_the_option_of_another_company_does_not_matter(self):
        """P16: an option is per company."""
        self.company.count_require_approval = False
        self.env["res.company"].create(
            {"name": "Strict", "count_require_approval": True}
        )
        self._count_natively(self.user)
        self._rpc(self.user, self.quant, "action_apply_inventory")
        self.assertEqual(self._booked(self.screw, self.bin_a), 8)

    # === THE INTERFACE === #

    def _buttons(self, user):
        view = self.env.ref("stock.view_stock_quant_tree_inventory_editable")
        quants = self.env["stock.quant"].with_user(user).with_company(self.company)
        arch = quants.get_view(view.id, "list")["arch"]
        return [name for name in APPLY_BUTTONS if f'name="{name}"' in arch]

    def test_apply_buttons_are_hidden_from_who_may_not(self):
        """P16: of the rows and of the header."""
        self.assertEqual(self._buttons(self.user), [])
        self.assertEqual(len(self._buttons(self.manager)), 3)

    def test_apply_buttons_come_back_with_the_option_off(self):
        """P16: the cache of views knows."""
        self.assertEqual(self._buttons(self.user), [])
        self.company.count_require_approval = False
        self.assertEqual(len(self._buttons(self.user)), 3)

    def test_rows_of_a_company_with_the_option_say_so(self):
        """P16: for lists over several companies."""
        self.assertFalse(self.quant.with_user(self.user).count_may_apply)
        self.assertTrue(self.quant.with_user(self.manager).count_may_apply)
