"""Numbers with a check digit: GTIN, SSCC and GLN."""

import re

DIGITS = re.compile(r"[0-9]+")
LENGTHS = (8, 12, 13, 14)


def is_digits(text: str) -> bool:
    """
    >>> is_digits("0123"), is_digits(""), is_digits("٣")
    (True, False, False)
    """
    return DIGITS.fullmatch(text) is not None


def check_digit(digits: str) -> str:
    """The digit that belongs behind these.

    >>> check_digit("950600013435")
    '2'
    """
    odd = sum(map(int, digits[::-2]))
    even = sum(map(int, digits[-2::-2]))
    return str(-(3 * odd + even) % 10)


def is_checked(digits: str) -> bool:
    """Whether a number of digits ends with the right check digit.

    >>> is_checked("9506000134352"), is_checked("9506000134353"), is_checked("x")
    (True, False, False)
    """
    return is_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def expand_upc_e(digits: str) -> str | None:
    """The GTIN-14 of a UPC-E with number system and check digit, None if it is none.

    >>> expand_upc_e("04252614")
    '00042100005264'
    """
    if len(digits) != 8 or digits[0] not in "01" or not is_digits(digits):
        return None
    system, body, check = digits[0], digits[1:7], digits[7]
    last = body[5]
    if last in "012":
        number = f"{body[:2]}{last}0000{body[2:5]}"
    elif last == "3":
        number = f"{body[:3]}00000{body[3:5]}"
    elif last == "4":
        number = f"{body[:4]}00000{body[4]}"
    else:
        number = f"{body[:5]}0000{last}"
    full = f"00{system}{number}{check}"
    return full if is_checked(full) else None
