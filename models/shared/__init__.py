"""Parts that every room uses: the SQL of natural keys, signals, sealed fields, the
logs of counts, which records a form may name, and who may read a cost."""

from . import (
    chatter,
    context_defaults,
    field_access,
    keys,
    named_records,
    quantities,
    reference_field,
    sealed_fields,
    signals,
)
