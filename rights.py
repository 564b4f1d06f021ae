"""Rights: who may do what, by the groups of the roles.

A public method asks here before it does anything. What also depends on a record (its
company, state or counters) is asked by that record, see ``_check_may_count`` and
``_check_may_post`` of ``stock.count.session``.
"""

from odoo.exceptions import AccessError

from .const import APPROVER, COUNTER, LEAD, MANAGER


def is_counter(env):
    """Whether the user may count, or code runs in sudo mode."""
    return env.su or env.user.has_group(COUNTER)


def is_lead(env):
    """Whether the user is a counting lead, or code runs in sudo mode."""
    return env.su or env.user.has_group(LEAD)


def is_approver(env):
    """Whether the user is an approver, or code runs in sudo mode."""
    return env.su or env.user.has_group(APPROVER)


def is_manager(env):
    """Whether the user is a count manager, or code runs in sudo mode."""
    return env.su or env.user.has_group(MANAGER)


def leads_of(partners):
    """The partners whose user is a counting lead.

    :param partners: records of ``res.partner``
    """
    return partners.filtered(
        lambda partner: any(
            user.has_group(LEAD) for user in partner.sudo().user_ids if user.active
        )
    )


def check_lead(records, operation=None):
    """Check that the user is a counting lead, and may do an operation on records.

    :param records: their environment has the user
    :param str operation: ``read`` or ``write``; None to check the group only
    :raise AccessError: when the user is none, or may not
    """
    if not is_lead(records.env):
        raise AccessError(records.env._("Only a counting lead may do this."))
    if operation:
        records.check_access(operation)


def check_approver(records, operation=None):
    """Check that the user is an approver, and may do an operation on records.

    :param records: their environment has the user
    :param str operation: ``read`` or ``write``; None to check the group only
    :raise AccessError: when the user is none, or may not
    """
    if not is_approver(records.env):
        raise AccessError(records.env._("Only an approver may do this."))
    if operation:
        records.check_access(operation)
