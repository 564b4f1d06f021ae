"""The SQL of natural keys, and of rows that Python has.

A natural key says which thing is counted where: product, location, lot (or the name of
a lot that does not exist yet), package and owner. A line keeps its key and no link to a
quant, because Odoo deletes and merges quants.
"""

from odoo.tools import SQL

# Types whose values need no quotation marks in an array.
BARE = ("int", "numeric", "boolean")

# Columns of a natural key. 0 and "" stand for "none".
KEY_COLUMNS = (
    "product_id int, location_id int, lot_id int, lot_name text, package_id int,"
    " owner_id int"
)
KEY_NAMES = [column.split()[0] for column in KEY_COLUMNS.split(", ")]


def array_literal(kind, rows, name):
    """One column of some rows, as PostgreSQL writes an array.

    :param str kind: SQL type of the column
    :param list rows: dicts
    :param str name: of the column; a row without it gets NULL

    >>> array_literal("int", [{"a": 1}, {}], "a")
    '{1,NULL}'
    >>> array_literal("text", [{"a": 'say "NULL"'}], "a")
    '{"say \\\\"NULL\\\\""}'
    """
    values = [row.get(name) for row in rows]
    write = str if kind in BARE else _quote
    return f"{{{','.join(['NULL' if v is None else write(v) for v in values])}}}"


def _quote(value):
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def sql_rows(rows, types):
    """SQL: Python rows to select from, under the name ``rows``.

    Each column is one parameter, however many rows there are. Arrays take PostgreSQL
    half the time of JSON, and tell its planner how many rows there are.

    :param list rows: dicts; a missing value is NULL
    :param str types: column definitions, such as ``id int, qty numeric``
    """
    columns = [column.split() for column in types.split(",")]
    arrays = (
        SQL("%s::%s[]", array_literal(kind, rows, name), SQL(kind))
        for name, kind in columns
    )
    return SQL(
        "unnest(%s) AS rows(%s)",
        SQL(", ").join(arrays),
        SQL(", ").join(SQL.identifier(name) for name, _kind in columns),
    )


def key_rows(keys):
    """Natural keys as rows for sql_rows().

    :param list keys: tuples in the order of ``KEY_NAMES``
    :return: list of dicts, with the index of each key as ``i``
    """
    return [
        {"i": i, **dict(zip(KEY_NAMES, key, strict=True))} for i, key in enumerate(keys)
    ]


def same_key(left, right, *, location="location_id", package="package_id"):
    """SQL condition: two rows have the same product, location, lot, package and owner.

    :param str left: alias of one row
    :param str right: alias of the other row
    :param str location: the left row's column for its location
    :param str package: the left row's column for its package
    """
    names = (
        ("product_id", "product_id"),
        (location, "location_id"),
        ("lot_id", "lot_id"),
        (package, "package_id"),
        ("owner_id", "owner_id"),
    )
    conditions = []
    for mine, other in names:
        one, two = SQL.identifier(left, mine), SQL.identifier(right, other)
        if other in ("product_id", "location_id"):
            conditions.append(SQL("%s = %s", one, two))
        else:
            conditions.append(SQL("COALESCE(%s, 0) = COALESCE(%s, 0)", one, two))
    return SQL(" AND ").join(conditions)


def same_dest_key(move_line, right):
    """SQL condition: a move line brings something to the key of another row."""
    return same_key(
        move_line, right, location="location_dest_id", package="result_package_id"
    )


def booked_qty(alias):
    """SQL: the booked quantity of the key of row ``alias`` now, in product units."""
    return SQL(
        "(SELECT COALESCE(sum(quantity), 0) FROM stock_quant quant WHERE %s AND %s)",
        same_key("quant", alias),
        is_booked(alias),
    )


def is_booked(alias):
    """SQL condition: no stock can be booked under a lot that does not exist yet.

    A row with only the name of a lot must not match stock without a lot.
    """
    return SQL("COALESCE(%s, '') = ''", SQL.identifier(alias, "lot_name"))


def moves_of(alias, columns, condition, joins=None, table="stock_move_line"):
    """SQL: the move lines that go to or from the key of row ``alias``.

    ``qty`` is in product units: negative where the key is the source, positive where it
    is the destination. A line from a key to itself changes nothing and is left out.

    :param SQL columns: columns of the move line ``ml`` to select beside ``qty``
    :param SQL condition: which move lines ``ml``
    :param SQL joins: tables that ``columns`` needs beside ``ml``
    :param str table: ``stock_move_line``, or ``stock_count_trace`` for former lines
    """
    source = same_key("ml", alias)
    dest = same_dest_key("ml", alias)
    return SQL(
        """
        SELECT -ml.quantity_product_uom AS qty, %(columns)s
          FROM %(table)s ml %(joins)s
         WHERE %(source)s AND NOT (%(dest)s) AND %(condition)s
         UNION ALL
        SELECT ml.quantity_product_uom AS qty, %(columns)s
          FROM %(table)s ml %(joins)s
         WHERE %(dest)s AND NOT (%(source)s) AND %(condition)s
        """,
        columns=columns,
        joins=joins or SQL(),
        table=SQL.identifier(table),
        source=source,
        dest=dest,
        condition=SQL("%s AND %s", is_booked(alias), condition),
    )


def key_of(row):
    """The natural key of a line that was read as a dict.

    :return: tuple in the order of ``KEY_NAMES``, with 0 and "" for none
    """
    return (
        row["product_id"],
        row["location_id"],
        row["lot_id"] or 0,
        row["lot_name"] or "",
        row["package_id"] or 0,
        row["owner_id"] or 0,
    )
