from odoo import api, models

KINDS = {
    "res.company": "option",
    "stock.count.reason": "reason",
    "stock.count.tolerance": "tolerance",
    "stock.count.class": "class",
    "stock.count.exception.rule": "rule",
    "stock.picking.type": "operation",
}
OURS = "stock.count."
# On Odoo's own models, our fields begin with this.
PREFIX = "count_"


class StockCountAudited(models.AbstractModel):
    """What is configured: each change of it is in the log of settings."""

    _name = "stock.count.audited"
    _inherit = ["stock.count.unlinking"]
    _description = "Audited Count Settings"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        rows = []
        for record, vals in zip(records, vals_list, strict=True):
            names = self._count_audited_names() & vals.keys()
            told = record._count_tell(names)
            rows += [row for name in told for row in record._count_rows(name, "", told)]
        self.env["stock.count.setting.log"]._note(rows)
        return records

    def write(self, vals):
        # Before anything is read in sudo mode.
        self.check_access("write")
        before = self._count_read_audited(vals)
        result = super().write(vals)
        self._count_note_changes(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _note_unlinked(self):
        rows = []
        for record in self.sudo():
            told = record._count_tell(self._count_audited_names())
            for name, old in told.items():
                rows += record._count_rows(name, old, {})
        self.env["stock.count.setting.log"]._note(rows)

    def _update_field_translations(self, field_name, *args, **kwargs):
        """A translation is written past ``write``."""
        before = self._count_read_audited([field_name])
        result = super()._update_field_translations(field_name, *args, **kwargs)
        self._count_note_changes(before)
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _count_audited_names(self):
        """Names of the fields whose changes are noted: those that people set."""
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and not (field.related or field.readonly)
            and field.type != "one2many"
            and name not in models.MAGIC_COLUMNS
            and (name.startswith(PREFIX) or self._name.startswith(OURS))
        }

    def _count_read_audited(self, names):
        """The texts of these fields: dict record → dict name → text."""
        audited = self._count_audited_names() & set(names)
        if not audited:
            return {}
        return {record: record._count_tell(audited) for record in self.sudo()}

    def _count_note_changes(self, before):
        """Note what is different from before, see ``_count_read_audited``."""
        rows = []
        for record, told in before.items():
            now = record._count_tell(told)
            for name, old in told.items():
                rows += record._count_rows(name, old, now)
        self.env["stock.count.setting.log"]._note(rows)

    def _count_rows(self, name, old, now):
        """The rows of one field of this record."""
        record = self.sudo()
        company = record if self._name == "res.company" else record.company_id
        yield {
            "kind": KINDS[self._name],
            "name": record.display_name or self._description,
            "field_name": self._fields[name]._description_string(self.env),
            "old_value": old,
            "new_value": now.get(name, ""),
            "company_id": company.id or None,
        }

    def _count_tell(self, names):
        """What people read in these fields of this record: dict name → text."""
        return {name: self._count_tell_one(self._fields[name]) for name in names}

    def _count_tell_one(self, field):
        value = self.sudo()[field.name]
        if field.relational:
            return ", ".join(record.display_name or "" for record in value)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return "" if value is False or value is None else str(value)
