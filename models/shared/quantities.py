"""How quantities are rounded."""


def quantity_digits(env):
    """How many decimals a quantity in a product's unit has ("Product Unit")."""
    return env["decimal.precision"].precision_get("Product Unit")
