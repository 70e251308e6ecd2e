"""Where the plan sends a consultation, and which destinations it did not name."""

from collections.abc import Sequence
from datetime import datetime

from services.intake.domain.consultation import ConsultationFacts
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.routing import Suggestion, outside, suggest, taking_on


def candidates(
    plan: Plan,
    desk: str,
    topics: Sequence[str],
    *,
    age_band: str | None,
    district: str | None,
    received_at: datetime,
) -> list[Suggestion]:
    """The plan's suggestions on the day of receipt in Japan, without the desk that asks.

    Topics that the plan does not know lead nowhere: a form may not be finished.
    """
    found = suggest(
        plan,
        [topic for topic in topics if topic in plan.topics],
        age_band=age_band,
        district=district,
        takes=taking_on(plan, japanese_day(received_at)),
    )
    return [suggestion for suggestion in found if suggestion.agency != desk]


def unnamed(plan: Plan, desk: str, facts: ConsultationFacts, to: Sequence[str]) -> list[str]:
    """The destinations that the plan does not name for this consultation."""
    found = candidates(
        plan,
        desk,
        facts.topics,
        age_band=facts.age_band,
        district=facts.district,
        received_at=facts.received_at,
    )
    return outside(found, to)
