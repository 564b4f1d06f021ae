from odoo import api, models

from ..shared.quantities import quantity_digits

# By unit of a code: Odoo's units of that kind, and how many of it that is. An ounce may
# be a weight or a volume.
UNITS = {
    "kg": (("product_uom_kgm", 1),),
    "lb": (("product_uom_lb", 1),),
    "oz": (("product_uom_oz", 1), ("product_uom_floz", 1)),
    "ozt": (("product_uom_gram", 31.1034768),),
    "l": (("product_uom_litre", 1),),
    "m3": (("product_uom_cubic_meter", 1),),
    "qt": (("product_uom_qt", 1),),
    "gal": (("product_uom_gal", 1),),
    "in3": (("product_uom_cubic_inch", 1),),
    "ft3": (("product_uom_cubic_foot", 1),),
    "yd3": (("product_uom_cubic_foot", 27),),
    "m": (("product_uom_meter", 1),),
    "in": (("product_uom_inch", 1),),
    "ft": (("product_uom_foot", 1),),
    "yd": (("product_uom_yard", 1),),
    "m2": (("product_uom_square_meter", 1),),
    "ft2": (("product_uom_square_foot", 1),),
    "in2": (("product_uom_square_foot", 1 / 144),),
    "yd2": (("product_uom_square_foot", 9),),
}


class StockCountCodes(models.AbstractModel):
    """What the units of codes are among Odoo's."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.codes"

    # === BUSINESS METHODS === #

    @api.model
    def _read_measures(self):
        """How measures of codes are converted into units of items.

        :return: dict ``units`` (by unit of a code, pairs of a root unit's id and how
            many of it that is), ``roots`` (ids of these root units) and ``digits`` (the
            decimals of a quantity)
        """
        units = {
            unit: [
                pair for name, times in names if (pair := self._root_of(name, times))
            ]
            for unit, names in UNITS.items()
        }
        roots = {root for pairs in units.values() for root, _factor in pairs}
        return {"units": units, "roots": roots, "digits": quantity_digits(self.env)}

    @api.model
    def _root_of(self, name, times):
        """The root unit of a unit of Odoo's, and how many of it so many are; None if
        the unit was deleted."""
        uom = self.env.ref(f"uom.{name}", raise_if_not_found=False)
        return uom and (int(uom.parent_path.split("/")[0]), uom.factor * times)
