"""Makes what people leave at counts and only the uninstall hook can know of: saved
filters and export lists, files, messages, activities, numbers by year.

Read by an Odoo shell, see ``dev/uninstall``.
"""

from datetime import date

SESSION = "stock.count.session"


def make_saved(env):
    env["ir.filters"].create(
        [
            {"name": "Mine", "model_id": SESSION, "user_ids": [env.uid]},
            {"name": "Old", "model_id": "stock.count.line", "active": False},
        ]
    )
    env["ir.exports"].create({"name": "Mine", "resource": SESSION})


def make_talk(session):
    session.message_post(body="Who counted this?")
    session.activity_schedule("mail.mail_activity_data_todo", user_id=session.env.uid)
    session.env["ir.attachment"].create(
        {"name": "shelf.txt", "raw": b"x", "res_model": SESSION, "res_id": session.id}
    )


def make_scripts(env):
    env["ir.qweb"]._get_asset_bundle("stock_count.assets_count_app").js()


def make_yearly_numbers(env):
    sequence = env["ir.sequence"].search([("code", "=", SESSION)], limit=1)
    sequence.use_date_range = True
    sequence.next_by_id(sequence_date=date(2020, 1, 1))


def make_leftovers(env):
    make_saved(env)
    make_talk(env[SESSION].search([], limit=1))
    make_scripts(env)
    make_yearly_numbers(env)
    env.cr.commit()


make_leftovers(env)  # noqa: F821
