"""From 19.0.1.0.0: records that updating leaves alone, because people may have changed
them."""

from odoo import SUPERUSER_ID, api

RULE = "stock_count.stock_count_line_rule_counter"
RULE_BEFORE = "[('session_id.counter_ids', 'in', user.id)]"
RULE_NAME = (
    "Counters see the lines of cycle counts assigned to them, in a consensus count not"
    " what others counted"
)
RULE_DOMAIN = (
    "[('session_id.counter_ids', 'in', user.id),"
    " '|', ('session_id.consensus', '=', False),"
    " ('counted_by_id', 'in', (False, user.id))]"
)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    _create_classes(env)
    _hide_others_counts(env)


def _create_classes(env):
    """Companies that have no count classes get A, B and C, as new ones do."""
    env["stock.count.class"]._create_defaults(env["res.company"].search([]))


def _hide_others_counts(env):
    """In a consensus count nobody sees what others counted; a rule that somebody has
    rewritten stays."""
    rule = env.ref(RULE, raise_if_not_found=False)
    if rule and rule.domain_force == RULE_BEFORE:
        rule.write({"name": RULE_NAME, "domain_force": RULE_DOMAIN})
