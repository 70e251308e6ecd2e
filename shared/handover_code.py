"""The hand-over code つなぎ番号: nine digits that a person can say, the last one a check digit."""

import re
import secrets
from collections.abc import Callable

#: Weights of the digits, all different and none a multiple of 11: one wrong digit, or any two
#: digits in each other's place, changes the sum modulo 11.
_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2)
_LENGTH = len(_WEIGHTS)
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
#: What people and scanners put between and around the digits: spaces and dashes of every kind.
_BETWEEN = re.compile(r"[\s\-－ー‐‑‒–—―−ｰ]+")


def _remainder(digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11


def _check_digit(body: str) -> str | None:
    """The digit that makes the weighted sum a multiple of 11; None where none of 0–9 does."""
    return next((str(n) for n in range(10) if _remainder(f"{body}{n}") == 0), None)


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    """A code such as `482-915-037`. It says nothing about the person or the case."""
    while True:
        body = f"{below(10 ** (_LENGTH - 1)):0{_LENGTH - 1}d}"
        check = _check_digit(body)
        if check is not None:
            digits = body + check
            return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


def bare_digits(code: str) -> str:
    """The code as its QR holds it: the nine digits alone, which any reader types into a field."""
    return code.replace("-", "")


def read_code(written: str) -> str | None:
    """The code as it is stored, from what somebody typed; None if a digit must be wrong."""
    digits = _BETWEEN.sub("", written.translate(_FULL_WIDTH))
    if len(digits) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        return None
    if _remainder(digits) != 0:
        return None
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
