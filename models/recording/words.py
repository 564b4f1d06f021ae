from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By code: why an entry is refused, and what to do.
REFUSALS = {
    "not_an_object": _lt("An entry is an object with a uuid and a quantity."),
    "no_uuid": _lt("The entry has no uuid: the device must choose one."),
    "uuid_of_another_count": _lt(
        "This entry was recorded in another count: it needs a uuid of its own."
    ),
    "unknown_operation": _lt(
        "The operation %(value)s is not known: use add, set or withdraw."
    ),
    "names_no_entry": _lt("A withdrawal names the uuid of the entry it takes back."),
    "not_a_text": _lt("The field %(field)s must be a text."),
    "too_long": _lt("The field %(field)s is longer than %(limit)s characters."),
    "control_characters": _lt(
        "The field %(field)s contains characters that cannot be printed: scan"
        " or type it again."
    ),
    "not_an_id": _lt("The field %(field)s must be the id of a record."),
    "not_a_time": _lt(
        "%(value)s is no time: %(field)s is written as 2026-01-31 14:05:00, in UTC."
    ),
    "not_a_number": _lt("%(value)s is not a number: enter the quantity found."),
    "negative": _lt(
        "%(value)s is negative: nobody finds less than nothing. Enter 0 if"
        " none is there."
    ),
    "too_large": _lt("The quantity is above %(limit)s: check what was typed."),
    "session_closed": _lt("%(session)s is closed: use Count Again for a new count."),
    "withdrawn_already": _lt("This entry was withdrawn before."),
    "unknown_entry": _lt(
        "No entry %(value)s is in this count: it cannot be withdrawn."
    ),
    "unknown_line": _lt("No line %(value)s is in this count: refresh the screen."),
    "unknown_barcode": _lt("Nothing has the barcode %(value)s."),
    "ambiguous_barcode": _lt(
        "%(value)s may be several things: %(options)s. Choose the right one by hand."
    ),
    "other_code": _lt(
        "%(value)s is the code of %(options)s: scan the right one of item and location."
    ),
    "bad_code": _lt("This code was not counted. %(reason)s"),
    "other_lot": _lt(
        "The code says lot or serial number %(said)s, the entry says %(value)s: scan it"
        " again."
    ),
    "no_quantity": _lt(
        "The entry has no quantity, and its code says none: enter the quantity found."
    ),
    "unknown_record": _lt(
        "%(field)s %(value)s does not exist any more: refresh the screen."
    ),
    "no_product": _lt("The entry does not say which product was counted."),
    "no_location": _lt("%(product)s: the entry does not say where it was counted."),
    "not_stored": _lt(
        "%(product)s is not tracked in inventory: switch on Track Inventory on"
        " the product, or leave it out."
    ),
    "foreign_product": _lt("%(product)s belongs to another company: count it there."),
    "foreign_record": _lt(
        "%(product)s: its lot, package or owner belongs to another company:"
        " count it there."
    ),
    "outside_session": _lt(
        "%(location)s does not belong to %(session)s: count it in a session of its own."
    ),
    "parts_off": _lt(
        "%(product)s: split units are not used here. Enter one quantity, or ask"
        " for Option 174."
    ),
    "bad_parts": _lt(
        "Parts are a list of at most %(limit)s quantities, each with its unit."
    ),
    "too_large_sum": _lt(
        "%(product)s: the parts add up to %(qty)s. Check what was typed."
    ),
    "serial2_off": _lt(
        "%(product)s: Serial2 is not used here. Leave it empty, or ask for Option 290."
    ),
    "other_warehouse": _lt(
        "%(product)s is assigned to %(assigned)s: count it there, or assign it"
        " to %(warehouse)s, too (Option 504)."
    ),
    "same_counter": _lt(
        "%(product)s, %(location)s: you counted it in an earlier round, so"
        " somebody else has to count it now."
    ),
    "wrong_lot": _lt("Lot %(lot)s does not belong to %(product)s: scan it again."),
    "kit": _lt(
        "%(product)s is a kit, so it has no stock of its own. Count its components:"
        " %(components)s."
    ),
    "former_lots": _lt(
        "%(product)s is not tracked any more, but its stock at %(location)s is booked"
        " by lot: %(lots)s. Count these lots."
    ),
    "not_tracked": _lt(
        "%(product)s is not tracked by lots or serial numbers: leave the lot empty."
    ),
    "lot_required": _lt(
        "%(product)s is tracked: enter the lot or serial number that was counted."
    ),
    "wrong_unit": _lt(
        "%(product)s cannot be counted in %(uom)s: use a unit of its own kind."
    ),
    "too_precise": _lt(
        "%(product)s: %(qty)s has more than the %(digits)s decimals of %(uom)s."
    ),
    "serial_quantity": _lt(
        "%(product)s: serial number %(lot)s is found once or not at all, not"
        " %(qty)s times."
    ),
    "serial_twice": _lt(
        "Serial number %(lot)s was counted at %(location)s already: withdraw"
        " that count if it is here."
    ),
    "zero_off": _lt(
        "%(product)s: zero counts are not used here. Skip it, or ask for Option 325."
    ),
    "location_locked": _lt(
        "You count at %(location)s: this count is locked to it (Option 345)."
        " Remove what you counted there to begin elsewhere."
    ),
}


class StockCountRecorder(models.AbstractModel):
    """Why entries are refused, in words."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.recorder"

    # === BUSINESS METHODS === #

    @api.model
    def _messages(self):
        """By code, why an entry is refused, in the user's language."""
        return {code: self.env._(text) for code, text in REFUSALS.items()}
