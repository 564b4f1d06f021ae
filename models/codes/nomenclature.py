import re

from odoo import api, models

from ...domain.codes.identifiers import IDENTIFIERS
from ...domain.codes.resolve import Embedded

# The identifier that a rule of a GS1 nomenclature is for.
RULE = re.compile(r"\(([0-9]{2,4})\)")
# Types of rules, and kinds of identifiers that a company may use in its own way.
TYPES = ("product", "lot", "package", "location")
FREE_KINDS = ("other", "extension")


class StockCountCodes(models.AbstractModel):
    """What the company's barcode nomenclature makes of codes."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.codes"

    # === BUSINESS METHODS === #

    @api.model
    def _separator(self, company):
        """What separates values in a company with a GS1 nomenclature, as a pattern."""
        nomenclature = company.nomenclature_id
        text = nomenclature.is_gs1_nomenclature and nomenclature.gs1_separator_fnc1
        try:
            return re.compile(text) if text else None
        except re.error:
            return None

    @api.model
    def _uses(self, company):
        """Dict of each identifier that rules of the company use in their own way to the
        type of the rule."""
        if not company.nomenclature_id.is_gs1_nomenclature:
            return {}
        rules = company.nomenclature_id.rule_ids.filtered(lambda r: r.type in TYPES)
        found = {m[1]: r.type for r in rules if (m := RULE.match(r.pattern))}
        return {
            ai: name
            for ai, name in found.items()
            if ai in IDENTIFIERS and IDENTIFIERS[ai].kind in FREE_KINDS
        }

    @api.model
    def _read_embedded(self, company, code):
        """What to look for instead of a code that is an alias, or that has a weight or
        price in it; None for any other code."""
        nomenclature = company.nomenclature_id
        if not nomenclature or nomenclature.is_gs1_nomenclature:
            return None
        parsed = nomenclature.parse_nomenclature_barcode(code)
        if parsed["type"] == "error":
            return None
        alias, base = parsed["code"], parsed["base_code"]
        found = base if alias == code else alias
        if found == code:
            return None
        is_weight = parsed["type"] == "weight"
        return Embedded(found, parsed["value"] or None if is_weight else None)
