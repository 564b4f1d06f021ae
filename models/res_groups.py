from contextlib import contextmanager

from odoo import api, models

from ..const import APPROVER, COUNTER, LEAD, MANAGER

# By what a user or group gets and loses a role.
MEMBERSHIP = {"user_ids", "implied_ids", "implied_by_ids", "all_user_ids"}


class ResGroups(models.Model):
    _inherit = "res.groups"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        with self._count_noting_roles(any(MEMBERSHIP & v.keys() for v in vals_list)):
            return super().create(vals_list)

    def write(self, vals):
        with self._count_noting_roles(MEMBERSHIP & vals.keys()):
            return super().write(vals)

    def unlink(self):
        with self._count_noting_roles():
            return super().unlink()

    # === BUSINESS METHODS === #

    @contextmanager
    def _count_noting_roles(self, needed=True):
        """Note who gets and loses a role of counting by what is done meanwhile."""
        if not needed:
            yield
            return
        before = self._count_read_roles()
        yield
        self._count_note_roles(before)

    @api.model
    def _count_note_roles(self, before, users=None):
        """Note the roles that differ from before, see ``_count_read_roles``."""
        now = self._count_read_roles(users)
        people = self.env["res.users"].sudo().browse({*before, *now}).exists()
        # While Odoo creates a user, the name that it has from its partner is empty yet.
        self.env["stock.count.setting.log"]._note(
            [
                {
                    "kind": "people",
                    "name": f"{user.partner_id.name} ({user.login})",
                    "field_name": self.env._("Role"),
                    "old_value": before.get(user.id, ""),
                    "new_value": now.get(user.id, ""),
                }
                for user in people
            ]
        )

    @api.model
    def _count_read_roles(self, users=None):
        """The highest role of each active user: dict user id → name of the role.

        :param users: these only; None for all users with a role
        """
        roles = {}
        for xml_id in (COUNTER, LEAD, APPROVER, MANAGER):
            group = self.env.ref(xml_id, raise_if_not_found=False)
            # While the addon is being installed, there is none yet.
            if group:
                members = group.sudo().all_user_ids.filtered("active")
                members = members if users is None else members & users
                roles.update(dict.fromkeys(members.ids, group.sudo().name))
        return roles
