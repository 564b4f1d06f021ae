"""How quantities of documents are written: short, and with their sign."""

from odoo.tools.misc import formatLang

from ..shared.quantities import quantity_digits


def signed(env, qty):
    """A signed quantity in the user's language: +5, −2.5, and 0 without a sign."""
    most = quantity_digits(env)
    qty = round(qty, most)
    digits = next(d for d in range(most + 1) if round(qty, d) == qty)
    # A minus sign, because a hyphen beside a name reads as a dash.
    sign = "+" if qty > 0 else "−" if qty else ""
    return sign + formatLang(env, abs(qty), digits=digits)
