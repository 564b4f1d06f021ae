def without_defaults(records, names):
    """The records without the context's defaults for some fields.

    A default would let a client set a field that only verbs may write.

    :param names: names of these fields
    :return: the same records, in another context
    """
    taken = {f"default_{name}" for name in names} & records.env.context.keys()
    if not taken:
        return records
    context = {k: v for k, v in records.env.context.items() if k not in taken}
    # `with_context(key=value)` can add keys but cannot remove any.
    return records.with_context(context)  # pylint: disable=context-overridden
