def without_defaults(records, names):
    """The records without the defaults that the context gives to fields.

    Of a field that only verbs write, a default would be as good as a value.

    :param names: of the fields
    """
    taken = {f"default_{name}" for name in names}
    context = {k: v for k, v in records.env.context.items() if k not in taken}
    # Taking keys away is what `with_context(key=value)` cannot do.
    return records.with_context(context)  # pylint: disable=context-overridden
