"""Whom to call now: software never replaces the telephone."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.plan.loading import Plan

#: The degree of urgency at which somebody is called, whatever it is about.
EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody to call: a number of the plan, or an agency, whose number may yet be missing."""

    whom: str
    name: str
    number: str | None


def calls_now(plan: Plan, topics: Sequence[str], urgency: str | None) -> list[Call]:
    """Whom to call for these topics, each once: numbers first, then the agencies of the topics.

    Empty where nothing is urgent. An agency without a number asks for one.
    """
    urgent = [plan.topics[name] for name in topics if plan.topics[name].urgent]
    if not urgent and urgency != EMERGENCY:
        return []
    numbers = [number for topic in urgent for number in plan.calls.get(topic.id, ())]
    numbers += plan.calls.get(EMERGENCY, ())
    agencies = [receiver.agency for topic in urgent for receiver in topic.receivers]
    calls = [Call(number, plan.telephones[number], number) for number in dict.fromkeys(numbers)]
    calls += [
        Call(agency, plan.agency_name(agency), plan.agency_telephones.get(agency))
        for agency in dict.fromkeys(agencies)
    ]
    return calls
