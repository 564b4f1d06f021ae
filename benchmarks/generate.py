"""Making, refreshing and checking 100,000 lines, against the barest SQL for it."""

import sessions
import world
from figures import Figure, memory

ROUNDS = 3

FIGURES = [
    Figure(
        "generate 100,000 lines, s",
        "generate.generate",
        "generate.bare_insert",
        at_most_times=3,
    ),
    Figure(
        "refresh with 5,000 quants changed, s",
        "generate.refresh",
        "generate.bare_update",
        at_most_times=3,
    ),
    Figure("check all 100,000 lines, s", "generate.check_all", at_most=3),
    *memory("generate.generate", "generate.refresh", "generate.check_all"),
]


@world.piece
def generate(env):
    session = sessions.create(env, "Benchmark: generated")
    with world.Watch(env) as watch:
        session.action_generate()
    return {**watch.result, "lines": session.line_count}


@world.piece
def bare_insert(env):
    """The very rows that generating makes, kept aside and inserted again."""
    columns = """company_id, product_id, location_id, lot_id, package_id, owner_id,
        expected_qty, book_qty, unit_cost, found_qty, variance_qty, variance_value,
        round, first_round, posted_round, is_counted, to_post, state"""
    session = sessions.create(env, "Benchmark: inserted")
    large = sessions.find(env, sessions.LARGE)
    env.cr.execute(
        f"CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT {columns}"
        f" FROM stock_count_line WHERE session_id = {large.id} ORDER BY id"
    )
    with world.Watch(env) as watch:
        env.cr.execute(
            f"INSERT INTO stock_count_line (session_id, {columns})"
            f" SELECT {session.id}, {columns} FROM kept"
        )
    return {**watch.result, "lines": env.cr.rowcount}


def _change_stock(env):
    """Stock of one quant in twenty moves on behind the session's back."""
    env.cr.execute(
        """
        UPDATE stock_quant quant SET quantity = quant.quantity + 1
          FROM bench_stock stock
         WHERE stock.n % 20 = 3 AND quant.product_id = stock.product_id
           AND quant.location_id = stock.location_id
           AND quant.lot_id IS NOT DISTINCT FROM stock.lot_id
        """
    )


@world.piece
def refresh(env):
    session = sessions.find(env, sessions.LARGE)
    _change_stock(env)
    with world.Watch(env) as watch:
        session.action_refresh()
    return watch.result


@world.piece
def bare_update(env):
    session = sessions.find(env, sessions.LARGE)
    _change_stock(env)
    with world.Watch(env) as watch:
        env.cr.execute(
            """
            UPDATE stock_count_line line
               SET expected_qty = quant.quantity, book_qty = quant.quantity
              FROM stock_quant quant
             WHERE line.session_id = %s AND quant.product_id = line.product_id
               AND quant.location_id = line.location_id
               AND COALESCE(quant.lot_id, 0) = COALESCE(line.lot_id, 0)
               AND COALESCE(quant.package_id, 0) = COALESCE(line.package_id, 0)
               AND COALESCE(quant.owner_id, 0) = COALESCE(line.owner_id, 0)
               AND line.expected_qty <> quant.quantity
            """,
            [session.id],
        )
        rows = env.cr.rowcount
    return {**watch.result, "lines": rows}


@world.piece
def check_all(env):
    session = sessions.find(env, sessions.LARGE)
    with world.Watch(env) as watch:
        lines = session.action_check_all([])
    return {**watch.result, "lines": lines}
