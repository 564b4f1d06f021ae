"""Fills a database with a warehouse of some size, once; every benchmark works on it.

One record of each kind is made by Odoo itself, then copied by SQL: so the copies have
what the installed modules put into a record, and half a million moves take a minute.
History, stock and reservations agree: each quant is the sum of its moves, and what is
reserved is reserved by a real open delivery.
"""

import argparse
import time

from odoo.fields import Command

import world

LOCATIONS = 2_000
PRODUCTS = 20_000
QUANTS = 100_000
MOVES = 500_000
PER_PRODUCT = QUANTS // PRODUCTS
STEPS = MOVES // QUANTS
DELIVERY_LINES = 50
DELIVERY = "Benchmark delivery"

# How each quant came to its quantity: what step 0..4 of its history moved.
HISTORY = """CASE WHEN stock.tracking = 'serial' THEN 1 - 2 * (step % 2)
    ELSE (ARRAY[stock.quantity + 6, -1, -2, -2, -1])[step + 1] END"""


def fill(env):
    """Everything, in the order that foreign keys ask for."""
    for step in (
        set_up,
        make_locations,
        make_products,
        make_lots,
        make_stock,
        make_history,
        make_reservations,
        make_delivery,
    ):
        start = time.perf_counter()
        step(env)
        env.flush_all()
        env.invalidate_all()
        print(f"{step.__name__}: {time.perf_counter() - start:.1f} s", flush=True)


# === TOOLS === #


def clone(env, record, source, **values):
    """Copy a record for each row of a source, with other values in some columns.

    :param str source: SQL after FROM
    :param values: SQL expressions by column
    """
    env.flush_all()
    table, cr = record._table, env.cr
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass"
        " AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    columns = [column for (column,) in cr.fetchall()]
    picked = [values.get(column, f"proto.{column}") for column in columns]
    cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(picked)}"
        f" FROM {source} CROSS JOIN {table} proto WHERE proto.id = {record.id}"
    )
    cr.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def top(env, table):
    """The highest id of a table: copies are numbered from there."""
    env.cr.execute(f"SELECT COALESCE(max(id), 0) FROM {table}")
    return env.cr.fetchone()[0]


# === PEOPLE AND PLACES === #


def set_up(env):
    """Every column of both screens is there: lots, packages, owners, units."""
    features = ("multi_locations", "production_lot", "tracking_lot", "tracking_owner")
    settings = {f"group_stock_{feature}": True for feature in features}
    env["res.config.settings"].create({**settings, "group_uom": True}).execute()


def stock_location(env):
    return env["stock.warehouse"].search([], limit=1).lot_stock_id


def make_locations(env):
    """Twenty aisles of bins; ``bench_bin`` numbers the bins from 0."""
    aisles = env["stock.location"].create(
        [
            {"name": f"A{i:02}", "location_id": stock_location(env).id}
            for i in range(1, 21)
        ]
    )
    proto = env["stock.location"].create({"name": "B000", "location_id": aisles[0].id})
    last = top(env, "stock_location")
    clone(
        env,
        proto,
        f"generate_series(1, {LOCATIONS}) n"
        f" JOIN stock_location aisle ON aisle.id = {aisles[0].id} + n % 20",
        id=f"{last} + n",
        location_id="aisle.id",
        name="'B' || lpad(n::text, 4, '0')",
        complete_name="aisle.complete_name || '/B' || lpad(n::text, 4, '0')",
        parent_path=f"aisle.parent_path || ({last} + n) || '/'",
        barcode="'BENCH-BIN-' || n",
    )
    env.cr.execute(
        f"CREATE TABLE bench_bin AS SELECT n - 1 AS n, {last} + n AS id"
        f" FROM generate_series(1, {LOCATIONS}) n"
    )


# === THINGS === #


def tracking_sql(n):
    """One product in ten has lots, one in fifty serial numbers."""
    return (
        f"CASE WHEN {n} % 100 < 10 THEN 'lot' WHEN {n} % 100 < 12 THEN 'serial'"
        " ELSE 'none' END"
    )


def make_products(env):
    """``bench_item`` numbers the products from 0."""
    for tracking in ("none", "lot", "serial"):
        proto = env["product.product"].create(
            {
                "name": "Prototype",
                "is_storable": True,
                "tracking": tracking,
                "standard_price": 1,
            }
        )
        clone_products(env, proto, tracking)
    env.cr.execute(
        """
        CREATE TABLE bench_item AS
        SELECT substr(product.default_code, 7)::int AS n, product.id, template.tracking,
               (product.standard_price ->> company.id::text)::numeric AS cost
          FROM product_product product
          JOIN product_template template ON template.id = product.product_tmpl_id
          CROSS JOIN (SELECT min(id) AS id FROM res_company) company
         WHERE product.default_code LIKE 'BENCH-%'
        """
    )


def clone_products(env, proto, tracking):
    source = (
        f"(SELECT n, row_number() OVER (ORDER BY n) AS i"
        f" FROM generate_series(0, {PRODUCTS} - 1) n"
        f" WHERE {tracking_sql('n')} = '{tracking}') rows"
    )
    templates = top(env, "product_template")
    code = "'BENCH-' || lpad(n::text, 5, '0')"
    clone(
        env,
        proto.product_tmpl_id,
        source,
        id=f"{templates} + i",
        name="jsonb_build_object('en_US', 'Item number ' || n)",
        default_code=code,
    )
    clone(
        env,
        proto,
        source,
        id=f"{top(env, 'product_product')} + i",
        product_tmpl_id=f"{templates} + i",
        default_code=code,
        barcode="(2000000000000 + n)::text",
        standard_price=f"jsonb_build_object('{env.company.id}', 1 + n % 90)",
    )


def make_lots(env):
    """``bench_stock`` is what lies where: five quants a product, lots if tracked."""
    item = env["product.product"].search(
        [("tracking", "=", "lot"), ("name", "=", "Prototype")], limit=1
    )
    proto = env["stock.lot"].create({"name": "Prototype", "product_id": item.id})
    env.cr.execute(
        f"""
        CREATE TABLE bench_stock AS
        SELECT k AS n, item.id AS product_id, bin.id AS location_id, item.tracking,
               item.cost,
               CASE WHEN item.tracking <> 'none' THEN {proto.id} + 1 + k END AS lot_id,
               CASE WHEN item.tracking = 'serial' THEN 1 ELSE 5 + k % 20 END AS quantity
          FROM generate_series(0, {QUANTS} - 1) k
          JOIN bench_item item ON item.n = k / {PER_PRODUCT}
          JOIN bench_bin bin
            ON bin.n = (item.n * 7 + k % {PER_PRODUCT} * 397) % {LOCATIONS}
        """
    )
    clone(
        env,
        proto,
        "(SELECT * FROM bench_stock WHERE lot_id IS NOT NULL) stock",
        id="stock.lot_id",
        name="'LOT-' || stock.n",
        product_id="stock.product_id",
        location_id="stock.location_id",
    )


# === STOCK AND ITS HISTORY === #


def make_stock(env):
    """One quant for each row of ``bench_stock``, some of it reserved, see there."""
    item = env["product.product"].search([("name", "=", "Prototype")], limit=1)
    proto = env["stock.quant"].create(
        {
            "product_id": item.id,
            "location_id": stock_location(env).id,
            "quantity": 1,
        }
    )
    # Ten quants in two hundred are reserved, half of them to the last piece.
    env.cr.execute(
        """
        ALTER TABLE bench_stock ADD reserved int NOT NULL DEFAULT 0;
        UPDATE bench_stock SET reserved = CASE WHEN n / 200 % 2 = 0 THEN quantity
            ELSE quantity / 2 END
         WHERE n / 10 % 20 = 7 AND tracking = 'none';
        """
    )
    clone(
        env,
        proto,
        "bench_stock stock",
        id=f"{top(env, 'stock_quant')} + 1 + stock.n",
        product_id="stock.product_id",
        location_id="stock.location_id",
        lot_id="stock.lot_id",
        quantity="stock.quantity",
        reserved_quantity="stock.reserved",
        in_date="now() AT TIME ZONE 'UTC' - interval '1 day' * (stock.n % 700)",
    )
    proto.sudo().unlink()


def make_history(env):
    """Five done moves for each quant, whose sum it is."""
    item = env["product.product"].search([("name", "=", "Prototype")], limit=1)
    stock = stock_location(env)
    vendors = env.ref("stock.stock_location_suppliers")
    customers = env.ref("stock.stock_location_customers")
    receipt = done_move(env, item, vendors, stock)
    delivery = done_move(env, item, stock, customers)
    moves, lines = top(env, "stock_move"), top(env, "stock_move_line")
    for proto, sign, ends in (
        (receipt, ">", {"location_dest_id": "stock.location_id"}),
        (delivery, "<", {"location_id": "stock.location_id"}),
    ):
        source = f"""(SELECT *, abs(moved) AS qty,
                now() AT TIME ZONE 'UTC'
                    - interval '1 day' * (730 - step * 140 - n % 130) AS at,
                   step * {QUANTS} + n + 1 AS i
           FROM (SELECT stock.*, step, {HISTORY} AS moved
                   FROM generate_series(0, {STEPS - 1}) step
                  CROSS JOIN bench_stock stock
                ) history WHERE moved {sign} 0) stock"""
        clone_move(env, proto, source, moves, lines, ends)


def clone_move(env, proto, source, moves, lines, ends):
    shared = {"product_id": "stock.product_id", "date": "stock.at", **ends}
    clone(
        env,
        proto,
        source,
        **shared,
        id=f"{moves} + stock.i",
        product_qty="stock.qty",
        product_uom_qty="stock.qty",
        quantity="stock.qty",
        value="stock.qty * stock.cost",
        reference="'BENCH/' || stock.i",
    )
    clone(
        env,
        proto.move_line_ids,
        source,
        **shared,
        id=f"{lines} + stock.i",
        move_id=f"{moves} + stock.i",
        lot_id="stock.lot_id",
        quantity="stock.qty",
        quantity_product_uom="stock.qty",
    )


def done_move(env, product, source, dest):
    move = env["stock.move"].create(
        {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": 1,
            "location_id": source.id,
            "location_dest_id": dest.id,
        }
    )
    move._action_confirm()
    move.quantity = 1
    move.picked = True
    return move._action_done()


# === OPEN DELIVERIES === #


def prepare_delivery(env, name, products, quantity):
    stock = stock_location(env)
    customers = env.ref("stock.stock_location_customers")
    ends = {"location_id": stock.id, "location_dest_id": customers.id}
    return env["stock.picking"].create(
        {
            **ends,
            "picking_type_id": env["stock.warehouse"]
            .search([], limit=1)
            .out_type_id.id,
            "origin": name,
            "move_ids": [
                Command.create(
                    {
                        **ends,
                        "product_id": product.id,
                        "product_uom": product.uom_id.id,
                        "product_uom_qty": quantity,
                    }
                )
                for product in products
            ],
        }
    )


def make_reservations(env):
    """The deliveries that reserve what the quants say, ten moves each."""
    item = env["product.product"].search([("name", "=", "Prototype")], limit=1)
    env["stock.quant"]._update_available_quantity(item, stock_location(env), 5)
    proto = prepare_delivery(env, "Prototype", item, 1)
    proto.action_confirm()
    proto.action_assign()
    pickings, moves, lines = (
        top(env, table) for table in ("stock_picking", "stock_move", "stock_move_line")
    )
    clone(
        env,
        proto,
        "(SELECT DISTINCT (row_number() OVER (ORDER BY n) - 1) / 10 AS p"
        " FROM bench_stock WHERE reserved > 0) rows",
        id=f"{pickings} + 1 + p",
        name="'BENCH/OUT/' || p",
    )
    clone_reservations(env, proto, pickings, moves, lines)


def clone_reservations(env, proto, pickings, moves, lines):
    source = """(SELECT *, row_number() OVER (ORDER BY n) AS i FROM bench_stock
        WHERE reserved > 0) stock"""
    owner = {"picking_id": f"{pickings} + 1 + (stock.i - 1) / 10"}
    clone(
        env,
        proto.move_ids,
        source,
        **owner,
        id=f"{moves} + stock.i",
        product_id="stock.product_id",
        product_qty="stock.reserved",
        product_uom_qty="stock.reserved",
        quantity="stock.reserved",
        reference="'BENCH/OUT/' || (stock.i - 1) / 10",
    )
    clone(
        env,
        proto.move_line_ids,
        source,
        **owner,
        id=f"{lines} + stock.i",
        move_id=f"{moves} + stock.i",
        product_id="stock.product_id",
        location_id="stock.location_id",
        quantity="stock.reserved",
        quantity_product_uom="stock.reserved",
    )


def make_delivery(env):
    """The delivery of fifty lines that is validated with and without the addon."""
    env.cr.execute(
        "SELECT product_id FROM bench_stock WHERE tracking = 'none' GROUP BY product_id"
        " HAVING sum(reserved) = 0 ORDER BY product_id LIMIT %s",
        [DELIVERY_LINES],
    )
    products = env["product.product"].browse(i for (i,) in env.cr.fetchall())
    delivery = prepare_delivery(env, DELIVERY, products, 2)
    delivery.action_confirm()
    delivery.action_assign()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--db", "--addons-path", "--data-dir"):
        parser.add_argument(name, required=True)
    options = parser.parse_args()
    world.boot(options)
    with world.environment(options.db, commit=True) as env:
        fill(env)
        env.cr.execute("ANALYZE")


if __name__ == "__main__":
    main()
