"""From 19.0.1.0.0: columns whose first values Odoo does not know, and what is checked
no more.

Databases of 19.0.1.0.0 differ: some have a part of it already.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

# Table and column of foreign keys that no field declares any more.
UNCHECKED = (
    ("stock_count_entry", "session_id"),
    ("stock_count_line", "company_id"),
    ("stock_count_line", "counted_by_id"),
    ("stock_count_line", "first_entry_id"),
    ("stock_count_line", "last_entry_id"),
)
FIGURES = (
    "kpi_stock_count_accuracy",
    "kpi_stock_count_shortages",
    "kpi_stock_count_overages",
    "kpi_stock_count_overdue",
)


def migrate(cr, version):
    if not version:
        return
    _fill_first_counted(cr)
    _fill_recounted(cr)
    _fill_recount_times(cr)
    _fill_submitted(cr)
    _show_figures(cr)
    _replace_risk(cr)
    _drop_foreign_keys(cr)
    _drop_indexes(cr)


def _add_column(cr, table, column, kind):
    """Whether the column was missing, and is there now."""
    if column_exists(cr, table, column):
        return False
    create_column(cr, table, column, kind)
    return True


def _fill_first_counted(cr):
    """A line said which entry was its first; now it says when that was counted."""
    if _add_column(cr, "stock_count_line", "first_counted_at", "timestamp"):
        cr.execute(
            """
            UPDATE stock_count_line line SET first_counted_at = entry.counted_at
              FROM stock_count_entry entry WHERE entry.id = line.first_entry_id
            """
        )


def _fill_recounted(cr):
    """What was recounted before needs no approval for being over its tolerance."""
    if _add_column(cr, "stock_count_line", "is_recounted", "bool"):
        cr.execute(
            """
            UPDATE stock_count_line SET is_recounted = TRUE
             WHERE first_round > 1 AND first_round > posted_round
            """
        )


def _fill_recount_times(cr):
    """A recount was asked for after the last entry of the rounds before it."""
    if _add_column(cr, "stock_count_line", "recount_at", "timestamp"):
        cr.execute(
            """
            UPDATE stock_count_line line
               SET recount_at = date_trunc('second', earlier.recorded_at)
              FROM (SELECT entry.line_id, max(entry.recorded_at) AS recorded_at
                      FROM stock_count_entry entry
                      JOIN stock_count_line counted ON counted.id = entry.line_id
                     WHERE entry.round < counted.first_round
                     GROUP BY entry.line_id) earlier
             WHERE line.id = earlier.line_id AND line.first_round > 1
            """
        )


def _fill_submitted(cr):
    """What an approver was shown came from the line; now it is kept as submitted."""
    table = "stock_count_approval_line"
    if _add_column(cr, table, "expected_qty", "numeric"):
        _add_column(cr, table, "found_qty", "numeric")
        cr.execute(
            """
            UPDATE stock_count_approval_line covered
               SET expected_qty = line.expected_qty, found_qty = line.found_qty
              FROM stock_count_line line WHERE line.id = covered.line_id
            """
        )


def _show_figures(cr):
    """The default digest mail has the figures of counting, as in a new database."""
    for column in FIGURES:
        if _add_column(cr, "digest_digest", column, "bool"):
            cr.execute(
                SQL(
                    """
                    UPDATE digest_digest SET %s = TRUE
                     WHERE id IN (SELECT res_id FROM ir_model_data
                                   WHERE module = 'digest'
                                     AND name = 'digest_digest_default')
                    """,
                    SQL.identifier(column),
                )
            )


def _replace_risk(cr):
    """The type Risk, which is gone, chose all lines, as Full does."""
    cr.execute(
        "UPDATE stock_count_session SET count_type = 'full' WHERE count_type = 'risk'"
    )


def _drop_foreign_keys(cr):
    for table, column in UNCHECKED:
        name = f"{table}_{column}_fkey"
        cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )
        cr.execute(SQL("DELETE FROM ir_model_constraint WHERE name = %s", name))


def _drop_indexes(cr):
    """Withdrawals have a unique index, which finds them as well."""
    cr.execute("DROP INDEX IF EXISTS stock_count_entry__withdrawn_id_index")
