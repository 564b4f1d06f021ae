"""The dashboard and report 213 over five years of daily counts: two million lines.

The history is made from the lines of the large session by SQL, in a copy of the
database, once. It is compared with what the dashboard would cost without it: the same
figures read from a wide table of count lines, as a view over them would be.
"""

import io

import sessions
import world
from figures import Figure, memory

LINES, YEARS = 2_000_000, 5
ROUNDS = 5
COPIES = True

PIECE = "dashboard.five_years"
FIGURES = [
    Figure("dashboard, 90 days of 2,000,000 lines, s", PIECE, key="quarter", at_most=1),
    Figure("dashboard, 12 months, s", PIECE, key="year", at_most=1),
    Figure("dashboard, all 5 years, s", PIECE, key="everything", at_most=1),
    Figure("dashboard, one warehouse, 5 years, s", PIECE, key="warehouse", at_most=1),
    Figure("its coverage, 90 days, s", PIECE, key="coverage", at_most=1),
    Figure("its coverage, 5 years, s", PIECE, key="coverage ever", at_most=1),
    Figure("queries of the dashboard", PIECE, key="queries"),
    Figure("trend of 5 years from the history, s", PIECE, key="trend"),
    Figure("the same from a view over count lines, s", PIECE, key="view"),
    Figure("report 213 of 5 years in Excel, s", PIECE, key="excel"),
    *memory(PIECE),
]


@world.piece
def five_years(env):
    """Everything on one copy, because making it takes a minute and a gigabyte."""
    fill(env)
    first = env["stock.warehouse"].search([], limit=1)
    results = {name: _read(env, period=name) for name in ("quarter", "year", "all")}
    narrowed = _read(env, period="all", warehouse_id=first.id)
    return {
        **results["all"],
        **{name: results[name]["seconds"] for name in ("quarter", "year")},
        "everything": results["all"]["seconds"],
        "warehouse": narrowed["seconds"],
        "coverage": _read_coverage(env, "quarter"),
        "coverage ever": _read_coverage(env, "all"),
        "trend": _add_up(env, "stock_count_history"),
        "view": _add_up(env, "bench_lines"),
        "excel": _write_excel(env),
    }


def _read(env, **filters):
    with world.Watch(env) as watch:
        data = env["stock.count.dashboard"].read_dashboard(filters)
    return {**watch.result, "lines": data["accuracy"]["counted"]}


def _read_coverage(env, period):
    """The second call of the page: the rest is shown by then."""
    with world.Watch(env) as watch:
        env["stock.count.dashboard"].read_coverage({"period": period})
    return watch.seconds


def _write_excel(env):
    report = env["report.stock_count.report_history_document"]
    with world.Watch(env) as watch:
        report._write_excel(report._read_filters(None, {}), io.BytesIO())
    return watch.seconds


# What a fact table and a view over lines both have to add up.
TREND = """
    SELECT date_trunc('quarter', posted_at), count(*),
           count(*) FILTER (WHERE variance_qty <> 0),
           sum(GREATEST(-variance_value, 0)), sum(GREATEST(variance_value, 0))
      FROM {} WHERE company_id = 1 AND posted_at >= now() - interval '5 years'
     GROUP BY 1
"""


def _add_up(env, table):
    with world.Watch(env) as watch:
        env.cr.execute(TREND.format(table))
        env.cr.fetchall()
    return watch.seconds


# === DATA === #


def fill(env):
    """Five years of daily postings of the large session's lines, one in twenty off."""
    env.cr.execute("SELECT count(*) FROM stock_count_history")
    if env.cr.fetchone()[0] >= LINES:
        return
    large = sessions.find(env, sessions.LARGE)
    env.cr.execute(
        """
        CREATE TEMP TABLE src ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, session_id, company_id,
               location_id, product_id, lot_id,
               GREATEST(COALESCE(expected_qty, 0), 1)::numeric AS expected,
               COALESCE(unit_cost, 5)::numeric AS cost
          FROM stock_count_line WHERE session_id = %s ORDER BY id;
        CREATE UNIQUE INDEX ON src (n);
        ANALYZE src
        """,
        [large.id],
    )
    warehouse = large.warehouse_id.id
    env.cr.execute(INSERT, {"lines": LINES, "years": YEARS, "warehouse": warehouse})
    env.cr.execute(AS_LINES)
    env.cr.commit()
    # As autovacuum leaves it.
    world.vacuum(env.cr.dbname, ("stock_count_history", "bench_lines"))


INSERT = """
    INSERT INTO stock_count_history (company_id, warehouse_id, session_id, line_id,
           round, location_id, product_id, lot_id, counted_by_id, counted_at,
           posted_by_id, posted_at, rounds, expected_qty, found_qty, variance_qty,
           expected_value, variance_value, shortage_value, overage_value,
           absolute_value, tolerance_ratio, accurate, accuracy, cause)
    SELECT src.company_id, %(warehouse)s, src.session_id, src.id, 1 + i / total.n,
           src.location_id, src.product_id, src.lot_id, 2, moment, 2, moment,
           1 + (i %% 29 = 0)::int, expected, expected + off, off, expected * cost,
           off * cost, GREATEST(-off * cost, 0), GREATEST(off * cost, 0),
           ABS(off * cost), 0, off = 0, CASE WHEN off = 0 THEN 100 ELSE 0 END,
           CASE WHEN off <> 0 THEN (ARRAY['unknown', 'open_transfer',
               'found_next_door', 'swapped_digits', 'packs_for_units'])[1 + i %% 5] END
      FROM (SELECT count(*)::int AS n FROM src) total
     CROSS JOIN generate_series(0, %(lines)s - 1) i
      -- Places in no order, as weeks of counts visit them.
      JOIN src ON src.n = (i::bigint * 7919) %% total.n
     CROSS JOIN LATERAL (
           SELECT now()::timestamp(0) - %(years)s * interval '365 days'
                      + i * (%(years)s * interval '365 days' / %(lines)s) AS moment,
                  CASE WHEN i %% 20 = 0 THEN (hashint4(i) %% 5)::numeric
                       ELSE 0 END AS off) what
     ORDER BY i
"""

# As many count lines, and as wide, as there would be without a history.
AS_LINES = """
    CREATE UNLOGGED TABLE bench_lines AS
    SELECT line.*, kept.posted_at AS kept_at FROM stock_count_history kept
      JOIN stock_count_line line ON line.id = kept.line_id ORDER BY kept.id;
    ALTER TABLE bench_lines DROP COLUMN posted_at;
    ALTER TABLE bench_lines RENAME kept_at TO posted_at;
    CREATE INDEX ON bench_lines (company_id, posted_at);
    ANALYZE bench_lines;
    ANALYZE stock_count_history
"""
