"""Hooks that run when the addon is installed and uninstalled."""


def post_init_hook(env):
    """Note that open transfers that are ticked as picked were ticked before any count.

    The fences of existing locations are made with the tables, and the sequence of each
    company with the data: demo data needs them, and is loaded before this hook.
    """
    env.cr.execute(
        """
        UPDATE stock_move_line
           SET count_picked_at = clock_timestamp() AT TIME ZONE 'UTC'
         WHERE picked AND state NOT IN ('done', 'cancel') AND count_picked_at IS NULL
        """
    )


def uninstall_hook(env):
    """Delete the files of our records, and the sequence of stamps.

    Odoo drops tables and columns itself.
    """
    # With a condition on the id, the search also finds files of fields.
    ours = [("id", "!=", False), ("res_model", "=like", "stock.count.%")]
    env["ir.attachment"].search(ours).unlink()
    env.cr.execute("DROP SEQUENCE IF EXISTS stock_count_stamp")
