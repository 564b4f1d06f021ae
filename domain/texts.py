"""Texts that clients send: which of them a database can keep."""

from collections.abc import Mapping
from typing import Any


def _is_lost(char: str) -> bool:
    return char == "\0" or "\ud800" <= char <= "\udfff"


def is_storable(value: Any) -> bool:
    """Whether a database can keep all texts in a value: none has a NUL or half of a
    character.

    >>> is_storable("ä"), is_storable("a\\0"), is_storable([{"a": "\\ud800"}])
    (True, False, False)
    """
    if isinstance(value, str):
        # Nearly all texts are printable, and Python knows it fast.
        return value.isprintable() or not any(_is_lost(char) for char in value)
    if isinstance(value, Mapping):
        return is_storable([*value, *value.values()])
    if isinstance(value, list | tuple):
        return all(is_storable(item) for item in value)
    return True


def storable(value: Any) -> Any:
    """A text without what a database or an answer cannot carry; other values as they
    are.

    >>> storable("a\\ud800b\\0"), storable(5)
    ('a?b?', 5)
    """
    if not isinstance(value, str) or is_storable(value):
        return value
    return "".join("?" if _is_lost(char) else char for char in value)
