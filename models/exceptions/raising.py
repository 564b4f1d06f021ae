from odoo import api, models
from odoo.tools import SQL

from ...const import OPEN_EXCEPTION_STATES
from ..shared.keys import sql_rows

# Columns of a row to raise, with their SQL types.
COLUMNS = {
    "company_id": "int",
    "warehouse_id": "int",
    "kind": "text",
    "key": "text",
    "name": "text",
    "evidence": "text",
    "priority": "text",
    "next_action": "text",
    "user_id": "int",
    "rule_id": "int",
    "deadline": "date",
    "impact_value": "numeric",
    "impact_orders": "int",
    "session_id": "int",
    "line_id": "int",
    "product_id": "int",
    "location_id": "int",
    "lot_id": "int",
    "picking_id": "int",
    "move_id": "int",
    "partner_id": "int",
    "order_name": "text",
    "barcode": "text",
    "reason_id": "int",
}


class StockCountException(models.Model):
    """Raises exceptions, many at a time."""

    # A part of it: adds, never overrides.
    # pylint: disable-next=consider-merging-classes-inherited
    _inherit = "stock.count.exception"

    # === BUSINESS METHODS === #

    @api.model
    def _raise(self, rows):
        """Raise exceptions in one statement; update those that are open already.

        An exception that a person closed with a reason is not raised again on the same
        evidence.

        :param list rows: dicts of ``company_id``, ``kind``, ``key`` (the same for the
            same problem), ``name``, ``evidence``, and the records that it is about; the
            rules fill in the rest
        """
        if not rows:
            return
        exceptions = self.sudo()
        unique = {(row["company_id"], row["kind"], row["key"]): row for row in rows}
        rows = list(unique.values())
        exceptions.env["stock.count.exception.rule"]._route(rows)
        exceptions.flush_model()
        exceptions.env.cr.execute(exceptions._insert_query(rows))
        exceptions.invalidate_model()

    @api.model
    def _insert_query(self, rows):
        """SQL: see ``_raise``."""
        columns = SQL(", ").join(SQL.identifier(name) for name in COLUMNS)
        types = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        return SQL(
            """
            INSERT INTO stock_count_exception AS known (%(columns)s, state, create_uid,
                   write_uid, create_date, write_date)
            SELECT %(columns)s, 'open', %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                   now() AT TIME ZONE 'UTC'
              FROM %(rows)s
             WHERE NOT EXISTS (
                   SELECT FROM stock_count_exception closed
                    WHERE closed.key = rows.key AND closed.kind = rows.kind
                      AND closed.company_id = rows.company_id
                      AND closed.state NOT IN %(open)s
                      AND closed.close_reason <> ''
                      AND closed.evidence = rows.evidence)
             ORDER BY key
                ON CONFLICT (company_id, kind, key)
                   WHERE state IN %(open)s
                DO UPDATE SET evidence = %(evidence)s, line_id = excluded.line_id,
                   impact_value = %(value)s, impact_orders = excluded.impact_orders,
                   write_date = excluded.write_date
             WHERE known.evidence <> excluded.evidence
            """,
            columns=columns,
            open=OPEN_EXCEPTION_STATES,
            uid=self.env.uid,
            rows=sql_rows(rows, types),
            evidence=self._accumulated(
                SQL("known.evidence || E'\n' || excluded.evidence"),
                SQL("excluded.evidence"),
            ),
            value=self._accumulated(
                SQL("known.impact_value + excluded.impact_value"),
                SQL("excluded.impact_value"),
            ),
        )

    @api.model
    def _accumulated(self, added, replaced):
        """SQL: the new value of a column of an open exception.

        A transfer that loses stock again keeps its earlier loss. Other evidence is
        replaced.
        """
        return SQL(
            "CASE WHEN excluded.kind = 'broken_reservation' THEN %s ELSE %s END",
            added,
            replaced,
        )
