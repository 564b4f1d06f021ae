"""Values that clients send, checked before they are used."""

from odoo.exceptions import ValidationError

from ...domain.texts import is_storable


def check_number(env, values, limit):
    """Check that a client sent no more values than one call takes.

    :param values: a list; anything else is for others to refuse
    :raise ValidationError: naming the limit
    """
    if isinstance(values, list | tuple) and len(values) > limit:
        raise ValidationError(
            env._(
                "One call takes at most %(limit)s, and this one has %(number)s: send"
                " them in several calls.",
                limit=limit,
                number=len(values),
            )
        )


def check_id(env, value):
    """Check that a value is the id of a record, or none.

    :raise ValidationError: when it is neither
    """
    if value and not (isinstance(value, int) and 0 < value < 2**31):
        raise ValidationError(env._("Name a record by its number."))


def check_texts(env, values):
    """Check that a database can keep all texts in values.

    :param values: a text, or lists and dicts with texts in them
    :raise ValidationError: when it cannot
    """
    if not is_storable(values):
        raise ValidationError(
            env._("A text contains characters that cannot be stored: type it again.")
        )
