"""SQL of natural keys: product, place, lot or lot name, package and owner; and of rows
that Python has.

A line keeps its key, never only a link to a quant, because Odoo deletes and merges
quants."""

from odoo.tools import SQL

# Types whose values have no mark that an array would take for its own.
BARE = ("int", "numeric", "boolean")

# The natural key, 0 and "" for none.
KEY_COLUMNS = (
    "product_id int, location_id int, lot_id int, lot_name text, package_id int,"
    " owner_id int"
)
KEY_NAMES = [column.split()[0] for column in KEY_COLUMNS.split(", ")]


def array_literal(kind, rows, name):
    """A column of rows as PostgreSQL writes arrays.

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
    """An SQL row source of Python rows: a parameter for each column however many
    rows there are. As arrays, because PostgreSQL reads them in half the time of
    JSON and knows how many they are.

    :param list rows: dicts; what one has not is NULL
    :param str types: the column definitions of the rows
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
    """Natural keys for sql_rows(), with their place in the list as ``i``."""
    return [
        {"i": i, **dict(zip(KEY_NAMES, key, strict=True))} for i, key in enumerate(keys)
    ]


def same_key(left, right, *, location="location_id", package="package_id"):
    """SQL condition: both rows have the same product, place, lot, package and
    owner."""
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


def booked_qty(alias):
    """SQL: what is booked now for the key of the row ``alias``."""
    return SQL(
        "(SELECT COALESCE(sum(quantity), 0) FROM stock_quant quant WHERE %s AND %s)",
        same_key("quant", alias),
        is_booked(alias),
    )


def is_booked(alias):
    """SQL condition: the row's lot exists; stock without a lot is another key."""
    return SQL("COALESCE(%s, '') = ''", SQL.identifier(alias, "lot_name"))


def moves_of(alias, columns, condition, joins=None, table="stock_move_line"):
    """SQL: the move lines at either end of the key of row ``alias``.

    ``qty`` is signed: negative where the key is the source. Lines from a key to
    itself change nothing and are left out.

    :param SQL columns: of the move line ``ml``, beside ``qty``
    :param SQL condition: on ``ml``
    :param SQL joins: of what ``columns`` name beside ``ml``
    :param str table: what ``ml`` is, move lines or their traces
    """
    source = same_key("ml", alias)
    dest = same_key(
        "ml", alias, location="location_dest_id", package="result_package_id"
    )
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
    """The natural key of a line that was read as a dict, 0 and "" for none."""
    return (
        row["product_id"],
        row["location_id"],
        row["lot_id"] or 0,
        row["lot_name"] or "",
        row["package_id"] or 0,
        row["owner_id"] or 0,
    )
