"""What installing and uninstalling do beyond the records in data files."""


def post_init_hook(env):
    """Open transfers that were ticked before the addon came were ticked before any
    count.

    Fences for the existing locations are made with the tables, each company's sequence
    with the data, because demo data comes before this.
    """
    env.cr.execute(
        """
        UPDATE stock_move_line
           SET count_picked_at = clock_timestamp() AT TIME ZONE 'UTC'
         WHERE picked AND state NOT IN ('done', 'cancel') AND count_picked_at IS NULL
        """
    )


def uninstall_hook(env):
    """Take the stamp sequence and the files of our records along; Odoo drops tables and
    columns itself."""
    # Naming ids finds files of fields, too.
    ours = [("id", "!=", False), ("res_model", "=like", "stock.count.%")]
    env["ir.attachment"].search(ours).unlink()
    env.cr.execute("DROP SEQUENCE IF EXISTS stock_count_stamp")
