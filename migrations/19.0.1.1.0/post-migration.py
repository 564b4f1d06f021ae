"""From 19.0.1.0.0: records that updating leaves alone, because people may have changed
them."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.stock_count.rights import leads_of

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
    _cover_reasons(env)
    _forget_followers(env)


def _create_classes(env):
    """Companies that have no count classes get A, B and C, as new ones do."""
    env["stock.count.class"]._create_defaults(env["res.company"].search([]))


def _hide_others_counts(env):
    """In a consensus count nobody sees what others counted; a rule that somebody has
    rewritten stays."""
    rule = env.ref(RULE, raise_if_not_found=False)
    if rule and rule.domain_force == RULE_BEFORE:
        rule.write({"name": RULE_NAME, "domain_force": RULE_DOMAIN})


def _cover_reasons(env):
    """An approval covers the reason, too: the one that a covered line has now."""
    env.cr.execute(
        SQL(
            """
            UPDATE stock_count_approval_line covered SET digest = %s
              FROM stock_count_line line
             WHERE line.id = covered.line_id AND covered.digest = encode(sha256(
                   convert_to(concat_ws('|', line.id, line.round, line.found_qty,
                       line.counted_stamp, line.variance_qty, line.hold_answer,
                       line.explained_qty), 'UTF8')), 'hex')
            """,
            env["stock.count.approval"]._digest(),
        )
    )


def _forget_followers(env):
    """Only counting leads follow counts."""
    followers = env["mail.followers"].search(
        [("res_model", "in", ("stock.count.session", "stock.count.exception"))]
    )
    leads = leads_of(followers.partner_id)
    followers.filtered(lambda f: f.partner_id not in leads).unlink()
