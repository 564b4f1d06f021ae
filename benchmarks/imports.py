"""Importing 100,000 counted rows by names, against reading them and Odoo's import."""

import base64
import csv
import io
import json
import os

import openpyxl
import xlsxwriter

import world
from figures import Figure

ROUNDS = 1
ROWS = int(os.environ.get("BENCH_IMPORT_ROWS", "100000"))
# As many rows as Odoo's own import does in a bearable time.
THEIRS = 1_000
# One row in twenty is wrong in one of these ways.
BAD = ("unknown item", "unknown location", "no number")
HEADING = ("Warehouse", "Item ID", "Location", "Serial/Lot", "Units", "Count Session")

FIGURES = [
    Figure(
        "XLSX of 100,000 rows into sessions, s (CPU)",
        "imports.xlsx",
        "imports.openpyxl_alone",
        key="cpu",
        at_most_times=2.5,
    ),
    Figure(
        "reading it, s (CPU)",
        "imports.read_xlsx",
        "imports.openpyxl_alone",
        key="cpu",
        at_most_times=1,
    ),
    Figure(
        "reading CSV against XLSX, s (CPU)",
        "imports.read_csv",
        "imports.read_xlsx",
        key="cpu",
        times_as_fast=2,
    ),
    Figure(
        "CSV of 100,000 rows into sessions, s (CPU)",
        "imports.csv_file",
        "imports.xlsx",
        key="cpu",
    ),
    Figure(
        "one row by names against Odoo's import, ms (CPU)",
        "imports.xlsx",
        "imports.odoo",
        key="per_row",
        times_as_fast=20,
    ),
    # No import through the one door is faster than this, whatever it does.
    Figure(
        "the import against bare INSERTs of its lines and entries, s (CPU)",
        "imports.xlsx",
        "imports.bare_inserts",
        key="cpu",
    ),
    Figure("peak memory of the import, MB", "imports.xlsx", key="memory", at_most=512),
]


def read_rows(env, number):
    """Rows of counted stock by names: every twentieth is wrong."""
    env.cr.execute(
        """
        SELECT warehouse.name, product.default_code, location.complete_name,
               COALESCE(lot.name, ''), stock.quantity::int
          FROM bench_stock stock
          JOIN product_product product ON product.id = stock.product_id
          JOIN stock_location location ON location.id = stock.location_id
          JOIN stock_warehouse warehouse ON warehouse.id = location.warehouse_id
          LEFT JOIN stock_lot lot ON lot.id = stock.lot_id
         ORDER BY stock.n LIMIT %s
        """,
        [number],
    )
    for n, row in enumerate(env.cr.fetchall()):
        warehouse, item, place, lot, quantity = row
        bad = BAD[n // 20 % 3] if n % 20 == 19 else ""
        yield (
            warehouse,
            f"NO-{n}" if bad == "unknown item" else item,
            f"Bin X{n}" if bad == "unknown location" else place,
            lot,
            "many" if bad == "no number" else quantity,
            f"Annual {n % 4}",
        )


def make_xlsx(env, number=ROWS):
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("Counts")
    sheet.write_row(0, 0, HEADING)
    for n, row in enumerate(read_rows(env, number), 1):
        sheet.write_row(n, 0, row)
    book.close()
    return target.getvalue()


def make_csv(env, number=ROWS):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADING)
    writer.writerows(read_rows(env, number))
    return text.getvalue().encode()


# === READING === #


@world.piece
def openpyxl_alone(env):
    content = make_xlsx(env)
    with world.Watch(env) as watch:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        rows = sum(1 for _row in book.worksheets[0].iter_rows(values_only=True))
    return {**watch.result, "rows": rows}


@world.piece
def read_xlsx(env):
    return read(env, make_xlsx(env), "counts.xlsx")


@world.piece
def read_csv(env):
    return read(env, make_csv(env), "counts.csv")


def read(env, content, name):
    # Only where Odoo has been started there are addons.
    from odoo.addons.stock_count.domain.spreadsheet.open_book import open_book

    with world.Watch(env) as watch:
        rows = sum(1 for _row in open_book(io.BytesIO(content), name).rows())
    return {**watch.result, "rows": rows}


# === IMPORTING === #


@world.piece
def xlsx(env):
    return import_file(env, make_xlsx(env), "counts.xlsx")


@world.piece
def csv_file(env):
    return import_file(env, make_csv(env), "counts.csv")


def import_file(env, content, name):
    """From the file that was uploaded to sessions that can be reviewed."""
    env.company.count_background_lines = 0
    record = env["stock.count.import"].create(
        {"file": base64.b64encode(content), "file_name": name, "mode": "good"}
    )
    with world.Watch(env) as watch:
        record.action_read()
        record.action_check()
        checked = world.cpu_seconds(env.cr) - watch.cpu
        record.action_import()
    return {
        **watch.result,
        "checked": checked,
        "per_row": 1000 * watch.cpu / record.row_count,
        "rows": record.row_count,
        "imported": record.recorded_count,
        "errors": record.error_count,
    }


@world.piece
def bare_inserts(env):
    """What PostgreSQL takes to write the rows that the import writes, once more, with
    their indexes and foreign keys and nothing else."""
    import_file(env, make_xlsx(env), "counts.xlsx")
    env.cr.execute("SELECT max(id) FROM stock_count_line")
    [first_line] = env.cr.fetchone()
    sessions = env["stock.count.session"].search([], limit=4)
    copies = {session.id: session.copy().id for session in sessions}
    lines, entries = columns(env, "stock.count.line"), columns(env, "stock.count.entry")
    new = {
        "id": "id + %(more)s",
        "session_id": "(%(copies)s::jsonb ->> session_id::text)::int",
        "line_id": "line_id + %(more)s",
        "last_entry_id": "NULL",
        "uuid": "gen_random_uuid()::text",
    }
    params = {
        "more": first_line,
        "copies": json.dumps(copies),
        "ids": list(copies),
    }
    with world.Watch(env) as watch:
        for table, names in (
            ("stock_count_line", lines),
            ("stock_count_entry", entries),
        ):
            values = ", ".join(new.get(name, name) for name in names)
            env.cr.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values}"
                f" FROM {table} WHERE session_id = ANY(%(ids)s)",
                params,
            )
    return {**watch.result, "rows": env.cr.rowcount}


def columns(env, model):
    return [n for n, f in env[model]._fields.items() if f.store and f.column_type]


@world.piece
def odoo(env):
    """Odoo's own import of counted quantities by names, good rows only."""
    rows = [row for row in read_rows(env, THEIRS) if is_good(row)]
    lines = [[r[2], r[1], r[3], str(r[4])] for r in rows]
    names = ["location_id", "product_id", "lot_id", "inventory_quantity"]
    Quant = env["stock.quant"].with_context(inventory_mode=True, import_file=True)
    with world.Watch(env) as watch:
        result = Quant.load(names, lines)
    failed = [message["message"] for message in result["messages"]]
    return {
        **watch.result,
        "per_row": 1000 * watch.cpu / len(lines),
        "rows": len(result["ids"] or ()),
        "failed": failed[:3],
    }


def is_good(row):
    return not (row[1].startswith("NO-") or "Bin X" in row[2] or row[4] == "many")
