"""Parts that every room uses: the SQL of natural keys, signals, sealed fields, and who
may read a cost."""

from . import (
    context_defaults,
    field_access,
    keys,
    quantities,
    reference_field,
    sealed_fields,
    signals,
)
