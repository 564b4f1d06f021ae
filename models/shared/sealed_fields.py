from odoo import api, models
from odoo.exceptions import AccessError


class StockCountSealedFields(models.AbstractModel):
    """Sealed fields: only the addon writes them, in sudo mode.

    A transfer reads thousands of fields of moves. So this mixin checks what is written,
    and does not ask for each field that is read as ``stock.count.guard`` does.
    """

    _name = "stock.count.evidence"
    _description = "Count Evidence"

    # Names of the model's sealed fields.
    _count_sealed = frozenset()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_sealed(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_sealed(vals)
        return super().write(vals)

    # === BUSINESS METHODS === #

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
