"""Opening the count sheet, against Odoo's Physical Inventory of the same stock.

Both by the calls that the web client makes: the action, the views, the first page with
all its columns. The sheet counts each of its five views besides.
"""

import ast

from lxml import etree

import sessions
import world
from figures import Figure, memory

PAGE, COUNT_LIMIT = 80, 10_001
ROUNDS = 15

FIGURES = [
    Figure(
        "open the sheet of 100,000 lines, s",
        "sheet.large",
        "sheet.physical_inventory",
        at_most_times=1,
    ),
    Figure(
        "its first page alone, s",
        "sheet.large",
        "sheet.physical_inventory",
        key="page",
    ),
    Figure(
        "its queries, against 100 lines",
        "sheet.large",
        "sheet.small",
        key="queries",
        at_most_times=1,
    ),
    Figure("its five counts, s", "sheet.large", key="counts"),
    *memory("sheet.large"),
]


@world.piece
def large(env):
    return _open(env, sessions.LARGE)


@world.piece
def small(env):
    return _open(env, sessions.SMALL)


def _open(env, name):
    session = sessions.find(env, name)
    with world.Watch(env) as watch:
        action = session.action_open_sheet()
        views = _get_views(env, action)
        with world.Watch(env) as page:
            _read_page(env, action, views)
        with world.Watch(env) as counts:
            _count_views(env, action, views)
            session.web_read(_specification_of(SESSION_HEADER))
    return {
        **watch.result,
        "page": page.seconds,
        "counts": counts.seconds,
        "page queries": page.queries,
    }


SESSION_HEADER = (
    *(
        "name",
        "state",
        "line_count",
        "counted_count",
        "discrepancy_count",
        "held_count",
    ),
    *("problem_count", "to_post_count", "shortage_value", "overage_value", "net_value"),
    *("accuracy", "next_step"),
)


def _specification_of(names):
    return {name: {} for name in names}


@world.piece
def physical_inventory(env):
    with world.Watch(env) as watch:
        action = env["stock.quant"].action_view_inventory()
        views = _get_views(env, action)
        with world.Watch(env) as page:
            _read_page(env, action, views)
    return {**watch.result, "page": page.seconds, "page queries": page.queries}


# === THE WEB CLIENT'S CALLS === #


def _get_views(env, action):
    model = env[action["res_model"]].with_context(**_context(action))
    search = action.get("search_view_id")
    views = [*action["views"], (search[0] if search else False, "search")]
    options = {"toolbar": True, "load_filters": True, "action_id": action.get("id")}
    return model.get_views(views, options)


def _context(action):
    context = action.get("context") or {}
    return ast.literal_eval(context) if isinstance(context, str) else context


def _read_page(env, action, views):
    fields = views["models"][action["res_model"]]["fields"]
    arch = etree.fromstring(views["views"]["list"]["arch"])
    model = env[action["res_model"]].with_context(**_context(action), bin_size=True)
    return model.web_search_read(
        domain=_domain(action),
        specification=_specification(arch, fields),
        limit=PAGE,
        count_limit=COUNT_LIMIT,
    )


def _domain(action):
    domain = action.get("domain") or []
    return ast.literal_eval(domain) if isinstance(domain, str) else domain


def _specification(arch, fields):
    """Every column, hidden ones too: the web client reads them all."""
    specification = {}
    for node in arch.iter("field"):
        name = node.get("name")
        specification[name] = {}
        if fields[name]["type"] == "many2one":
            specification[name] = {"fields": {"display_name": {}}}
    return specification


def _count_views(env, action, views):
    """How many lines each of the sheet's views has."""
    arch = etree.fromstring(views["views"]["search"]["arch"])
    lines = env[action["res_model"]]
    for node in arch.iter("filter"):
        if (node.get("name") or "").startswith("view_"):
            lines.search_count(_domain(action) + ast.literal_eval(node.get("domain")))
