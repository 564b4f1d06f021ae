"""Posting 10,000 counted lines, against Odoo's own apply of the same quants.

The lines are one quant in ten, so some have lots or serial numbers and one in twenty is
reserved. Either way ends with the same stock, moves and reservations, see
``difference``. Each piece has a copy of the database to itself and commits the counts
before it posts, as people do: PostgreSQL checks the foreign keys of a row again when
the same transaction made it.
"""

import uuid

import sessions
import world
from figures import Figure, memory

LINES = 10_000
ROUNDS = 1
COPIES = True
# What takes seconds is measured more often, in between what takes minutes.
TIMES = {"posting.few": 5}

FIGURES = [
    Figure(
        "post 10,000 lines, 2 % differ, s",
        "posting.few",
        "posting.odoo_few",
        times_as_fast=20,
    ),
    Figure(
        "post 10,000 lines, all differ, s",
        "posting.every",
        "posting.odoo_every",
        times_as_fast=2,
    ),
    Figure("record 10,000 entries in a call, s", "posting.few", key="recording"),
    Figure("its entries a second", "posting.few", key="entries a second"),
    Figure("its queries", "posting.few", key="recording queries"),
    Figure(
        "queries of posting, 2 % differ", "posting.few", "posting.odoo_few", "queries"
    ),
    Figure(
        "queries of posting, all differ",
        "posting.every",
        "posting.odoo_every",
        "queries",
    ),
    Figure("CPU of posting, 2 % differ, s", "posting.few", "posting.odoo_few", "cpu"),
    Figure(
        "CPU of posting, all differ, s",
        "posting.every",
        "posting.odoo_every",
        key="cpu",
    ),
    *memory("posting.few", "posting.every", "posting.odoo_every"),
]
# Pieces whose ``state`` afterwards must be the same.
SAME = [("posting.few", "posting.odoo_few"), ("posting.every", "posting.odoo_every")]


@world.piece
def few(env):
    return _post(env, one_in=50)


@world.piece
def every(env):
    return _post(env, one_in=1)


@world.piece
def odoo_few(env):
    return _apply(env, one_in=50)


@world.piece
def odoo_every(env):
    return _apply(env, one_in=1)


def _found(env, one_in):
    """What is found where: quants and counts, of which one in so many differs."""
    env.cr.execute(
        """
        SELECT quant.id, quant.product_id, quant.location_id, quant.lot_id,
               quant.quantity + CASE
                   WHEN (stock.n / 10 + stock.n / 500) %% %s > 0 THEN 0
                   WHEN stock.n / 10 %% 2 = 1 OR stock.tracking = 'serial' THEN -1
                   ELSE 1 END AS found
          FROM bench_stock stock
          JOIN stock_quant quant ON quant.product_id = stock.product_id
           AND quant.location_id = stock.location_id
           AND quant.lot_id IS NOT DISTINCT FROM stock.lot_id
         WHERE stock.n %% 10 = 3 ORDER BY stock.n
        """,
        [one_in],
    )
    rows = env.cr.dictfetchall()
    assert len(rows) == LINES
    return rows


# === OURS === #


def _post(env, one_in):
    session = sessions.find(env, sessions.LARGE)
    # Measured here and now, not by a job.
    session.company_id.count_background_lines = 0
    # Odoo's own apply asks about no transfer, so that ours does the same work here.
    env["stock.picking.type"].search([]).count_unticked = "not_left"
    entries = [_entry(row) for row in _found(env, one_in)]
    with world.Watch(env) as recording:
        answers = session.record_entries(entries)
    assert {answer["status"] for answer in answers} == {"recorded"}
    session.action_check_all([("is_counted", "=", True)])
    env.cr.commit()
    before = _last_move(env)
    with world.Watch(env) as watch:
        session.action_post()
    return {
        **watch.result,
        "recording": recording.seconds,
        "recording queries": recording.queries,
        "entries a second": LINES / recording.seconds,
        "memory": world.peak_memory(),
        "outcome": _outcome(env, session),
        "state": state(env, before),
    }


def _entry(row):
    return {
        "uuid": str(uuid.uuid4()),
        "operation": "set",
        "qty": float(row["found"]),
        "product_id": row["product_id"],
        "location_id": row["location_id"],
        "lot_id": row["lot_id"],
    }


def _outcome(env, session):
    env.cr.execute(
        "SELECT state, count(*) FROM stock_count_line"
        " WHERE session_id = %s AND is_counted GROUP BY state",
        [session.id],
    )
    return dict(env.cr.fetchall())


# === ODOO'S OWN === #


def _apply(env, one_in):
    Quant = env["stock.quant"].with_context(inventory_mode=True)
    rows = _found(env, one_in)
    by_count = {}
    for row in rows:
        by_count.setdefault(row["found"], []).append(row["id"])
    with world.Watch(env) as recording:
        for found, ids in by_count.items():
            Quant.browse(ids).write({"inventory_quantity": float(found)})
    env.cr.commit()
    before = _last_move(env)
    quants = Quant.browse(row["id"] for row in rows)
    with world.Watch(env) as watch:
        assert not quants.action_apply_inventory()
    return {
        **watch.result,
        "recording": recording.seconds,
        "memory": world.peak_memory(),
        "state": state(env, before),
    }


# === THE SAME STOCK AFTERWARDS === #


def _last_move(env):
    env.cr.execute("SELECT max(id) FROM stock_move")
    return env.cr.fetchone()[0]


def state(env, before):
    """All stock, the moves that were made and the open transfers, as rows."""
    env.flush_all()
    return {
        name: _rows(env, query, before)
        for name, query in (
            ("quants", QUANTS),
            ("moves made", MOVES),
            ("open move lines", OPEN_LINES),
            ("open moves", OPEN_MOVES),
        )
    }


def _rows(env, query, before):
    env.cr.execute(query, {"before": before})
    return sorted(" ".join(map(str, row)) for row in env.cr.fetchall())


# An empty quant is no stock: Odoo's nightly tasks delete it.
QUANTS = """
    SELECT product_id, location_id, lot_id, package_id, owner_id, company_id,
           sum(quantity)::float, sum(reserved_quantity)::float, min(in_date)::date
      FROM stock_quant WHERE quantity <> 0 OR reserved_quantity <> 0
     GROUP BY product_id, location_id, lot_id, package_id, owner_id, company_id
"""
# Odoo makes a move of nothing for each quant that was right.
MOVES = """
    SELECT move.product_id, move.location_id, move.location_dest_id, move.company_id,
           move.product_uom, move.product_uom_qty::float, move.quantity::float,
           move.state, move.is_inventory, move.picked, move.value::float,
           move.is_in, move.is_out,
           line.product_id, line.location_id, line.location_dest_id, line.lot_id,
           line.package_id, line.result_package_id, line.owner_id, line.state,
           line.quantity::float, line.quantity_product_uom::float, line.picked
      FROM stock_move move LEFT JOIN stock_move_line line ON line.move_id = move.id
     WHERE move.id > %(before)s AND move.quantity <> 0
"""
OPEN_LINES = """
    SELECT picking_id, move_id, product_id, location_id, lot_id, quantity::float, state
      FROM stock_move_line WHERE state NOT IN ('done', 'cancel')
"""
OPEN_MOVES = """
    SELECT id, product_id, product_uom_qty::float, quantity::float, state
      FROM stock_move WHERE state NOT IN ('done', 'cancel')
"""


def difference(ours, theirs):
    """Rows that only one side has, by kind; empty when all is the same."""
    found = {}
    for name, rows in ours.items():
        mine, other = set(rows) - set(theirs[name]), set(theirs[name]) - set(rows)
        if mine or other or len(rows) != len(theirs[name]):
            found[name] = {"only ours": sorted(mine), "only Odoo's": sorted(other)}
    return found
