"""Suggest agencies from topics, age and district: each with its reason and the plan's line."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shared.plan.loading import Plan
from shared.plan.model import SuggestedReceiver, Topic

#: Codes that say nothing of the person: a receiver for some ages is named with its condition.
_NOT_SAID = (None, "unknown")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An agency that the plan names for a topic. Staff choose."""

    agency: str
    reason: str
    source_line: str
    urgent: bool


def taking_on(plan: Plan, day: date) -> Callable[[str], bool]:
    """Which agencies take referrals on this day: those that exist then."""
    return lambda agency: plan.agencies[agency].valid_on(day)


def suggest(
    plan: Plan,
    topics: Sequence[str],
    *,
    age_band: str | None,
    district: str | None,
    takes: Callable[[str], bool],
) -> list[Suggestion]:
    """The agencies for these topics that `takes` lets through, urgent ones first, each once.

    One that several topics lead to says so; its lines are those of the plan's text. Where nobody
    takes what a topic leads to, the coordinator is named in their place, and why.
    """
    found: dict[str, Suggestion] = {}
    for topic in sorted((plan.topics[name] for name in topics), key=lambda known: not known.urgent):
        fitting = [
            receiver
            for receiver in topic.receivers
            if _fits(receiver.only_age_bands, age_band) and _fits(receiver.only_districts, district)
        ]
        named = [(one.agency, _reason(plan, topic, one)) for one in fitting if takes(one.agency)]
        if fitting and not named:
            named = [(plan.coordinator, _instead(plan, topic, fitting))]
        for agency, reason in named:
            known = found.get(agency)
            if known is None:
                found[agency] = Suggestion(agency, reason, topic.source_line, topic.urgent)
            else:
                lines = dict.fromkeys(f"{known.source_line}/{topic.source_line}".split("/"))
                found[agency] = replace(
                    known, reason=f"{known.reason}、{reason}", source_line="/".join(lines)
                )
    return list(found.values())


def outside(suggestions: Iterable[Suggestion], to: Iterable[str]) -> list[str]:
    """The destinations that the plan does not name for these topics: choosing them needs a why."""
    named = {suggestion.agency for suggestion in suggestions}
    return [agency for agency in to if agency not in named]


def _fits(only: frozenset[str], said: str | None) -> bool:
    return not only or said in _NOT_SAID or said in only


def _instead(plan: Plan, topic: Topic, absent: Sequence[SuggestedReceiver]) -> str:
    """Why the coordinator: nobody whom the plan names for the topic is there."""
    names = "・".join(plan.agency_name(one.agency) for one in absent)
    return f"「{topic.label}」の担当の{names}がないため、調整役"


def _reason(plan: Plan, topic: Topic, receiver: SuggestedReceiver) -> str:
    """Why this agency: its topic, and for whom where the plan limits it."""
    limits = [
        "・".join(label for code, label in plan.codes[name].items() if code in only)
        for name, only in (
            ("age_band", receiver.only_age_bands),
            ("district", receiver.only_districts),
        )
        if only
    ]
    condition = f"（{'、'.join(limits)}の方）" if limits else ""
    return f"「{topic.label}」の担当{condition}"
