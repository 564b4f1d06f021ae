from odoo import api, models


class StockCountRecorder(models.AbstractModel):
    """Everything that a refused entry is told, in one place."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _messages(self):
        _ = self.env._
        return {
            "not_an_object": _("An entry is an object with a uuid and a quantity."),
            "no_uuid": _("The entry has no uuid: the device must choose one."),
            "uuid_of_another_count": _(
                "This entry was recorded in another count: it needs a uuid of its own."
            ),
            "unknown_operation": _(
                "The operation %(value)s is not known: use add, set or withdraw."
            ),
            "names_no_entry": _(
                "A withdrawal names the uuid of the entry it takes back."
            ),
            "not_a_text": _("The field %(field)s must be a text."),
            "too_long": _("The field %(field)s is longer than %(limit)s characters."),
            "control_characters": _(
                "The field %(field)s contains characters that cannot be printed: scan"
                " or type it again."
            ),
            "not_an_id": _("The field %(field)s must be the id of a record."),
            "not_a_time": _(
                "%(value)s is no time: %(field)s is written as 2026-01-31 14:05:00, in"
                " UTC."
            ),
            "not_a_number": _("%(value)s is not a number: enter the quantity found."),
            "negative": _(
                "%(value)s is negative: nobody finds less than nothing. Enter 0 if"
                " none is there."
            ),
            "too_large": _("The quantity is above %(limit)s: check what was typed."),
            "session_closed": _(
                "%(session)s is closed: use Count Again for a new count."
            ),
            "withdrawn_already": _("This entry was withdrawn before."),
            "unknown_entry": _(
                "No entry %(value)s is in this count: it cannot be withdrawn."
            ),
            "unknown_line": _(
                "No line %(value)s is in this count: refresh the screen."
            ),
            "unknown_barcode": _("Nothing has the barcode %(value)s."),
            "ambiguous_barcode": _(
                "Several records have the barcode %(value)s: choose the right one by"
                " hand."
            ),
            "unknown_record": _(
                "%(field)s %(value)s does not exist any more: refresh the screen."
            ),
            "no_product": _("The entry does not say which product was counted."),
            "no_location": _(
                "%(product)s: the entry does not say where it was counted."
            ),
            "not_stored": _(
                "%(product)s is not tracked in inventory: switch on Track Inventory on"
                " the product, or leave it out."
            ),
            "foreign_product": _(
                "%(product)s belongs to another company: count it there."
            ),
            "foreign_record": _(
                "%(product)s: its lot, package or owner belongs to another company:"
                " count it there."
            ),
            "outside_session": _(
                "%(location)s does not belong to %(session)s: count it in a session of"
                " its own."
            ),
            "parts_off": _(
                "%(product)s: split units are not used here. Enter one quantity, or ask"
                " for Option 174."
            ),
            "bad_parts": _(
                "Parts are a list of at most %(limit)s quantities, each with its unit."
            ),
            "too_large_sum": _(
                "%(product)s: the parts add up to %(qty)s. Check what was typed."
            ),
            "serial2_off": _(
                "%(product)s: Serial2 is not used here. Leave it empty, or ask for"
                " Option 290."
            ),
            "other_warehouse": _(
                "%(product)s is assigned to %(assigned)s: count it there, or assign it"
                " to %(warehouse)s, too (Option 504)."
            ),
            "same_counter": _(
                "%(product)s, %(location)s: you counted it in an earlier round, so"
                " somebody else has to count it now."
            ),
            "wrong_lot": _(
                "Lot %(lot)s does not belong to %(product)s: scan it again."
            ),
            "not_tracked": _(
                "%(product)s is not tracked by lots or serial numbers: leave the lot"
                " empty."
            ),
            "lot_required": _(
                "%(product)s is tracked: enter the lot or serial number that was"
                " counted."
            ),
            "wrong_unit": _(
                "%(product)s cannot be counted in %(uom)s: use a unit of its own kind."
            ),
            "too_precise": _(
                "%(product)s: %(qty)s has more than the %(digits)s decimals of %(uom)s."
            ),
            "serial_quantity": _(
                "%(product)s: serial number %(lot)s is found once or not at all, not"
                " %(qty)s times."
            ),
            "serial_twice": _(
                "Serial number %(lot)s was counted at %(location)s already: withdraw"
                " that count if it is here."
            ),
            "zero_off": _(
                "%(product)s: zero counts are not used here. Skip it, or ask for"
                " Option 325."
            ),
            "location_locked": _(
                "You count at %(location)s: this count is locked to it (Option 345)."
                " Remove what you counted there to begin elsewhere."
            ),
        }
