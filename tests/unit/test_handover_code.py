"""The hand-over code notices every wrong digit and every two digits that were swapped."""

import re
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.handover_code import new_code, read_code

_codes = st.randoms(use_true_random=False).map(lambda random: new_code(random.randrange))
_quick = settings(deadline=None, derandomize=True, database=None)


@_quick
@given(_codes)
def test_a_new_code_is_readable(code: str) -> None:
    assert re.fullmatch(r"\d{3}-\d{3}-\d{3}", code)
    assert read_code(code) == code


@_quick
@given(_codes)
def test_a_wrong_digit_is_noticed(code: str) -> None:
    digits = code.replace("-", "")
    for place, digit in enumerate(digits):
        for other in set("0123456789") - {digit}:
            assert read_code(digits[:place] + other + digits[place + 1 :]) is None


@_quick
@given(_codes)
def test_two_swapped_digits_are_noticed(code: str) -> None:
    digits = code.replace("-", "")
    for one, two in combinations(range(9), 2):
        if digits[one] != digits[two]:
            swapped = list(digits)
            swapped[one], swapped[two] = swapped[two], swapped[one]
            assert read_code("".join(swapped)) is None


@_quick
@given(_codes)
def test_it_is_read_however_somebody_writes_it(code: str) -> None:
    digits = code.replace("-", "")
    wide = code.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    for written in (digits, f" {code} ", code.replace("-", " "), wide):
        assert read_code(written) == code


def test_no_two_places_weigh_alike() -> None:
    """What the two laws above rest on, for every code there is: weights prime to 11, all apart."""
    zero = "000-000-000"
    assert read_code(zero) == zero
    for place, digit in product(range(9), "123456789"):
        assert read_code("0" * place + digit + "0" * (8 - place)) is None
    for one, two in combinations(range(9), 2):
        for first, second in product("123456789", repeat=2):
            digits = ["0"] * 9
            digits[one], digits[two] = first, second
            if read_code("".join(digits)) is not None:
                digits[one], digits[two] = second, first
                assert first == second or read_code("".join(digits)) is None


@_quick
@given(_codes)
def test_a_digit_too_many_or_too_few_is_noticed(code: str) -> None:
    digits = code.replace("-", "")
    for place in range(9):
        assert read_code(digits[:place] + digits[place + 1 :]) is None
        assert read_code(digits[:place] + "0" + digits[place:]) is None


def test_what_is_no_code_is_refused() -> None:
    for written in ("", "12", "abc-def-ghi", "1234567890", "①②③-④⑤⑥-⑦⑧⑨", "-" * 9):
        assert read_code(written) is None
