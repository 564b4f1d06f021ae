"""What every room uses and no step of a count is: SQL of keys, signals, sealed fields,
access to fields."""

from . import (
    context_defaults,
    field_access,
    keys,
    quantities,
    reference_field,
    sealed_fields,
    signals,
)
