"""The code of a municipality (全国地方公共団体コード): five digits and a check digit."""

_WEIGHTS = (6, 5, 4, 3, 2)


def is_area_code(code: str) -> bool:
    """Whether these are six digits whose last one checks the others (総務省, modulus 11).

    The first five are the standard area code of the statistics (標準地域コード).
    """
    if len(code) != 6 or not code.isascii() or not code.isdecimal():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=False))
    return (11 - total % 11) % 10 == int(code[5])
