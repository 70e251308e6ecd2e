"""What numbers must be, beside their shape, to be what they look like."""

import re

_UNMISTAKABLE = re.compile(r"0[5-9]0\d{8}|0(?:120|570)\d{6}")
_LANDLINE = re.compile(r"0[1-9]\d{8}|0800\d{7}")
_DATE = re.compile(r"(?:19|20)\d{2}([-./ ]?)(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])")


def digits_of(text: str) -> str:
    """The digits alone."""
    return "".join(sign for sign in text if sign.isdigit())


def is_telephone(text: str) -> bool:
    """Whether digits in groups are a Japanese telephone number with its area code."""
    digits = digits_of(text)
    abroad = digits[2:] if digits.startswith("81") else digits[4:] if digits[:4] == "0081" else ""
    if abroad:
        digits = "0" + abroad.removeprefix("0")
    if len(set(digits[3:])) == 1 and digits[-1] == "0":
        return False
    if _UNMISTAKABLE.fullmatch(digits):
        return True
    groups = re.findall(r"\d+", text)
    plain = len(groups) == 1 or set(map(len, groups)) == {1}
    grouped = len(groups) <= 3 + bool(abroad) and len(groups[-1]) >= 4 and len(groups[0]) >= 2
    return bool(_LANDLINE.fullmatch(digits)) and (plain or grouped)


def is_my_number(text: str) -> bool:
    """Whether twelve digits in one, in fours or one by one have the check digit of a 個人番号.

    The rule is that of 総務省令 第85号 (2014), 第5条.
    """
    groups = [len(group) for group in re.findall(r"\d+", text)]
    if groups not in ([12], [4, 4, 4], [1] * 12):
        return False
    *digits, check = map(int, digits_of(text))
    weights = [n + 1 if n <= 6 else n - 5 for n in range(11, 0, -1)]
    rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return check == (0 if rest <= 1 else 11 - rest) and any(digits)


def is_card_number(text: str) -> bool:
    """Whether 14 to 16 digits have the check digit of a payment card (ISO/IEC 7812-1, Annex B)."""
    digits = [int(sign) for sign in reversed(digits_of(text))]
    doubled = (one * 2 if place % 2 else one for place, one in enumerate(digits))
    rest = sum(one - 9 if one > 9 else one for one in doubled) % 10
    return rest == 0 and len(set(digits)) > 1 and not _DATE.match("".join(map(str, digits[::-1])))


def is_number_of(text: str, fewest: int, most: int) -> bool:
    """Whether a match ends with a number of so many digits that is neither a day nor blank."""
    found = re.search(r"\d[\d\s\-.・_/]*$", text)
    if found is None or _DATE.fullmatch(found[0].strip()):
        return False
    digits = digits_of(found[0])
    return fewest <= len(digits) <= most and any(digit != "0" for digit in digits)


def is_not_blank(text: str) -> bool:
    """Whether a number in it is more than zeros, which stand for what was left out."""
    digits = digits_of(text)
    return not digits or any(digit != "0" for digit in digits) or "十" in text
