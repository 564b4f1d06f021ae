from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.modules import get_manifest
from odoo.tools import SQL

from ..shared.keys import sql_rows

ROW = (
    "kind text, name text, field_name text, old_value text, new_value text,"
    " company_id int"
)


class StockCountSettingLog(models.Model):
    """One change of how counting is configured: old → new, who, when.

    It is written by SQL when something changes, whatever door the change came through.
    Nobody writes it otherwise, in sudo mode neither.
    """

    _name = "stock.count.setting.log"
    _inherit = ["stock.count.append.only"]
    _description = "Change of Count Settings"
    _order = "changed_at desc, id desc"
    _log_access = False

    kind = fields.Selection(
        selection=[
            ("option", "Option"),
            ("reason", "Reason"),
            ("tolerance", "Tolerance"),
            ("class", "Class"),
            ("rule", "Exception Rule"),
            ("operation", "Operation Type"),
            ("people", "People"),
            ("module", "Installation"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(string="What", required=True, readonly=True)
    field_name = fields.Char(string="Setting", readonly=True)
    old_value = fields.Char(string="Before", readonly=True)
    new_value = fields.Char(string="After", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Empty: it is the same for all companies.",
    )
    user_id = fields.Many2one(
        string="Who",
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    changed_at = fields.Datetime(string="When", required=True, readonly=True)

    def init(self):
        """Note that the addon was installed or updated."""
        self.env.cr.execute(
            "SELECT new_value FROM stock_count_setting_log WHERE kind = 'module'"
            " ORDER BY id DESC LIMIT 1"
        )
        [before] = self.env.cr.fetchone() or [""]
        manifest = get_manifest("stock_count")
        row = {"kind": "module", "name": manifest["name"], "field_name": "Version"}
        self._note([{**row, "old_value": before, "new_value": manifest["version"]}])

    # === CRUD METHODS === #

    def _refuse_change(self):
        raise AccessError(
            self.env._("The log of settings is written by what changes, and stays.")
        )

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, rows):
        """Note changes in the name of this user, leaving out what did not change.

        :param list rows: dicts of ``ROW``; without ``company_id`` for all companies
        """
        changed = [
            row for row in rows if (row["old_value"] or "") != (row["new_value"] or "")
        ]
        if not changed:
            return
        names = SQL(", ").join(
            SQL.identifier(column.split()[0]) for column in ROW.split(",")
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO stock_count_setting_log (%s, user_id, changed_at)
                SELECT %s, %s, clock_timestamp() AT TIME ZONE 'UTC' FROM %s
                """,
                names,
                names,
                self.env.uid,
                sql_rows(changed, ROW),
            )
        )
        self.invalidate_model()
