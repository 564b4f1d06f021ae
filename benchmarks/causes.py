"""Causes, location moves and promises of 10,000 variances among 100,000 lines.

In the background all of them at once, and on screen the 80 lines of a page with every
column that says why a line differs and what posting it would break. How many queries
either takes does not depend on how many lines differ.
"""

import uuid

import sessions
import world
from figures import Figure, memory

VARIANCES, PAGE = 10_000, 80
ROUNDS = 1
COPIES = True

FIGURES = [
    Figure(
        "causes, moves, promises of 10,000 variances, s",
        "causes.background",
        at_most=30,
    ),
    Figure("its causes, s", "causes.background", key="causes"),
    Figure("its location moves, s", "causes.background", key="matching"),
    Figure("its promises, s", "causes.background", key="promises"),
    Figure("its CPU, s", "causes.background", key="cpu"),
    Figure(
        "its queries, against 100 variances",
        "causes.background",
        "causes.few",
        key="queries",
        at_most_times=1,
    ),
    Figure("80 lines on screen, s", "causes.screen", at_most=1),
    Figure("its CPU on screen, s", "causes.screen", key="cpu"),
    Figure("its queries on screen", "causes.screen", key="queries"),
    Figure(
        "one item 10,000 times off, s",
        "causes.one_item",
        at_most=30,
    ),
    *memory("causes.background", "causes.one_item"),
]

# All five quants of one product in ten, so that products are off both ways.
FOUND = """
    SELECT quant.product_id, quant.location_id, quant.lot_id,
           GREATEST(quant.quantity
               + (ARRAY[-2, 2, -1, 1, -3])[1 + stock.n %% 5], 0) AS found
      FROM bench_stock stock
      JOIN stock_quant quant ON quant.product_id = stock.product_id
       AND quant.location_id = stock.location_id
       AND quant.lot_id IS NOT DISTINCT FROM stock.lot_id
     WHERE stock.n / 5 %% 10 = 4 ORDER BY stock.n LIMIT %s
"""

WHY = (
    "cause",
    "cause_action",
    "other_causes",
    "match_text",
    "match_state",
    "promise_text",
    "hold_text",
    "on_hold",
    "post_error",
)


def _count(env, number):
    """Record variances in the large session; what they cost is measured elsewhere."""
    session = sessions.find(env, sessions.LARGE)
    env.cr.execute(FOUND, [number])
    entries = [
        {
            "uuid": str(uuid.uuid4()),
            "operation": "set",
            "product_id": row["product_id"],
            "location_id": row["location_id"],
            "lot_id": row["lot_id"],
            "qty": float(row["found"]),
        }
        for row in env.cr.dictfetchall()
    ]
    answers = session.record_entries(entries)
    assert {answer["status"] for answer in answers} == {"recorded"}
    env.cr.commit()
    env.cr.execute("ANALYZE stock_count_line, stock_count_entry")
    return session


def _lines(session):
    return session.line_ids.search(
        [("session_id", "=", session.id), ("variance_qty", "!=", 0)]
    )


def _explain(session):
    """Everything that is said of variances, of all of them."""
    env = session.env
    with world.Watch(env) as watch:
        with world.Watch(env) as causes:
            found = env["stock.count.cause"]._read_causes(_lines(session))
        with world.Watch(env) as matching:
            matches = env["stock.count.match"]._propose(session)
        with world.Watch(env) as promises:
            broken = env["stock.count.promise"]._read_promises(_lines(session))
    return {
        **watch.result,
        "causes": causes.seconds,
        "causes queries": causes.queries,
        "matching": matching.seconds,
        "matching queries": matching.queries,
        "promises": promises.seconds,
        "promises queries": promises.queries,
        "explained": sum(map(bool, found.values())),
        "matches": len(matches),
        "broken": len(broken),
    }


@world.piece
def background(env):
    session = _count(env, VARIANCES)
    # Odoo's own caches are filled by what is small.
    env["stock.count.cause"]._read_causes(_lines(session)[:1])
    return _explain(session)


@world.piece
def few(env):
    session = _count(env, 100)
    env["stock.count.cause"]._read_causes(_lines(session)[:1])
    return _explain(session)


@world.piece
def screen(env):
    """The first page of discrepancies, as the web client reads it."""
    session = _count(env, VARIANCES)
    lines = env["stock.count.line"]
    domain = [("session_id", "=", session.id), ("variance_qty", "!=", 0)]
    fields = {name: {} for name in WHY if name in lines._fields}
    lines.web_search_read(domain, fields, limit=1)
    with world.Watch(env) as watch:
        page = lines.web_search_read(domain, fields, limit=PAGE)
    said = sum(any(row.values()) for row in page["records"])
    return {**watch.result, "said": said, "columns": len(fields)}


@world.piece
def one_item(env):
    """The worst case: the same item is off in 10,000 places, by ever the same."""
    session = _count(env, VARIANCES)
    env.cr.execute(
        """
        WITH place AS (SELECT array_agg(id) AS ids FROM stock_location
            WHERE usage = 'internal'),
        numbered AS (SELECT id, row_number() OVER (ORDER BY id) AS i
            FROM stock_count_line WHERE session_id = %(session)s AND variance_qty <> 0)
        UPDATE stock_count_line line
           SET product_id = (SELECT min(id) FROM bench_item WHERE tracking = 'none'),
               location_id = place.ids[1 + numbered.i %% 2000], lot_id = NULL,
               lot_name = 'New ' || numbered.i / 2000,
               variance_qty = CASE WHEN numbered.i %% 2 = 0 THEN 2 ELSE -2 END
          FROM numbered, place WHERE numbered.id = line.id
        """,
        {"session": session.id},
    )
    env.invalidate_all()
    return _explain(session)
