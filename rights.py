"""Who may do what: the groups of the roles, asked in one place.

A public method asks here before it does anything; what depends on one record's company,
state or counters is asked by that record (``_check_may_count``, ``_check_may_post``).
"""

from odoo.exceptions import AccessError

from .const import APPROVER, LEAD, MANAGER


def is_lead(env):
    """Whether the user leads counts, or code works in sudo mode."""
    return env.su or env.user.has_group(LEAD)


def check_lead(records, operation=None):
    """Let counting leads pass who may also do the operation on these records.

    :param records: whose environment and access rules are asked
    :param str operation: ``read`` or ``write``; None asks no access rules
    :raise AccessError: for everybody else
    """
    if not is_lead(records.env):
        raise AccessError(records.env._("Only a counting lead may do this."))
    if operation:
        records.check_access(operation)


def check_approver(records, operation=None):
    """Let approvers pass who may also do the operation on these records.

    :raise AccessError: for everybody else
    """
    env = records.env
    if not env.su and not env.user.has_group(APPROVER):
        raise AccessError(env._("Only an approver may do this."))
    if operation:
        records.check_access(operation)


def is_manager(env):
    """Whether the user is a count manager, or code works in sudo mode."""
    return env.su or env.user.has_group(MANAGER)
