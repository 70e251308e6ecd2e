"""Terms on the business calendar 開庁日: 8:30–17:15, no weekends, holidays, 12/29–1/3."""

from datetime import date, datetime

import pytest

from services.referral.domain.opening_hours import counted_as_made, due_at, is_opening_day
from shared.japanese_time import JST
from shared.plan import Plan


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        ("2026-05-20", True),
        ("2026-05-23", False),  # Saturday
        ("2026-05-04", False),  # みどりの日
        ("2026-05-06", False),  # 振替休日
        ("2026-09-22", False),  # 国民の休日
        ("2026-12-28", True),
        ("2026-12-29", False),
        ("2027-01-03", False),
        ("2027-01-04", True),
    ],
)
def test_when_the_city_hall_is_open(day: str, opens: bool) -> None:
    assert is_opening_day(date.fromisoformat(day)) is opens


@pytest.mark.parametrize(
    ("made", "counted"),
    [
        ("2026-05-20T08:29:59", "2026-05-20T08:30:00"),
        ("2026-05-20T08:30:00", "2026-05-20T08:30:00"),
        ("2026-05-20T17:14:59", "2026-05-20T17:14:59"),
        ("2026-05-20T17:15:00", "2026-05-21T08:30:00"),
        ("2026-05-22T20:00:00", "2026-05-25T08:30:00"),
        ("2026-12-28T18:00:00", "2027-01-04T08:30:00"),
    ],
)
def test_outside_opening_hours_counts_as_the_next_opening(made: str, counted: str) -> None:
    assert counted_as_made(_at(made)) == _at(counted)


@pytest.mark.parametrize(
    ("clock", "offered", "due"),
    [
        ("accept-normal", "2026-05-20T10:00:00", "2026-05-22T17:15:00"),
        ("accept-normal", "2026-05-20T18:00:00", "2026-05-25T17:15:00"),
        ("accept-normal", "2026-05-01T10:00:00", "2026-05-08T17:15:00"),
        ("accept-soon", "2026-05-22T10:00:00", "2026-05-25T17:15:00"),
        ("accept-emergency", "2026-05-23T23:30:00", "2026-05-24T00:30:00"),
        ("case-next-step", "2026-12-28T09:00:00", "2027-01-05T17:15:00"),
        ("child-safety", "2026-05-02T10:00:00", "2026-05-04T10:00:00"),
    ],
)
def test_when_a_term_runs_out(plan: Plan, clock: str, offered: str, due: str) -> None:
    assert due_at(plan.clocks[clock], _at(offered)) == _at(due)


def test_the_zone_of_the_moment_does_not_matter(plan: Plan) -> None:
    utc = datetime.fromisoformat("2026-05-20T01:00:00+00:00")
    assert due_at(plan.clocks["accept-normal"], utc) == _at("2026-05-22T17:15:00")
