"""Hooks that run when the addon is installed and uninstalled."""

# The models of the addon, as a pattern of "=like".
OURS = "stock.count.%"
# Records of these models do not go one by one when the addon goes, see _let_go.
LEFT = ("stock.%", "product.%", "res.partner", "res.users")
# What names a model without a foreign key, and the field that does.
NAMES_A_MODEL = {"ir.filters": "model_id", "ir.exports": "resource"}


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
    """Delete what Odoo does not know to be ours.

    Odoo then deletes what the data files made, and drops our tables and columns.
    """
    _delete_sequences(env)
    _delete_files(env)
    _delete_by_model_name(env)
    _delete_foreign_keys(env)
    _delete_names_given_by_others(env)
    _let_go(env)


def _delete_sequences(env):
    """The numbers of each company, and the stamps."""
    sequences = env["ir.sequence"].with_context(active_test=False)
    numbers = sequences.search([("code", "=", "stock.count.session")])
    # PostgreSQL deletes these with their sequence, but not what they count with.
    numbers.date_range_ids.unlink()
    numbers.unlink()
    env.cr.execute("DROP SEQUENCE IF EXISTS stock_count_stamp")


def _delete_files(env):
    """What is attached to our records, and the scripts of the counting app."""
    # Naming ids finds files of fields, too.
    attached = [("id", "!=", False), ("res_model", "=like", OURS)]
    env["ir.attachment"].search(attached).unlink()
    scripts = [("url", "=like", "/web/assets/%/stock_count.%")]
    env["ir.attachment"].search(scripts).unlink()


def _delete_by_model_name(env):
    """The filters and export lists that people saved."""
    for model, field in NAMES_A_MODEL.items():
        records = env[model].with_context(active_test=False)
        records.search([(field, "=like", OURS)]).unlink()


def _delete_foreign_keys(env):
    """Odoo drops them with their columns, but goes on listing them."""
    keys = [("module.name", "=", "stock_count"), ("type", "=", "f")]
    env["ir.model.constraint"].search(keys).unlink()


def _delete_names_given_by_others(env):
    """Mail and its companions name the selections and parents that our models have from
    them; these go without their names."""
    for model, owner in (
        ("ir.model.fields.selection", "field_id.model"),
        ("ir.model.inherit", "model_id.model"),
    ):
        records = env[model].search([(owner, "=like", OURS)])
        env["ir.model.data"].search(
            [
                ("module", "!=", "stock_count"),
                ("model", "=", model),
                ("res_id", "in", records.ids),
            ]
        ).unlink()


def _let_go(env):
    """Keep Odoo from deleting record by record what cannot go or goes with its table.

    Stock moves name the goods, places and people of the demo data, so these stay, as
    the moves do. Reasons and counts name each other. Odoo would try each of them, and
    log an error.
    """
    for pattern in LEFT:
        env["ir.model.data"].search(
            [("module", "=", "stock_count"), ("model", "=like", pattern)]
        ).unlink()
