"""Parts that every room uses: the SQL of natural keys, signals, sealed fields, the
logs of counts, which records a form may name, what is checked of a client's values, and
who may read a cost."""

from . import one_record, unlinking  # isort: split

from . import append_only  # isort: split

from . import (
    chatter,
    context_defaults,
    field_access,
    hostile_values,
    keys,
    named_records,
    quantities,
    reference_field,
    sealed_fields,
    shared_records,
    signals,
)
