import json
import re

from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

from ... import const
from ...domain.entries import MAX_QUANTITY
from ...domain.spreadsheet.budget import MAX_FILE
from ...domain.tolerance import NO_ALLOWANCE

SHARED = {
    "OPEN_STATES": const.OPEN_STATES,
    "CLOSED_STATES": const.CLOSED_STATES,
    "UNCOUNTED_STATES": const.UNCOUNTED_STATES,
    "ACTIVE_JOB_STATES": const.ACTIVE_JOB_STATES,
    "NO_ALLOWANCE": NO_ALLOWANCE,
    "MAX_QUANTITY": MAX_QUANTITY,
    "MAX_FILE": MAX_FILE,
}


def read_javascript_values():
    """The constants of ``static/src/const.js``, by name; lists as tuples."""
    with file_open("stock_count/static/src/const.js") as file:
        found = re.findall(r"export const (\w+) = (.*?);", file.read(), re.DOTALL)
    values = {name: json.loads(re.sub(r",\s*\]", "]", text)) for name, text in found}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
    }


@tagged("post_install", "-at_install")
class TestConst(TransactionCase):
    """Python and JavaScript have the same constants."""

    def test_javascript_has_the_values_of_python(self):
        """A value that changes in Python cannot be forgotten in JavaScript."""
        self.assertEqual(read_javascript_values(), SHARED)

    def test_each_state_of_a_session_is_open_or_closed(self):
        """The counting app and the sheet know no third kind of session."""
        field = self.env["stock.count.session"]._fields["state"]
        states = field.get_values(self.env)
        self.assertEqual(set(states), {*const.OPEN_STATES, *const.CLOSED_STATES})
