from odoo import api, models
from odoo.exceptions import AccessError

from .context_defaults import without_defaults


class StockCountSealedFields(models.AbstractModel):
    """Sealed fields: only the addon writes them, in sudo mode.

    A transfer reads thousands of fields of moves. So this mixin checks what is written,
    and does not ask for each field that is read as ``stock.count.guard`` does.
    """

    _name = "stock.count.evidence"
    _inherit = ["stock.count.unlinking"]
    _description = "Count Evidence"

    # Names of the model's sealed fields.
    _count_sealed = frozenset()
    # Names of fields that are sealed once a count has posted the record.
    _count_sealed_when_posted = frozenset()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_sealed(vals)
        # Also in sudo mode: Odoo's own code works there with the context of whoever
        # called it, and the addon gives these fields as values.
        clean = without_defaults(self, self._count_sealed)
        return super(StockCountSealedFields, clean).create(vals_list)

    def write(self, vals):
        self._refuse_sealed(vals)
        self._refuse_posted(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _count_is_posted(self):
        """Whether a count has posted this record, which seals it as it is."""
        return False

    def _refuse_posted(self, vals):
        """Refuse to change what a posted record says of stock.

        :raise AccessError: naming these fields
        """
        sealed = self._count_sealed_when_posted & vals.keys()
        if self.env.su or not sealed:
            return
        if any(record._count_is_posted() for record in self):
            raise AccessError(
                self.env._(
                    "This was posted by a count and stays as it is: %s. Undo the"
                    " posting, or count again.",
                    ", ".join(self._fields[name].string for name in sorted(sealed)),
                )
            )

    def _refuse_sealed(self, vals):
        """Refuse values of sealed fields from outside the addon.

        :raise AccessError: naming these fields
        """
        sealed = self._count_sealed & vals.keys()
        if self.env.su or not sealed:
            return
        raise AccessError(
            self.env._(
                "What a count has done to stock is written by counting alone: %s.",
                ", ".join(self._fields[name].string for name in sorted(sealed)),
            )
        )
