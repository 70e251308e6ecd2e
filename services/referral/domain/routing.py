"""Suggest agencies from topics, age and district: each with its reason and the plan's line."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An agency that the plan names for a topic. Staff choose."""

    agency: str
    reason: str
    source_line: str
    urgent: bool


def suggest(plan: Plan, topics: Sequence[str], age_band: str | None) -> list[Suggestion]:
    """The agencies for these topics, urgent ones first, each agency once."""
    found: dict[str, Suggestion] = {}
    for topic in sorted((plan.topics[name] for name in topics), key=lambda known: not known.urgent):
        for receiver in topic.receivers:
            limited = receiver.only_age_bands
            if limited and age_band is not None and age_band not in limited:
                continue
            reason = f"「{topic.label}」の担当"
            found.setdefault(
                receiver.agency,
                Suggestion(receiver.agency, reason, topic.source_line, topic.urgent),
            )
    return list(found.values())
