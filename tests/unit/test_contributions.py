"""What one consultation with its legs contributes, and on which day."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.metrics.domain.contributions import Counter
from services.metrics.domain.facts import ConsultationFact, LegFact
from shared.plan import Plan


def _consultation(desk: str, response: str = "refer") -> ConsultationFact:
    return ConsultationFact(
        id=UUID(int=1),
        revision=1,
        cancelled=False,
        desk=desk,
        received_on=date(2026, 3, 1),
        caller="self",
        age_band="40s",
        district="east",
        topics=("debt",),
        main_topic="debt",
        response=response,
    )


def _leg(number: int, receiver: str, accepted: str, closed: str | None = None) -> LegFact:
    return LegFact(
        id=UUID(int=number),
        consultation_id=UUID(int=1),
        case_id=UUID(int=9),
        sender="chiiki-kyosei",
        receiver=receiver,
        lead=False,
        state="accepted",
        accepted_at=datetime.fromisoformat(f"{accepted}T01:00:00").replace(tzinfo=UTC),
        closed_at=None
        if closed is None
        else datetime.fromisoformat(f"{closed}T01:00:00").replace(tzinfo=UTC),
        outcome=None if closed is None else "resolved",
    )


def _days(plan: Plan, fact: ConsultationFact, *legs: LegFact) -> dict[str, date]:
    return {one.indicator: one.day for one in Counter(plan).of_consultation(fact, legs)}


def test_a_case_that_was_accepted_twice_counts_on_the_first_day(plan: Plan) -> None:
    legs = (_leg(2, "csw", "2026-04-20"), _leg(3, "csw", "2026-03-20"))
    assert _days(plan, _consultation("houkatsu"), *legs)["csw-consultations"] == date(2026, 3, 20)


def test_support_counts_on_the_earlier_of_aid_and_closing(plan: Plan) -> None:
    leg = _leg(2, "shakyo-chiiki", "2026-03-20", closed="2026-04-02")
    aided = _days(plan, _consultation("shakyo-sogo", "aid"), leg)
    assert aided["hardship-support"] == date(2026, 3, 1)
    other_desk = _days(plan, _consultation("houkatsu", "aid"), leg)
    assert other_desk["hardship-support"] == date(2026, 4, 2)
