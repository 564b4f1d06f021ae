"""What all quantities have in common."""


def quantity_digits(env):
    """How many decimals a quantity has: the precision "Product Unit"."""
    return env["decimal.precision"].precision_get("Product Unit")
