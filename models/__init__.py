"""Rooms, one a step of a count, in the order in which they may call each other: a room
never calls a later one (``dev/lint`` looks). Odoo's own models, as counting changes
them, stand beside."""

from . import shared  # isort: split

from . import audit  # isort: split

from . import line  # isort: split

from . import policy  # isort: split

from . import documents  # isort: split

from . import codes  # isort: split

from . import book  # isort: split

from . import planning  # isort: split

from . import recording  # isort: split

from . import review  # isort: split

from . import posting  # isort: split

from . import jobs  # isort: split

from . import session  # isort: split

from . import exceptions  # isort: split

from . import importing  # isort: split

from . import app  # isort: split

from . import figures  # isort: split

from . import (
    digest_digest,
    ir_attachment,
    ir_http,
    ir_ui_menu,
    mail_followers,
    mail_message,
    product_product,
    product_supplierinfo,
    product_template,
    res_company,
    res_config_settings,
    res_groups,
    res_users,
    stock_location,
    stock_lot,
    stock_move,
    stock_move_line,
    stock_picking,
    stock_picking_type,
    stock_quant,
)
