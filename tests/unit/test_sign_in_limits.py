"""How long somebody waits after wrong passwords, decided from values and a moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.identity.sign_in_limits import By, network_of, wait

_NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


def _times(count: int, every: timedelta) -> list[datetime]:
    return [_NOW - every * number for number in range(count)]


def test_a_few_slips_cost_nothing() -> None:
    assert wait({By.PAIR: _times(9, timedelta(seconds=1))}, _NOW) == timedelta(0)


@pytest.mark.parametrize(
    ("by", "count", "within"),
    [
        (By.PAIR, 10, timedelta(minutes=10)),
        (By.DEVICE, 10, timedelta(minutes=10)),
        (By.ADDRESS, 100, timedelta(minutes=10)),
        (By.ACCOUNT, 50, timedelta(hours=1)),
    ],
)
def test_after_many_the_oldest_must_be_forgotten(by: By, count: int, within: timedelta) -> None:
    times = _times(count, timedelta(seconds=1))
    left = wait({by: times}, _NOW)
    assert left == within - timedelta(seconds=count - 1)
    assert wait({by: times}, _NOW + left) == timedelta(0)
    assert wait({by: times[1:]}, _NOW) == timedelta(0)


def test_an_attacked_account_waits_only_where_its_reserve_is_used_up_as_well() -> None:
    attacked = {By.ACCOUNT: _times(50, timedelta(seconds=1))}
    second = timedelta(seconds=1)
    assert wait(attacked, _NOW) == timedelta(hours=1) - 49 * second
    assert wait(attacked | {By.RESERVE: _times(4, second)}, _NOW) == timedelta(0)
    used_up = attacked | {By.RESERVE: _times(5, timedelta(minutes=10))}
    assert wait(used_up, _NOW) == timedelta(minutes=20)
    assert wait(used_up | {By.PAIR: _times(10, second)}, _NOW) == timedelta(minutes=20)
    assert wait({By.RESERVE: _times(5, second)}, _NOW) == timedelta(0)


@given(st.lists(st.integers(0, 7200), max_size=120), st.sampled_from(list(By)))
@settings(derandomize=True)
def test_nobody_waits_longer_than_an_hour_and_after_waiting_may_try(
    seconds: list[int], by: By
) -> None:
    times = [_NOW - timedelta(seconds=one) for one in sorted(seconds)]
    left = wait({by: times}, _NOW)
    assert timedelta(0) <= left <= timedelta(hours=1)
    assert wait({by: times}, _NOW + left) == timedelta(0)


def test_an_ipv6_household_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("testclient") == "testclient"
