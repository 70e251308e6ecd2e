"""A municipality's code checks itself."""

import pytest

from shared.plan import Plan
from shared.plan.area_code import is_area_code


def test_the_plan_names_its_city_by_its_code(plan: Plan) -> None:
    assert (plan.city, plan.area_code) == ("朝霞市", "112275")


@pytest.mark.parametrize("code", ["112275", "131016", "271004", "011002", "110001"])
def test_codes_of_real_cities_hold(code: str) -> None:
    assert is_area_code(code)


@pytest.mark.parametrize("code", ["112274", "11227", "1122750", "１１２２７５", "11227x", ""])
def test_other_codes_do_not(code: str) -> None:
    assert not is_area_code(code)


def test_every_single_wrong_digit_shows() -> None:
    right = "112275"
    wrong = [
        f"{right[:place]}{digit}{right[place + 1 :]}"
        for place in range(6)
        for digit in "0123456789"
        if digit != right[place]
    ]
    assert [code for code in wrong if is_area_code(code)] == []
