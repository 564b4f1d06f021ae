from odoo import api, models

from ...const import LEAD


class StockCountGuard(models.AbstractModel):
    """Field access beyond groups: who may read a cost."""

    _name = "stock.count.guard"
    _description = "Count Field Guard"

    # Fields that tell a counter what stock costs.
    _count_costs = frozenset()
    # Fields that leads read, but that cannot name their group.
    _count_leads_only = frozenset()

    # === VIEWS === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._count_hidden_names())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Leave out what the user may not read: the client would ask for it."""
        arch, view = super()._get_view(view_id, view_type, **options)
        for name in self._count_hidden_names():
            for node in arch.xpath(
                "//field[@name=$name]|//label[@for=$name]", name=name
            ):
                node.getparent().remove(node)
        return arch, view

    @api.model
    def _count_hidden_names(self):
        """The costs that this user may not read."""
        costs = self._count_costs & self._fields.keys()
        readable = {
            name for name in costs if self._has_field_access(self._fields[name], "read")
        }
        return tuple(sorted(costs - readable))

    # === BUSINESS METHODS === #

    def _has_field_access(self, field, operation):
        """Refuse what no group can express: a counter who is not also a lead."""
        # Asked for every value that is read, so most names are told at once.
        name = field.name
        guarded = name in self._count_costs or name in self._count_leads_only
        if guarded and not self.env.su and not self._count_may_read(name):
            return False
        return super()._has_field_access(field, operation)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Odoo does not ask who may read a field of many records to group by it."""
        field = self._fields.get(groupby_spec.split(":")[0].split(".")[0])
        if field and field.type == "many2many":
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _count_may_read(self, name):
        if name in self._count_leads_only:
            return self.env.user.has_group(LEAD)
        return not self.env.user._is_pure_counter()
