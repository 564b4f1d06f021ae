from odoo import api, models

from ...const import LEAD


class StockCountGuard(models.AbstractModel):
    """Access to fields where a group is not enough: costs, and what only leads read.

    A counter who is also a lead reads costs, a counter who is nothing else does not.
    No list of groups can say that.
    """

    _name = "stock.count.guard"
    _description = "Count Field Guard"

    # Names of fields that show what stock costs.
    _count_costs = frozenset()
    # Names of fields for leads that cannot have ``groups``.
    _count_leads_only = frozenset()

    # === VIEWS === #

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._count_hidden_names())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Leave out the fields that the user may not read: the client would ask for
        them and get an access error."""
        arch, view = super()._get_view(view_id, view_type, **options)
        for name in self._count_hidden_names():
            for node in arch.xpath(
                "//field[@name=$name]|//label[@for=$name]", name=name
            ):
                node.getparent().remove(node)
        return arch, view

    @api.model
    def _count_hidden_names(self):
        """Names of the costs that this user may not read, sorted."""
        costs = self._count_costs & self._fields.keys()
        readable = {
            name for name in costs if self._has_field_access(self._fields[name], "read")
        }
        return tuple(sorted(costs - readable))

    # === BUSINESS METHODS === #

    def _has_field_access(self, field, operation):
        """Refuse costs to counters who have no other right, and leads' fields to all
        but leads."""
        # Odoo asks for each value that is read: most names are decided by this line.
        name = field.name
        guarded = name in self._count_costs or name in self._count_leads_only
        if guarded and not self.env.su and not self._count_may_read(name):
            return False
        return super()._has_field_access(field, operation)

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Check access to a many2many field before grouping by it: Odoo does not."""
        field = self._fields.get(groupby_spec.split(":")[0].split(".")[0])
        if field and field.type == "many2many":
            self._check_field_access(field, "read")
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _count_may_read(self, name):
        if name in self._count_leads_only:
            return self.env.user.has_group(LEAD)
        return not self.env.user._is_pure_counter()
