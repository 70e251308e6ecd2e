"""A verdict, the numbers beside it and the sentence below it say the same, whatever the day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.metrics.domain.progress import Progress, progress_of
from services.metrics.domain.reasons import BY_DAYS, COUNTED_OTHERWISE, reason_of
from services.metrics.domain.values import Value
from services.metrics.pages.published_words import progress_in_words
from shared.plan import Plan
from tests.feed.samples import line_of

_OCTOBER, _MARCH = date(2026, 10, 31), date(2027, 3, 31)


def _judged(plan: Plan, row: int, value: str, today: date) -> tuple[Progress, str]:
    one = plan.indicators[row - 1]
    now = Value(Decimal(value))
    found = progress_of(one, now, 2026, plan.first_year, plan.target_year, today)
    return found, reason_of(one, found, known=True, masked=False, newer=False)


@pytest.mark.parametrize(
    ("row", "value", "verdict", "words"),
    [
        (23, "47", "on-track", f"見込んだ値から見た目安に届いています。{BY_DAYS}"),  # 46.9 are due
        (23, "46", "behind", f"見込んだ値から見た目安を下回っています。{BY_DAYS}"),
        (12, "5", "on-track", f"保つとした値から見た目安に届いています。{BY_DAYS}"),
        (12, "4", "behind", f"保つとした値から見た目安を下回っています。{BY_DAYS}"),
        (3, "6", "reached", "目標の値を保っています。"),
        (4, "71", "on-track", f"目標の値から見た目安に届いています。{BY_DAYS}"),
        (4, "60", "behind", f"目標の値から見た目安を下回っています。{BY_DAYS}"),
        (6, "160", "on-track", f"目標までの直線的な道のりに届いています。{BY_DAYS}"),
        (6, "140", "behind", f"目標までの直線的な道のりより低い値です。{BY_DAYS}"),
        (6, "300", "reached", "目標の値に届いています。"),
    ],
)
def test_what_adds_up_is_judged_by_the_days_that_have_passed(
    plan: Plan, row: int, value: str, verdict: str, words: str
) -> None:
    found, reason = _judged(plan, row, value, _OCTOBER)
    assert (found.verdict, reason) == (verdict, words)
    assert (found.ratio, found.expected) == (None, None)


@pytest.mark.parametrize(
    ("row", "value", "day", "verdict", "words"),
    [
        (23, "79", _MARCH, "behind", "見込んだ値を下回っています。"),
        (12, "7", _MARCH, "behind", "保つとした値を下回っています。"),
        (4, "119", _MARCH, "behind", "目標の値を下回っています。"),
        (6, "260", _MARCH, "on-track", "目標までの直線的な道のりに届いています。"),
        (11, "37", _OCTOBER, "behind", "目標までの直線的な道のりより低い値です。"),
        (17, "84", _OCTOBER, "on-track", "目標までの直線的な道のりに届いています。"),
        (21, "6", _OCTOBER, "behind", "目標の値を下回っています。"),
    ],
)
def test_a_whole_year_and_what_stands_are_compared_as_they_are(
    plan: Plan, row: int, value: str, day: date, verdict: str, words: str
) -> None:
    found, reason = _judged(plan, row, value, day)
    assert (found.verdict, reason, found.by_days) == (verdict, words, False)


@pytest.mark.parametrize("today", [date(2026, 4, 1), _OCTOBER, _MARCH, date(2028, 1, 1)])
def test_numbers_are_there_only_where_they_bear_out_the_verdict(plan: Plan, today: date) -> None:
    shown = set()
    for row in plan.indicators:
        goal = row.target_value or Decimal(1)
        for share in range(13):
            found, _ = _judged(plan, row.row, str(goal * share / 10), today)
            if found.ratio is None or found.expected is None:
                assert (found.ratio, found.expected) == (None, None)
                continue
            shown.add(row.row)
            assert (found.ratio >= found.expected) == (found.verdict != "behind"), row.row
    assert {5, 17, 21} <= shown
    assert (6 in shown) == (today >= _MARCH)


def test_an_earlier_release_keeps_its_sentence_and_gets_no_untrue_one(plan: Plan) -> None:
    rising, held = (line_of(plan.indicators[row - 1], plan, 2026, 1) for row in (6, 23))
    assert progress_in_words(rising, partial=True) == BY_DAYS
    assert progress_in_words(held, partial=True) == ""
    told = rising.progress.model_copy(update={"reason": f"低い値です。{BY_DAYS}"})
    again = rising.model_copy(update={"progress": told})
    assert progress_in_words(again, partial=True) == ""


@pytest.mark.parametrize(("value", "verdict"), [("160", "on-track"), ("300", "reached")])
def test_a_judgement_by_a_newer_rule_says_so(plan: Plan, value: str, verdict: str) -> None:
    one = plan.indicators[5]
    found, words = _judged(plan, 6, value, _OCTOBER)
    assert found.verdict == verdict
    newer = reason_of(one, found, known=True, masked=False, newer=True)
    assert newer == f"{words}{COUNTED_OTHERWISE}"


def test_what_is_not_judged_says_nothing_of_rules(plan: Plan) -> None:
    one = plan.indicators[5]
    found, _ = _judged(plan, 6, "160", _OCTOBER)
    unjudged = replace(found, verdict="not-judged")
    words = [
        reason_of(one, unjudged, known=False, masked=False, newer=new) for new in (False, True)
    ]
    assert words == ["まだ値がないため、評価しません。"] * 2
