from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import ValidationError

from .hostile_values import check_id, check_texts


class StockCountNamedRecords(models.AbstractModel):
    """Records that name other records: only such as their user may read.

    A dialog and a form compute in sudo mode what they show of a record that they name.
    So they must not name a count of another company, whatever client filled them.
    """

    _name = "stock.count.named.records"
    _inherit = ["stock.count.one.record"]
    _description = "Records That Name What Their User May Read"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # In sudo mode nothing is checked, so its defaults need not be known yet.
        for vals in () if self.env.su else vals_list:
            with self._in_words():
                named = self._add_missing_default_values(dict(vals))
            self._check_named(named)
        return super().create(vals_list)

    def write(self, vals):
        self._check_named(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Check the values of a form, and the defaults that it starts with."""
        with self._in_words():
            missing = [name for name in fields_spec if name not in values]
            defaults = {} if field_names else self.default_get(missing)
            # In the field that leads to the form around this one are its values.
            named = {n: v for n, v in values.items() if not isinstance(v, dict)}
        self._check_named({**defaults, **named})
        return super().onchange(values, field_names, fields_spec)

    # === BUSINESS METHODS === #

    @api.model
    def _check_named(self, vals):
        """Check that the user may read each record that values name, and that their
        texts can be kept.

        :param dict vals: as for ``create``
        :raise AccessError: when the user may not
        :raise ValidationError: when a text cannot
        """
        if self.env.su:
            return
        check_texts(self.env, vals)
        names = [n for n in vals if n in self._fields and self._fields[n].relational]
        for name in names:
            if self._fields[name].type == "many2one":
                check_id(self.env, vals[name])
        with self._in_words():
            named = self.browse().new({name: vals[name] for name in names})
        for name in names:
            named[name]._origin.check_access("read")

    @contextmanager
    def _in_words(self):
        """Refuse in words what a client sends in a form that nobody can read."""
        try:
            yield
        except (TypeError, ValueError, AttributeError, LookupError) as error:
            raise ValidationError(
                self.env._("These values cannot be read: %s", error)
            ) from error
