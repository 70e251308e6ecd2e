"""A part of a worker is stuck when it has been in trouble, or silent, for too long."""

from datetime import UTC, datetime, timedelta

from shared.messaging.health import PATIENCE, SILENCE, Health

_SECOND = timedelta(seconds=1)


class _Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 5, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_part_may_need_a_moment_to_start() -> None:
    clock = _Clock()
    part = Health("relay", clock)
    assert part.stuck() is None
    clock.now += PATIENCE + _SECOND
    assert part.stuck() == "not started"
    part.well()
    assert part.stuck() is None


def test_trouble_counts_from_its_first_moment() -> None:
    clock = _Clock()
    part = Health("relay", clock)
    part.well()
    part.ill("ConnectionError")
    clock.now += PATIENCE
    part.ill("ConnectionError")
    assert part.stuck() is None
    clock.now += _SECOND
    assert part.stuck() == "ConnectionError"
    part.well()
    part.ill("ConnectionError")
    assert part.stuck() is None


def test_a_part_that_hangs_is_stuck_though_it_was_well() -> None:
    clock = _Clock()
    part = Health("reader", clock)
    part.well()
    clock.now += SILENCE
    assert part.stuck() is None
    clock.now += _SECOND
    assert part.stuck() == "silent"
