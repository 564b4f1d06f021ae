from odoo.tests import HttpCase, no_retry, tagged

HOOT_DONE = "[HOOT] Test suite succeeded"


def hoot_id(name):
    """The identifier that hoot gives to a suite of this name."""
    number = 0
    for char in name:
        number = ((number << 5) - number + ord(char)) & 0xFFFFFFFF
    return f"{number:08x}"


@tagged("post_install", "-at_install", "stock_count_browser")
class TestHoot(HttpCase):
    """The unit tests of the addon's own components, in a real browser."""

    @no_retry
    def test_components_keep_their_promises(self):
        """D2–D7, D12, D15, D17, D19: see static/tests."""
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={hoot_id('@stock_count')}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal=HOOT_DONE,
            error_checker=lambda message: "[HOOT]" not in message,
        )
