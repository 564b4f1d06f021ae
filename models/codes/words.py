from odoo import api, models
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By code of a problem: why a code must not be used, and what to do.
PROBLEMS = {
    "check_digit": _lt(
        "The number %(value)s in this code has a wrong check digit: scan it again, or"
        " choose the item by hand."
    ),
    "too_long": _lt(
        "%(value)s in this code is too long: a separator is missing. Set the scanner to"
        " send the group separator (FNC1), or enter the item by hand."
    ),
    "empty": _lt("A lot or number in this code is empty: enter the item by hand."),
    "contradiction": _lt(
        "This code says two things, %(value)s among them: enter the item by hand."
    ),
    "compressed": _lt(
        "This is a compressed Digital Link, which cannot be read: scan another code of"
        " the label."
    ),
}
# By code of a doubt: why the code does not say how many there are.
DOUBTS = {
    "measure_off": _lt(
        "%(product)s: the code says %(value)s, which does not fit the unit %(uom)s."
        " Enter the quantity."
    ),
    "bad_quantity": _lt(
        "%(product)s: the code says a quantity twice or in letters (%(value)s). Enter"
        " the quantity."
    ),
}


class StockCountCodes(models.AbstractModel):
    """Refusals and questions in words."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.codes"

    # === BUSINESS METHODS === #

    @api.model
    def _explain_problem(self, problem):
        """Why a code must not be used, in the user's language."""
        texts = {code: self.env._(text) for code, text in PROBLEMS.items()}
        return texts[problem.code] % {"value": problem.value}

    @api.model
    def _explain_doubt(self, meaning):
        """Why the code of an item does not say how many there are, in the user's
        language; "" if it is not that the code says so in a wrong way."""
        texts = {code: self.env._(text) for code, text in DOUBTS.items()}
        product = self.env["product.product"].browse(meaning.product_id)
        for code, value in meaning.doubts:
            if code in texts:
                names = {"product": product.display_name, "uom": product.uom_id.name}
                return texts[code] % {**names, "value": value}
        return ""

    @api.model
    def _lot_of(self, meaning):
        """The name of the lot or serial number that a code says, "" for none."""
        return self.env["stock.lot"].browse(meaning.lot_id).name or meaning.lot_name

    @api.model
    def _name_meaning(self, meaning):
        """What a code means, as people call it, when they have to choose."""
        if meaning.kind == "location":
            place = self.env["stock.location"].browse(meaning.location_id)
            return self.env._("location %(name)s", name=place.display_name)
        if meaning.kind == "package":
            package = self.env["stock.package"].browse(meaning.package_id)
            return self.env._("package %(name)s", name=package.display_name)
        product = self.env["product.product"].browse(meaning.product_id)
        lot = self._lot_of(meaning)
        uom = self.env["uom.uom"].browse(meaning.uom_id)
        if lot:
            return self.env._(
                "lot %(lot)s of %(product)s", lot=lot, product=product.display_name
            )
        if uom and uom != product.uom_id:
            return self.env._(
                "%(uom)s of %(product)s", uom=uom.name, product=product.display_name
            )
        return self.env._("item %(product)s", product=product.display_name)
