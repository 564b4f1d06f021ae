"""Makes counts in every state that an upgrade has to keep, by the code that is
installed, which may be old.

Read by an Odoo shell; ``dev/check_counts.py`` goes on with them.
"""

from datetime import timedelta

from odoo import Command, fields

BOOKED = 10


def make_bin(env):
    # Uninstalling takes the name of the demo warehouse, not the warehouse.
    warehouse = env["stock.warehouse"].search([("code", "=", "NGT")])
    return env["stock.location"].create(
        {"name": "Kept", "location_id": warehouse.lot_stock_id.id}
    )


def make_product(name, place):
    product = place.env["product.product"].create(
        {"name": f"Kept {name}", "is_storable": True, "standard_price": 5}
    )
    place.env["stock.quant"]._update_available_quantity(product, place, BOOKED)
    return product


class Count:
    """A count of one product in a bin."""

    def __init__(self, name, place):
        self.name = name
        self.place = place
        self.product = make_product(name, place)
        self.session = place.env["stock.count.session"].create(
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
    product.env["stock.count.tolerance"].create(
        {
            "company_id": product.env.company.id,
            "applied_on": "product",
            "product_tmpl_id": product.product_tmpl_id.id,
            "value_minus": 1,
            "value_plus": 1,
        }
    )


def make_counts(env):
    place = make_bin(env)
    count = Count("summed", place)
    count.found(3, minutes_ago=60, operation="add").found(4, 30, operation="add")
    count = Count("recounted", place)
    limit_variance(count.product)
    count.found(5, minutes_ago=20).session.line_ids.action_request_recount()
    count.found(6).check()
    make_by_risk(Count("risk", place).session)
    Count("posted", place).found(7).check().action_post()
    make_approved(Count("approved", place).found(8))
    env.cr.commit()


def make_by_risk(session):
    """A type of count that later versions do not know."""
    if "risk" in session._fields["count_type"].get_values(session.env):
        session.count_type = "risk"


def make_approved(count):
    """Approved, and not posted yet."""
    company = count.session.company_id
    company.count_require_approval = True
    count.check().action_submit()
    count.session.action_approve("As the photo says")
    company.count_require_approval = False


make_counts(env)  # noqa: F821
