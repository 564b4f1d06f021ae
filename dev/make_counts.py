"""Makes counts in every state that an upgrade has to keep, by the code that is installed,
which may be old. Read by an Odoo shell; ``dev/check_counts.py`` goes on with them.
"""

from datetime import timedelta

from odoo import Command, fields

BOOKED = 10


def make_bin():
    warehouse = env.ref("stock_count.warehouse_northgate")  # noqa: F821
    return env["stock.location"].create(  # noqa: F821
        {"name": "Kept", "location_id": warehouse.lot_stock_id.id}
    )


def make_product(name, place):
    product = env["product.product"].create(  # noqa: F821
        {"name": f"Kept {name}", "is_storable": True, "standard_price": 5}
    )
    env["stock.quant"]._update_available_quantity(product, place, BOOKED)  # noqa: F821
    return product


class Count:
    """A count of one product in a bin."""

    def __init__(self, name, place):
        self.name = name
        self.place = place
        self.product = make_product(name, place)
        self.session = env["stock.count.session"].create(  # noqa: F821
            {
                "description": f"Kept {name}",
                "warehouse_id": place.warehouse_id.id,
                "location_ids": [Command.set(place.ids)],
            }
        )
        self.session.action_generate()

    def found(self, qty, minutes_ago=0, operation="set"):
        counted_at = fields.Datetime.now() - timedelta(minutes=minutes_ago)
        [answer] = self.session.record_entries(
            [
                {
                    "uuid": f"kept-{self.name}-{qty}",
                    "product_id": self.product.id,
                    "location_id": self.place.id,
                    "qty": qty,
                    "operation": operation,
                    "counted_at": fields.Datetime.to_string(counted_at),
                }
            ]
        )
        assert answer["status"] == "recorded", answer
        return self

    def check(self):
        self.session.action_check_all()
        return self.session


def limit_variance(product):
    """Whatever differs is far over its tolerance."""
    env["stock.count.tolerance"].create(  # noqa: F821
        {
            "company_id": env.company.id,  # noqa: F821
            "applied_on": "product",
            "product_tmpl_id": product.product_tmpl_id.id,
            "value_minus": 1,
            "value_plus": 1,
        }
    )


def make_counts():
    place = make_bin()
    count = Count("summed", place)
    count.found(3, minutes_ago=60, operation="add").found(4, 30, operation="add")
    count = Count("recounted", place)
    limit_variance(count.product)
    count.found(5, minutes_ago=20).session.line_ids.action_request_recount()
    count.found(6).check()
    Count("posted", place).found(7).check().action_post()
    make_approved(Count("approved", place).found(8))


def make_approved(count):
    """Approved and not posted, by somebody else than who counted."""
    env.company.count_require_approval = True  # noqa: F821
    count.check().action_submit()
    count.session.action_approve("As the photo says")
    env.company.count_require_approval = False  # noqa: F821


make_counts()
env.cr.commit()  # noqa: F821
